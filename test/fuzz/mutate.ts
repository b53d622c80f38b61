/** Damages bytes as wires and hostile senders do: single bits, cuts, repeats, foreign pieces. */
import type { Prng } from '../../src/core/prng.ts'

const INTERESTING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x08, 0x09, 0x0a, 0x0d, 0x0b, 0x0c, 0x12, 0x1a]

/** Changes bytes in one to four places. Another input gives foreign pieces. */
export function mutated(prng: Prng, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let result = Buffer.from(bytes)
  for (let change = prng.below(4); change >= 0; change -= 1)
    result = mutateOnce(prng, result, other)
  return result
}

function mutateOnce(prng: Prng, bytes: Buffer, other: Uint8Array): Buffer<ArrayBuffer> {
  const at = prng.below(bytes.length + 1)
  const length = 1 + prng.below(prng.below(4) === 0 ? 64 : 4)
  const copy = Buffer.from(bytes)
  switch (prng.below(8)) {
    case 0:
      if (at < copy.length) copy[at]! ^= 1 << prng.below(8)
      return copy
    case 1:
      if (at < copy.length) copy[at] = prng.below(256)
      return copy
    case 2:
      if (at < copy.length) copy[at] = INTERESTING[prng.below(INTERESTING.length)]!
      return copy
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)])
    case 4:
      return Buffer.from(copy.subarray(0, at))
    case 5: {
      const filler = Buffer.from(Array.from({ length }, () => prng.below(256)))
      return Buffer.concat([copy.subarray(0, at), filler, copy.subarray(at)])
    }
    case 6:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)])
    default: {
      const from = prng.below(other.length + 1)
      const piece = other.subarray(from, from + 8 * length)
      return Buffer.concat([copy.subarray(0, at), piece, copy.subarray(at)])
    }
  }
}
