/** A segment of the log as a file: its name, its size, and the records in it, checked as they
 *  are read. */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import type { Disk } from '../../core/ports.ts'
import { STORAGE_ERRORS } from './errors.ts'
import {
  payloadIsWhole,
  readRecordHeader,
  readSegmentHeader,
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
} from './wal-format.ts'

export interface Segment {
  readonly path: string
  readonly startPosition: number
  /** Where the segment before ended: the start, unless positions were skipped. */
  readonly previousEndPosition: number
  /** Bytes of whole records. The file has a header besides, once the first record is written. */
  recordBytes: number
}

export interface LogRecord {
  readonly startPosition: number
  readonly endPosition: number
  readonly kind: number
  readonly receivedAtMs: number
  readonly context: string
  readonly body: Uint8Array
}

const FILE_NAME = /^(\d{16})\.log$/

/** Names a segment's file, so that names sort as positions do. */
export function segmentFileName(startPosition: number): string {
  return `${String(startPosition).padStart(16, '0')}.log`
}

/** Reads the start position out of a file name. Returns null for a file that is no segment. */
export function segmentStartOf(fileName: string): number | null {
  const digits = FILE_NAME.exec(fileName)?.[1]
  return digits === undefined ? null : Number(digits)
}

export function segmentEnd(segment: Segment): number {
  return segment.startPosition + segment.recordBytes
}

/** The size that the file should have. */
export function segmentFileBytes(segment: Segment): number {
  return segment.recordBytes === 0 ? 0 : SEGMENT_HEADER_BYTES + segment.recordBytes
}

/** Reads a segment's records that start in [fromPosition, untilPosition), both at record bounds.
 *  Throws LOG_DAMAGED. Cost: the whole file in memory. Ownership: bodies are views of it. */
export function* readSegment(
  disk: Disk,
  segment: Segment,
  fromPosition: number,
  untilPosition: number,
): Generator<LogRecord> {
  const bytes = disk.read(segment.path)
  if (readSegmentHeader(bytes)?.startPosition !== segment.startPosition) throw damaged(segment, 0)
  let position = segment.startPosition
  while (position < untilPosition) {
    const at = position - segment.startPosition + SEGMENT_HEADER_BYTES
    const header = readRecordHeader(bytes, at, position)
    if (header === null) throw damaged(segment, at)
    const endPosition = position + header.totalBytes
    if (position >= fromPosition) {
      if (!payloadIsWhole(bytes, at, header)) throw damaged(segment, at)
      const bodyAt = at + RECORD_HEADER_BYTES + header.contextBytes
      yield {
        startPosition: position,
        endPosition,
        kind: header.kind,
        receivedAtMs: header.receivedAtMs,
        context: bytes.toString('utf8', at + RECORD_HEADER_BYTES, bodyAt),
        body: bytes.subarray(bodyAt, at + header.totalBytes),
      }
    } else {
      assert(endPosition <= fromPosition, 'reading that starts at the bound of a record')
    }
    position = endPosition
  }
}

/** Makes the error of a segment that does not hold what was written. */
export function damaged({ path }: Pick<Segment, 'path'>, offset: number): TenantryError {
  return new TenantryError(
    STORAGE_ERRORS.logDamaged,
    `reading the write-ahead log: ${path} is damaged at byte ${offset}`,
    { details: { path, offset } },
  )
}
