/** Drops the bytes of chunks that a write has taken. A write is short only when the disk fills
 *  up or a signal interrupts it: the next one tells which. Shape: none when all were taken. */
export function withoutFirst(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let taken = 0
  let left = bytes
  for (const { length } of chunks) {
    if (length > left) break
    left -= length
    taken += 1
  }
  const [first, ...rest] = chunks.slice(taken)
  return first === undefined ? [] : [first.subarray(left), ...rest]
}
