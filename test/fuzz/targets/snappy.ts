/** Snappy blocks: the library behind the reader against a decoder that follows the description. */
import { compressSync } from 'snappy'
import type { Prng } from '../../../src/core/prng.ts'
import { uncompressSnappy } from '../../../src/machinery/wire/snappy.ts'
import { mutated } from '../mutate.ts'
import { attempt, attemptOther, Disagreement, type FuzzTarget } from '../target.ts'

const LIMIT_BYTES = 65_536

export function openTarget(): FuzzTarget {
  let other: Uint8Array = new Uint8Array(0)
  return {
    run(prng) {
      const sound = compressSync(content(prng)) as Buffer
      const block = prng.below(3) === 0 ? sound : mutated(prng, sound, other)
      other = sound
      const ours = attempt(() => uncompressSnappy(block, LIMIT_BYTES))
      const theirs = attemptOther(() => uncompressPlainly(block))
      if ('refused' in ours && 'refused' in theirs) return 'rejected'
      if ('value' in ours && 'value' in theirs) {
        if (theirs.value.equals(ours.value)) return 'accepted'
        throw new Disagreement('other bytes', block)
      }
      const why = 'refused' in ours ? ours.refused : 'read'
      throw new Disagreement(`here: ${why}; there: ${JSON.stringify(theirs).slice(0, 200)}`, block)
    },
  }
}

/** Repeats, so that there are copies of all three kinds. */
function content(prng: Prng): Buffer {
  const pieces: Buffer[] = []
  for (let piece = prng.below(20); piece >= 0; piece -= 1) {
    const length = prng.below(prng.below(8) === 0 ? 4_000 : 60)
    const byte = prng.below(256)
    const isPlain = prng.below(2) === 0
    pieces.push(
      isPlain
        ? Buffer.alloc(length, byte)
        : Buffer.from(Array.from({ length }, () => prng.below(256))),
    )
    if (pieces.length > 1 && prng.below(2) === 0) pieces.push(pieces[prng.below(pieces.length)]!)
  }
  return Buffer.concat(pieces)
}

/** Source: google/snappy format_description.txt. */
function uncompressPlainly(block: Uint8Array): Buffer {
  let at = 0
  const take = (): number => {
    if (at >= block.length) throw new Error('the block ends early')
    at += 1
    return block[at - 1]!
  }
  const little = (bytes: number): number => {
    let value = 0
    for (let index = 0; index < bytes; index += 1) value += take() * 2 ** (8 * index)
    return value
  }
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = take()
    length += (byte & 0x7f) * 2 ** shift
    if (shift > 28 || length > LIMIT_BYTES) throw new Error('too long')
    if (byte < 0x80) break
  }
  const output = Buffer.alloc(length)
  let end = 0
  const put = (byte: number): void => {
    if (end >= length) throw new Error('more than announced')
    output[end] = byte
    end += 1
  }
  while (at < block.length) {
    const tag = take()
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >>> 2
      const bytes = 1 + (short < 60 ? short : little(short - 59))
      for (let index = 0; index < bytes; index += 1) put(take())
      continue
    }
    const bytes = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2)
    const offset = kind === 1 ? (tag >>> 5) * 256 + take() : little(kind === 2 ? 2 : 4)
    if (offset === 0 || offset > end) throw new Error('a copy from before the beginning')
    for (let index = 0; index < bytes; index += 1) put(output[end - offset]!)
  }
  if (end !== length) throw new Error('less than announced')
  return output
}
