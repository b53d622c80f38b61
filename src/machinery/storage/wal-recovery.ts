/**
 * What a log finds when it is opened. The death of the process leaves the newest segment ending in
 * part of a record. A power cut may leave any place bad that had not been synced, with good records
 * behind it. Either is cut off at the first bad place: nobody was promised what lies behind. A bad
 * place before what a later record, or the state, knows to have been synced is damage, and no
 * reason to cut.
 */
import { join } from 'node:path'
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

export interface RecoveredLog {
  /** Ascending; none is missing in between that the state would need. */
  readonly segments: Segment[]
  /** Everything before it is known to be on the disk. */
  readonly syncedPosition: number
  readonly cutBytes: number
}

/** Finds the segments of a directory and mends their end. The state stands at `statePosition`: what
 *  came before it was synced first. Throws LOG_DAMAGED. Cost: reads the newest segment whole, and
 *  older ones that were not synced when it was begun; the others are checked as they are read. */
export function recoverSegments(
  disk: Disk,
  directory: string,
  statePosition: number,
  log: Log,
): RecoveredLog {
  const segments = disk
    .list(directory)
    .map(segmentStartOf)
    .filter((start) => start !== null)
    .sort((left, right) => left - right)
    .map((startPosition) => segmentAt(disk, join(directory, segmentFileName(startPosition))))
  const syncedPosition = Math.max(statePosition, readUnsynced(disk, segments))
  const kept = cutAtFirstFault(disk, segments, { syncedPosition, statePosition }, log)
  const end = kept.at(-1)
  const endPosition = end === undefined ? 0 : segmentEnd(end)
  const foundBytes = segments.reduce((sum, { fileBytes }) => sum + fileBytes, 0)
  const keptBytes = kept.reduce((sum, segment) => sum + segmentFileBytes(segment), 0)
  return {
    segments: kept,
    syncedPosition: Math.min(syncedPosition, endPosition),
    cutBytes: foundBytes - keptBytes,
  }
}

interface FoundSegment extends Segment {
  readonly fileBytes: number
  /** Where its whole records end, as far as it was read. */
  wholeBytes: number
}

function segmentAt(disk: Disk, path: string): FoundSegment {
  const startPosition = segmentStartOf(path.slice(path.lastIndexOf('/') + 1))!
  const fileBytes = disk.sizeBytes(path)
  return {
    path,
    startPosition,
    previousEndPosition: startPosition,
    fileBytes,
    wholeBytes: fileBytes,
    recordBytes: Math.max(0, fileBytes - SEGMENT_HEADER_BYTES),
  }
}

/** Reads segments from the newest back to one that was synced before a later record was written,
 *  notes where the whole records of each end, and tells what is known to be synced. */
function readUnsynced(disk: Disk, segments: readonly FoundSegment[]): number {
  let syncedPosition = 0
  for (const segment of segments.toReversed()) {
    const isNewest = segment === segments.at(-1)
    if (!isNewest && segmentEnd(segment) <= syncedPosition) break
    const bytes = disk.read(segment.path)
    const { wholeBytes, claimedPosition } = readRecords(bytes, segment)
    segment.wholeBytes = wholeBytes
    segment.recordBytes = Math.max(0, wholeBytes - SEGMENT_HEADER_BYTES)
    syncedPosition = Math.max(syncedPosition, claimedPosition)
  }
  return syncedPosition
}

/** Finds where the whole records of a segment end, and up to where any record in it, also behind a
 *  bad place, says that the log was synced. */
function readRecords(
  bytes: Buffer,
  { startPosition }: Segment,
): { wholeBytes: number; claimedPosition: number } {
  let claimedPosition = 0
  const claim = (position: number, unsyncedBytes: number): void => {
    claimedPosition = Math.max(claimedPosition, position - unsyncedBytes)
  }
  let wholeBytes = 0
  if (readSegmentHeader(bytes)?.startPosition === startPosition) {
    wholeBytes = SEGMENT_HEADER_BYTES
    for (;;) {
      const position = startPosition + wholeBytes - SEGMENT_HEADER_BYTES
      const header = readRecordHeader(bytes, wholeBytes, position)
      if (header === null || !payloadIsWhole(bytes, wholeBytes, header)) break
      claim(position, header.unsyncedBytes)
      wholeBytes += header.totalBytes
    }
  }
  let at = findRecordHeader(bytes, wholeBytes + 1, startPosition)
  while (at >= 0) {
    const position = startPosition + at - SEGMENT_HEADER_BYTES
    claim(position, readRecordHeader(bytes, at, position)!.unsyncedBytes)
    at = findRecordHeader(bytes, at + 1, startPosition)
  }
  return { wholeBytes, claimedPosition }
}

interface Known {
  readonly syncedPosition: number
  readonly statePosition: number
}

/** Cuts at the first place where the log does not go on as it was written. Throws LOG_DAMAGED where
 *  that was synced. */
function cutAtFirstFault(
  disk: Disk,
  segments: readonly FoundSegment[],
  known: Known,
  log: Log,
): Segment[] {
  const kept: Segment[] = []
  for (const [index, found] of segments.entries()) {
    const previous = kept.at(-1)
    const next = segments[index + 1]
    const previousEndPosition = previous === undefined ? found.startPosition : segmentEnd(previous)
    const segment = { ...found, previousEndPosition }
    kept.push(segment)
    const isWhole = segmentFileBytes(segment) === segment.fileBytes
    if (isWhole && (next === undefined || goesOn(disk, segment, next, known.statePosition))) {
      continue
    }
    const later = segments.slice(index + 1)
    if (segmentEnd(segment) < known.syncedPosition) {
      throw damaged(segment, segment.wholeBytes)
    }
    cut(disk, segment, later, log)
    break
  }
  return kept
}

/** Tells whether a segment begins where the one before it ends, or was begun further on and says so
 *  in its header. One that holds nothing yet has no header: it was begun where the state stands. */
function goesOn(disk: Disk, segment: Segment, next: FoundSegment, statePosition: number): boolean {
  const endPosition = segmentEnd(segment)
  if (next.startPosition === endPosition) return true
  if (next.fileBytes === 0) return next.startPosition === statePosition
  const header = readSegmentHeader(disk.read(next.path))
  return header?.startPosition === next.startPosition && header.previousEndPosition === endPosition
}

function cut(disk: Disk, segment: FoundSegment, later: readonly FoundSegment[], log: Log): void {
  const { path, fileBytes } = segment
  const keptBytes = segmentFileBytes(segment)
  if (keptBytes < fileBytes) {
    disk.truncate(path, keptBytes)
    log.warn(
      { file: path, offset: keptBytes, cutBytes: fileBytes - keptBytes },
      'the write-ahead log ended in part of a record, as a crash leaves it: the part was cut off',
    )
  }
  for (const { path: file, fileBytes: cutBytes } of later) {
    disk.remove(file)
    log.warn(
      { file, offset: 0, cutBytes },
      'a segment of the log follows what a power cut kept from the disk: it was deleted',
    )
  }
}
