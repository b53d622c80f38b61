/**
 * Uncompresses the snappy block format, which remote write uses. The announced length is checked
 * before anything is allocated.
 * Source: google/snappy format_description.txt: a varint of the length, then literals and copies.
 */
import { uncompressSync } from 'snappy'
import { Cursor } from './cursor.ts'
import { WireError } from './wire-error.ts'

/** A copy element of three bytes stands for at most 64: more than this ratio cannot be true. */
const LARGEST_RATIO = 64 / 3

/**
 * Into memory of Node's own: memory of the library's would be mapped, faulted in and unmapped for
 * each body, which takes four times as long.
 */
const OPTIONS = { copyOutputData: true }

const cursor = new Cursor()

/**
 * Uncompresses a block. Throws WireError: `too-large` when it announces more than the limit,
 * `malformed` when it is no block.
 */
export function uncompressSnappy(body: Uint8Array, limitBytes: number): Buffer {
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
  try {
    return uncompressSync(body, OPTIONS) as Buffer
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
