/**
 * Bytes gathered from several places, because a reader hands out one range and the wire may scatter
 * what belongs together. Reused, so that a sender who always scatters costs copies but no garbage.
 */
export interface Scratch {
  bytes: Uint8Array
  length: number
}

const KEPT_BYTES = 65_536

export function openScratch(): Scratch {
  return { bytes: new Uint8Array(1_024), length: 0 }
}

/** Begins anew. What one huge message made it grow to is not kept. */
export function clear(scratch: Scratch): void {
  scratch.length = 0
  if (scratch.bytes.length > KEPT_BYTES) scratch.bytes = new Uint8Array(1_024)
}

export function append(scratch: Scratch, from: Uint8Array, start: number, end: number): void {
  const length = scratch.length + end - start
  if (length > scratch.bytes.length) {
    const larger = new Uint8Array(Math.max(length, 2 * scratch.bytes.length))
    larger.set(scratch.bytes.subarray(0, scratch.length))
    scratch.bytes = larger
  }
  scratch.bytes.set(from.subarray(start, end), scratch.length)
  scratch.length = length
}
