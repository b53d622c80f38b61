/** Numbers of protobuf, as many of them are written. Not negative. */

/** Tells how many bytes a number takes. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  let bytes = 3
  for (let rest = value / 0x20_0000; rest >= 1; rest /= 0x80) bytes += 1
  return bytes
}

/** Writes a number and tells where it ends. */
export function writeVarint(buffer: Uint8Array, position: number, value: number): number {
  let at = position
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80
  buffer[at] = rest
  return at + 1
}
