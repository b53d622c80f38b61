/**
 * Puts the raw fields of a series' labels into the order of their names. The order of attributes
 * means nothing in OTLP, so two orders are one series. Input: whole protobuf fields of one number
 * below 16, as the wire readers hand them over, and the names in the same order.
 */

/** Returns the fields sorted by name as one key, or undefined when they are sorted already. */
export function sortedKey(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: readonly string[],
): Uint8Array | undefined {
  if (names.every((name, index) => index === 0 || names[index - 1]! <= name)) return undefined
  const fields = splitFields(bytes, start, end)
  const order = names.map((_, index) => index).toSorted((a, b) => (names[a]! < names[b]! ? -1 : 1))
  return Buffer.concat(order.map((index) => fields[index]!))
}

function splitFields(bytes: Uint8Array, start: number, end: number): Uint8Array[] {
  const fields: Uint8Array[] = []
  for (let at = start; at < end;) {
    let length = 0
    let next = at + 1
    for (let shift = 0; ; shift += 7, next += 1) {
      length |= (bytes[next]! & 0x7f) << shift
      if (bytes[next]! < 0x80) break
    }
    next += 1 + length
    fields.push(bytes.subarray(at, next))
    at = next
  }
  return fields
}
