/**
 * Uncompresses the snappy block format, which remote write uses. The announced length is checked
 * before anything is allocated.
 * Source: google/snappy format_description.txt: a varint of the length, then literals and copies.
 */
import { uncompressSync } from 'snappy'
import { linearMemory, Stretch } from '../wasm/linear-memory.ts'
import { Cursor } from './cursor.ts'
import { WireError } from './wire-error.ts'

/** A copy element of three bytes stands for at most 64: more than this ratio cannot be true. */
const LARGEST_RATIO = 64 / 3

/** Usual messages have half a megabyte. What is larger shall not stay in the memory of all. */
const LARGEST_IN_PLACE_BYTES = 2 ** 22

const cursor = new Cursor()
const received = new Stretch()
const unfolded = new Stretch()

/**
 * Uncompresses a block. Throws WireError: `too-large` when it announces more than the limit,
 * `malformed` when it is no block. Ownership: the bytes hold until the next call, so nothing may be
 * awaited before they are read.
 */
export function uncompressSnappy(body: Uint8Array, limitBytes: number): Uint8Array {
  const length = announcedLength(body)
  if (length > limitBytes) {
    throw new WireError(
      `the snappy block announces ${length} bytes, the limit is ${limitBytes}`,
      0,
      'too-large',
    )
  }
  if (length > body.length * LARGEST_RATIO) {
    throw new WireError(
      `the snappy block announces ${length} bytes, more than ${body.length} bytes can hold`,
      0,
    )
  }
  return length > LARGEST_IN_PLACE_BYTES
    ? uncompressAside(body)
    : uncompressInPlace(body, cursor.position, length)
}

function uncompressInPlace(body: Uint8Array, from: number, length: number): Uint8Array {
  received.reserve(body.length)
  unfolded.reserve(length)
  const { bytes, snappy } = linearMemory
  bytes.set(body, received.at)
  const out = unfolded.at
  const bodyEnd = received.at + body.length
  const wrongAt = snappy.uncompress(received.at + from, bodyEnd, out, out + length)
  if (wrongAt === bodyEnd) {
    throw new WireError(
      `the snappy block holds less than the ${length} bytes announced`,
      body.length,
    )
  }
  if (wrongAt >= 0) {
    throw new WireError('no snappy block: a wrong element', wrongAt - received.at)
  }
  return bytes.subarray(out, out + length)
}

function uncompressAside(body: Uint8Array): Uint8Array {
  try {
    return uncompressSync(body) as Buffer
  } catch (error) {
    const why = (error as Error).message.replace(/^snappy: /, '')
    throw new WireError(`no snappy block: ${why}`, cursor.position)
  }
}

function announcedLength(body: Uint8Array): number {
  cursor.open(body, 0)
  try {
    const length = cursor.readVarint(body.length)
    if (length < 0 || length > 0xffff_ffff || cursor.position > 5) {
      throw new WireError('the snappy block announces a length beyond 32 bits', 0)
    }
    return length
  } finally {
    cursor.close()
  }
}
