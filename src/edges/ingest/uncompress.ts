/**
 * Uncompresses bodies within a limit. A small stream is done here and now; a larger one is done on
 * another thread, one at a time, so that many bodies that each unfold to the limit cannot fill the
 * memory together.
 */
import { KIB, MIB } from '../../core/units.ts'
import { uncompressStream, uncompressStreamAside } from '../../machinery/wire/compression.ts'
import { uncompressSnappy } from '../../machinery/wire/snappy.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import type { Encoding } from './record-kind.ts'

/** What takes at most a few milliseconds here. */
const SMALL_BODY_BYTES = 64 * KIB
const SMALL_MESSAGE_BYTES = 4 * MIB

/** Uncompresses on this thread, whatever the size. Throws WireError. */
export function uncompress(encoding: Encoding, body: Uint8Array, limitBytes: number): Uint8Array {
  switch (encoding) {
    case 'identity':
      return body
    case 'snappy':
      return uncompressSnappy(body, limitBytes)
    case 'gzip':
    case 'zstd':
      return uncompressStream(encoding, body, limitBytes)
  }
}

export interface Uncompressor {
  /**
   * Uncompresses; the answer is a promise only where another thread works. Throws or rejects with
   * WireError.
   */
  uncompress(
    encoding: Encoding,
    body: Uint8Array,
    limitBytes: number,
  ): Uint8Array | Promise<Uint8Array>
}

export function openUncompressor(): Uncompressor {
  let last: Promise<unknown> = Promise.resolve()
  return {
    uncompress(encoding, body, limitBytes) {
      if (encoding === 'identity' || encoding === 'snappy') {
        return uncompress(encoding, body, limitBytes)
      }
      const small =
        body.length <= SMALL_BODY_BYTES ? tryHere(encoding, body, limitBytes) : undefined
      if (small !== undefined) return small
      const turn = last.then(() => uncompressStreamAside(encoding, body, limitBytes))
      last = turn.catch(() => undefined)
      return turn
    },
  }
}

/** Undefined when the small body unfolds to more than is done here. */
function tryHere(
  encoding: 'gzip' | 'zstd',
  body: Uint8Array,
  limitBytes: number,
): Uint8Array | undefined {
  try {
    return uncompressStream(encoding, body, Math.min(limitBytes, SMALL_MESSAGE_BYTES))
  } catch (error) {
    const goesOn =
      error instanceof WireError && error.fault === 'too-large' && limitBytes > SMALL_MESSAGE_BYTES
    if (goesOn) return undefined
    throw error
  }
}
