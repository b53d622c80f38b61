/**
 * What a log finds when it is opened. A crash leaves the newest segment ending in part of a record
 * that nobody was told of: it is cut off. Anything else that is not as it was written, in
 * particular a bad record with a good one behind it, is damage, and no reason to cut.
 */
import { join } from 'node:path'
import { assert } from '../../core/assert.ts'
import type { Disk, Log } from '../../core/ports.ts'
import {
  findRecordHeader,
  payloadIsWhole,
  readRecordHeader,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
} from './wal-format.ts'
import {
  damaged,
  segmentEnd,
  segmentFileBytes,
  segmentFileName,
  segmentStartOf,
  type Segment,
} from './wal-segment.ts'

/** Finds the segments of a directory and mends the newest. Shape: ascending, none missing in
 *  between that the state, which stands at `statePosition`, would need. Throws LOG_DAMAGED. Cost:
 *  reads the newest segment whole; the others are checked when their records are read. */
export function recoverSegments(
  disk: Disk,
  directory: string,
  statePosition: number,
  log: Log,
): Segment[] {
  const starts = disk
    .list(directory)
    .map(segmentStartOf)
    .filter((start) => start !== null)
    .sort((left, right) => left - right)
  const segments: Segment[] = []
  for (const startPosition of starts) {
    const path = join(directory, segmentFileName(startPosition))
    const previous = segments.at(-1)
    const endsAtPosition = previous === undefined ? startPosition : segmentEnd(previous)
    if (previous !== undefined && endsAtPosition !== startPosition)
      assertAnnounced(disk, path, { startPosition, statePosition, previous })
    const segment = { path, startPosition, previousEndPosition: endsAtPosition, recordBytes: 0 }
    if (startPosition === starts.at(-1)) recoverNewest(disk, segment, log)
    else segment.recordBytes = olderRecordBytes(disk, segment)
    segments.push(segment)
  }
  return segments
}

/** A segment that was started further on says so in its header; otherwise the one before lost
 *  its end or one between them is gone. One that holds nothing yet has no header: it was started
 *  where the state stands. */
function assertAnnounced(
  disk: Disk,
  path: string,
  places: { startPosition: number; statePosition: number; previous: Segment },
): void {
  const { startPosition, statePosition, previous } = places
  if (disk.sizeBytes(path) === 0 && startPosition === statePosition) return
  const header = readSegmentHeader(disk.read(path))
  if (
    header?.startPosition === startPosition &&
    header.previousEndPosition === segmentEnd(previous)
  )
    return
  throw damaged(previous, segmentFileBytes(previous))
}

function olderRecordBytes(disk: Disk, segment: Segment): number {
  const fileBytes = disk.sizeBytes(segment.path)
  if (fileBytes <= SEGMENT_HEADER_BYTES) throw damaged(segment, fileBytes)
  return fileBytes - SEGMENT_HEADER_BYTES
}

function recoverNewest(disk: Disk, segment: Segment, log: Log): void {
  const bytes = disk.read(segment.path)
  const wholeBytes = wholeRecordsEnd(bytes, segment)
  segment.recordBytes = Math.max(0, wholeBytes - SEGMENT_HEADER_BYTES)
  const keptBytes = segmentFileBytes(segment)
  if (keptBytes === bytes.length) return
  assert(keptBytes < bytes.length, 'a segment is cut, never made longer')
  disk.truncate(segment.path, keptBytes)
  log.warn(
    { file: segment.path, offset: keptBytes, cutBytes: bytes.length - keptBytes },
    'the write-ahead log ended in part of a record, as a crash leaves it: the part was cut off',
  )
}

/** Finds where the last whole record ends. Throws LOG_DAMAGED when more records stand behind
 *  that place. */
function wholeRecordsEnd(bytes: Buffer, segment: Segment): number {
  const { startPosition } = segment
  let at = 0
  if (readSegmentHeader(bytes)?.startPosition === startPosition) {
    at = SEGMENT_HEADER_BYTES
    for (;;) {
      const header = readRecordHeader(bytes, at, startPosition + at - SEGMENT_HEADER_BYTES)
      if (header === null || !payloadIsWhole(bytes, at, header)) break
      at += header.totalBytes
    }
  }
  if (findRecordHeader(bytes, at + 1, startPosition) >= 0) throw damaged(segment, at)
  return at
}
