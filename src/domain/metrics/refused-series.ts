/**
 * Which new series of a write had no room. A ruling says how many had; a reader of the log that
 * does not know which series the stage had met before needs their names: numbers of 53 bits made of
 * their bytes, which stand in the log before the write. Only where some were refused.
 */
const NUMBER_BYTES = 8
const PRIME = 0x01000193
const OTHER_PRIME = 0x85ebca6b

/** Makes the number of what ranges of bytes name, one after the other. */
export class SeriesNumber {
  #low = 0
  #high = 0

  begin(): this {
    this.#low = 0x811c9dc5 | 0
    this.#high = 0x9e3779b9 | 0
    return this
  }

  /** The end of a range is part of it: "ab" and "c" are not "a" and "bc". */
  add(bytes: Uint8Array, start: number, end: number): this {
    let low = Math.imul(this.#low ^ (end - start), PRIME)
    let high = Math.imul(this.#high ^ (end - start), OTHER_PRIME)
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at]!
      low = Math.imul(low ^ byte, PRIME)
      high = Math.imul(high ^ byte, OTHER_PRIME)
      high ^= high >>> 15
    }
    this.#low = low
    this.#high = high
    return this
  }

  value(): number {
    return (this.#high >>> 11) * 2 ** 32 + (this.#low >>> 0)
  }
}

export function encodeRefused(numbers: ReadonlySet<number>): Uint8Array {
  const bytes = Buffer.alloc(numbers.size * NUMBER_BYTES)
  let at = 0
  for (const number of numbers) at = bytes.writeDoubleLE(number, at)
  return bytes
}

export function decodeRefused(bytes: Uint8Array): Set<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = new Set<number>()
  for (let at = 0; at + NUMBER_BYTES <= bytes.length; at += NUMBER_BYTES) {
    numbers.add(view.getFloat64(at, true))
  }
  return numbers
}
