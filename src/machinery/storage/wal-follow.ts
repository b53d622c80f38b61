/**
 * Reads a log that another thread writes, as it grows: a stretch at a time, from a position on, up
 * to an end that the writer has told. Only whole records lie before such an end. Segments may be
 * deleted meanwhile; what is gone is told as a gap.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../core/units.ts'
import {
  payloadIsWhole,
  readRecordHeader,
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
} from './wal-format.ts'
import { damaged, segmentStartOf, type LogRecord } from './wal-segment.ts'

export interface LogStretch {
  /** In their order. Ownership: bodies are views of one buffer, which the next call uses again. */
  readonly records: readonly LogRecord[]
  /** What lay before them from the position on and was deleted before it was read. */
  readonly lostBytes: number
}

export interface LogFollower {
  /**
   * Reads whole records from a position on, some mebibytes of them or at least one. None where
   * there is none before the end. Throws LOG_DAMAGED.
   */
  read(fromPosition: number, untilPosition: number): LogStretch
  close(): void
}

const STRETCH_BYTES = 2 * MIB

interface OpenSegment {
  readonly start: number
  readonly file: number
  readonly path: string
}

export function openLogFollower(directory: string): LogFollower {
  let open: OpenSegment | null = null
  let buffer = Buffer.alloc(STRETCH_BYTES)

  const starts = (): number[] =>
    readdirSync(directory)
      .flatMap((name) => segmentStartOf(name) ?? [])
      .toSorted((left, right) => left - right)

  const close = (): void => {
    if (open !== null) closeSync(open.file)
    open = null
  }

  /** Opens the segment that begins at or last before a position. */
  const openAt = (position: number): OpenSegment | null => {
    const start = starts().findLast((each) => each <= position)
    if (start === open?.start) return open
    close()
    if (start === undefined) return null
    const path = join(directory, `${String(start).padStart(16, '0')}.log`)
    open = { start, path, file: openSync(path, 'r') }
    return open
  }

  const fill = ({ file, start }: OpenSegment, position: number, bytes: number): number => {
    if (bytes > buffer.length) buffer = Buffer.alloc(bytes)
    const at = SEGMENT_HEADER_BYTES + position - start
    let filled = 0
    while (filled < bytes) {
      const read = readSync(file, buffer, filled, bytes - filled, at + filled)
      if (read === 0) break
      filled += read
    }
    return filled
  }

  /** Reads what of the open segment lies from a position on. */
  const readOpen = (segment: OpenSegment, from: number, until: number): LogRecord[] => {
    let wanted = Math.min(STRETCH_BYTES, until - from)
    for (;;) {
      const filled = fill(segment, from, wanted)
      const bytes = buffer.subarray(0, filled)
      const records = recordsIn(segment, bytes, from)
      if (records.length > 0 || filled < wanted || filled === 0) return records
      const header = readRecordHeader(bytes, 0, from)
      if (header === null) throw damaged(segment, from - segment.start + SEGMENT_HEADER_BYTES)
      if (header.totalBytes <= wanted) return records
      wanted = header.totalBytes
    }
  }

  /** The log goes on elsewhere: in a next segment, or where the oldest one that is left begins. */
  const readOn = (fromPosition: number, untilPosition: number): LogStretch => {
    const isDeleted = openAt(fromPosition) === null
    const next = starts().find((each) => each > fromPosition && each < untilPosition)
    const segment = next === undefined ? null : openAt(next)
    if (next === undefined || segment === null) return NOTHING
    const records = readOpen(segment, next, untilPosition)
    return { records, lostBytes: isDeleted && records.length > 0 ? next - fromPosition : 0 }
  }

  return {
    read(fromPosition, untilPosition) {
      if (fromPosition >= untilPosition) return NOTHING
      const held = open !== null && open.start <= fromPosition ? open : openAt(fromPosition)
      const records = held === null ? [] : readOpen(held, fromPosition, untilPosition)
      if (records.length > 0) return { records, lostBytes: 0 }
      const at = openAt(fromPosition)
      const others = at === null || at === held ? [] : readOpen(at, fromPosition, untilPosition)
      return others.length > 0
        ? { records: others, lostBytes: 0 }
        : readOn(fromPosition, untilPosition)
    },
    close,
  }
}

const NOTHING: LogStretch = { records: [], lostBytes: 0 }

function recordsIn(segment: OpenSegment, bytes: Buffer, fromPosition: number): LogRecord[] {
  const records: LogRecord[] = []
  for (let at = 0; at < bytes.length;) {
    const startPosition = fromPosition + at
    const header = readRecordHeader(bytes, at, startPosition)
    if (header === null) {
      if (bytes.length - at < RECORD_HEADER_BYTES || records.length > 0) break
      throw damaged(segment, startPosition - segment.start + SEGMENT_HEADER_BYTES)
    }
    if (header.totalBytes > bytes.length - at) break
    if (!payloadIsWhole(bytes.subarray(at, at + header.totalBytes), 0, header)) {
      throw damaged(segment, startPosition - segment.start + SEGMENT_HEADER_BYTES)
    }
    const bodyAt = at + RECORD_HEADER_BYTES + header.contextBytes
    records.push({
      startPosition,
      endPosition: startPosition + header.totalBytes,
      kind: header.kind,
      receivedAtMs: header.receivedAtMs,
      context: bytes.toString('utf8', at + RECORD_HEADER_BYTES, bodyAt),
      body: bytes.subarray(bodyAt, at + header.totalBytes),
    })
    at += header.totalBytes
  }
  return records
}
