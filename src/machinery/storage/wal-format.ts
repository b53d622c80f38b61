/**
 * The bytes of a log segment: a segment header, then records end to end. Numbers are little-endian.
 *
 *   segment header   bytes      record header   bytes
 *   magic            8          magic           4
 *   start position   8, f64     header crc32    4     of what follows it, begun with the position
 *   end of the one              payload crc32   4     of context and body
 *     before         8, f64     body bytes      4
 *   crc32 of these   4          context bytes   2
 *   spare            4          kind            1
 *                               spare           1
 *                               unsynced bytes  4     before it, see below
 *                               received at     8, f64, epoch ms
 *
 * A payload is the context in UTF-8 and the body. A position counts record bytes since the first
 * record ever; segment headers do not count. As the header's checksum begins with the record's own
 * position, a whole record in the wrong place (a body that holds a copy of a log, an old block that
 * a disk brought back) is no record.
 *
 * A record says how many bytes before it were not known to be on the disk when it was written. So
 * whoever finds a bad place with good records behind it can tell what a power cut may leave, which
 * is cut off, from damage to what had been on the disk.
 */
import { crc32 } from 'node:zlib'

export const SEGMENT_HEADER_BYTES = 32
export const RECORD_HEADER_BYTES = 32

const SEGMENT_MAGIC = Buffer.from('TNTRYLG1', 'latin1')
/** "REC1" as it stands in the file. */
const RECORD_MAGIC = 0x31434552
const MAGIC_BYTES = Buffer.from('REC1', 'latin1')

export interface SegmentHeader {
  readonly startPosition: number
  readonly previousEndPosition: number
}

export function writeSegmentHeader({ startPosition, previousEndPosition }: SegmentHeader): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES)
  SEGMENT_MAGIC.copy(header)
  header.writeDoubleLE(startPosition, 8)
  header.writeDoubleLE(previousEndPosition, 16)
  header.writeUInt32LE(crc32(header.subarray(0, 24)), 24)
  return header
}

/** Reads a segment header. Returns null where the bytes are too few or are none. */
export function readSegmentHeader(bytes: Buffer): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER_BYTES) return null
  if (!bytes.subarray(0, 8).equals(SEGMENT_MAGIC)) return null
  if (bytes.readUInt32LE(24) !== crc32(bytes.subarray(0, 24))) return null
  return { startPosition: bytes.readDoubleLE(8), previousEndPosition: bytes.readDoubleLE(16) }
}

/** Four bytes hold no more: then more counts as synced than was, and a cut counts as damage. */
const MOST_UNSYNCED_BYTES = 0xffff_ffff

export interface RecordFields {
  readonly kind: number
  readonly receivedAtMs: number
  readonly contextBytes: number
  readonly unsyncedBytes: number
  readonly body: Uint8Array
}

/** Completes a record's header in a buffer that already holds the context behind the header's
 *  place. Cost: two passes of crc32 over the payload's parts, nothing allocated but views. */
export function writeRecordHeader(scratch: Buffer, position: number, fields: RecordFields): void {
  const { kind, receivedAtMs, contextBytes, unsyncedBytes, body } = fields
  const context = scratch.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + contextBytes)
  scratch.writeUInt32LE(RECORD_MAGIC, 0)
  scratch.writeUInt32LE(crc32(body, crc32(context)), 8)
  scratch.writeUInt32LE(body.length, 12)
  scratch.writeUInt16LE(contextBytes, 16)
  scratch.writeUInt8(kind, 18)
  scratch.writeUInt8(0, 19)
  scratch.writeUInt32LE(Math.min(unsyncedBytes, MOST_UNSYNCED_BYTES), 20)
  scratch.writeDoubleLE(receivedAtMs, 24)
  scratch.writeUInt32LE(headerCrc(scratch, 0, position), 4)
}

export interface RecordHeader {
  readonly kind: number
  readonly receivedAtMs: number
  readonly contextBytes: number
  readonly bodyBytes: number
  /** Before the record, when it was written. */
  readonly unsyncedBytes: number
  readonly payloadCrc: number
  /** Header and payload. */
  readonly totalBytes: number
}

/** Reads the record header at an offset. Returns null where there is none, or one that belongs
 *  to another position. */
export function readRecordHeader(bytes: Buffer, at: number, position: number): RecordHeader | null {
  if (bytes.length - at < RECORD_HEADER_BYTES) return null
  if (bytes.readUInt32LE(at) !== RECORD_MAGIC) return null
  if (bytes.readUInt32LE(at + 4) !== headerCrc(bytes, at, position)) return null
  const bodyBytes = bytes.readUInt32LE(at + 12)
  const contextBytes = bytes.readUInt16LE(at + 16)
  return {
    kind: bytes.readUInt8(at + 18),
    receivedAtMs: bytes.readDoubleLE(at + 24),
    contextBytes,
    bodyBytes,
    unsyncedBytes: bytes.readUInt32LE(at + 20),
    payloadCrc: bytes.readUInt32LE(at + 8),
    totalBytes: RECORD_HEADER_BYTES + contextBytes + bodyBytes,
  }
}

/** Tells whether the payload behind a header is there whole and as it was written. */
export function payloadIsWhole(bytes: Buffer, at: number, header: RecordHeader): boolean {
  if (bytes.length - at < header.totalBytes) return false
  return (
    crc32(bytes.subarray(at + RECORD_HEADER_BYTES, at + header.totalBytes)) === header.payloadCrc
  )
}

/** Finds the offset of the next record header after a bad one. Returns -1 where there is none. */
export function findRecordHeader(bytes: Buffer, from: number, startPosition: number): number {
  let at = bytes.indexOf(MAGIC_BYTES, from)
  while (at >= 0) {
    const position = startPosition + at - SEGMENT_HEADER_BYTES
    if (readRecordHeader(bytes, at, position) !== null) return at
    at = bytes.indexOf(MAGIC_BYTES, at + 1)
  }
  return -1
}

const positionBytes = Buffer.alloc(8)

function headerCrc(bytes: Buffer, at: number, position: number): number {
  positionBytes.writeDoubleLE(position)
  return crc32(bytes.subarray(at + 8, at + RECORD_HEADER_BYTES), crc32(positionBytes))
}
