/**
 * The write-ahead log: what was accepted, byte for byte, in the order of acceptance, before anybody
 * is told so. State that is lost in a crash is made again from it. Records go to segment files;
 * `wal-format` says how. A record is in the operating system's hands when `append` returns, which
 * no death of this process undoes; `sync` puts it on the disk for a power cut.
 */
import { assert } from '../../core/assert.ts'
import { isTenantryError, TenantryError } from '../../core/errors.ts'
import type { Disk, Log } from '../../core/ports.ts'
import { STORAGE_ERRORS } from './errors.ts'
import { STORAGE_LIMITS } from './limits.ts'
import { RECORD_HEADER_BYTES, writeRecordHeader } from './wal-format.ts'
import { logReaders, type LogReader, type LogReaders } from './wal-readers.ts'
import { recoverSegments } from './wal-recovery.ts'
import {
  readSegment,
  segmentEnd,
  segmentFileBytes,
  type LogRecord,
  type Segment,
} from './wal-segment.ts'
import { openTail, type LogTail } from './wal-tail.ts'

export type { LogReader } from './wal-readers.ts'
export type { LogRecord } from './wal-segment.ts'

export interface NewLogRecord {
  /** 0 to 255. */
  readonly kind: number
  readonly receivedAtMs: number
  /** A short text that says how to read the body. */
  readonly context: string
  readonly body: Uint8Array
}

export interface WriteAheadLog {
  /** Writes one record and tells the position behind it. Throws LOG_WRITE and
   *  LOG_RECORD_TOO_LARGE; then nothing of it is in the log. Cost: one write call and one pass
   *  of crc32. Ownership: the body is the caller's again when it returns. */
  append(record: NewLogRecord): number
  endPosition(): number
  /** Lists the records from a position that is the bound of one, up to the end at the time of
   *  the call, reading a segment at a time. Throws LOG_DAMAGED. Ownership: a body is a view into
   *  its segment, which it keeps in memory. */
  records(fromPosition: number): Iterable<LogRecord>
  /** Makes the log keep what a reader has not passed, but no more than `capBytes` of it. The
   *  position is the caller's to keep over a restart. */
  openReader(name: string, capBytes: number): LogReader
  /** Deletes the segments that every reader has passed; resolves when they are gone. The newest
   *  stays; where room is short the log goes on in a next one, so that it may go too. Never
   *  rejects. */
  collect(): Promise<void>
  /** Tells whether writes are refused because the disk has no room, or none beside what is kept
   *  for checkpoints. */
  isShort(): boolean
  /** Puts on the disk what was appended before the call; whoever else calls shares the sync.
   *  Rejects with LOG_SYNC. */
  sync(): Promise<void>
  sizeBytes(): number
  /** How many bytes a power cut could take. */
  unsyncedBytes(): number
  segmentCount(): number
  /** How much was cut off when it was opened. */
  readonly cutBytes: number
  close(): void
}

/** Opens the log of a directory, making it where it is missing. Part of a record at its end is
 *  cut off and reported. A log that ends before `startPosition`, the highest position that any
 *  state stands at, goes on there: a position is never given twice. Throws LOG_DAMAGED and
 *  LOG_OPEN. */
export function openLog(options: {
  disk: Disk
  directory: string
  segmentBytes?: number
  startPosition?: number
  log: Log
}): WriteAheadLog {
  const { disk, directory, log } = options
  const { segmentBytes = STORAGE_LIMITS.logSegmentBytes, startPosition = 0 } = options
  const { segments, cutBytes, tail } = recover({
    disk,
    directory,
    segmentBytes,
    startPosition,
    log,
  })
  const readers = logReaders({
    oldest: () => segments[0]?.startPosition ?? 0,
    end: () => tail.endPosition(),
  })
  const scratch = Buffer.alloc(RECORD_HEADER_BYTES + STORAGE_LIMITS.logContextBytes)
  let collecting: Promise<void> | undefined

  return {
    append({ kind, receivedAtMs, context, body }) {
      assert(kind >= 0 && kind <= 255, 'a record kind of one byte')
      const contextBytes = contextInto(scratch, context, body.length)
      const headBytes = RECORD_HEADER_BYTES + contextBytes
      try {
        tail.prepare(headBytes + body.length)
        const unsyncedBytes = tail.unsyncedBytes()
        const fields = { kind, receivedAtMs, contextBytes, unsyncedBytes, body }
        writeRecordHeader(scratch, tail.endPosition(), fields)
        tail.append(scratch.subarray(0, headBytes), body)
      } catch (cause) {
        throw new TenantryError(
          STORAGE_ERRORS.logWrite,
          `appending ${body.length} bytes to the write-ahead log in ${directory}`,
          { cause },
        )
      }
      return tail.endPosition()
    },
    endPosition: () => tail.endPosition(),
    records: (fromPosition) => recordsBetween(disk, segments, fromPosition, tail.endPosition()),
    openReader: (name, capBytes) => readers.open(name, capBytes),
    collect() {
      if (tail.isShort()) tail.rotate()
      collecting ??= collect(disk, segments, readers, log).finally(() => (collecting = undefined))
      return collecting
    },
    isShort: () => tail.isShort(),
    async sync() {
      try {
        await tail.sync()
      } catch (cause) {
        throw new TenantryError(
          STORAGE_ERRORS.logSync,
          `writing the write-ahead log in ${directory} through to the disk`,
          { cause },
        )
      }
    },
    sizeBytes: () => segments.reduce((sum, segment) => sum + segmentFileBytes(segment), 0),
    unsyncedBytes: () => tail.unsyncedBytes(),
    segmentCount: () => segments.length,
    cutBytes,
    close: () => tail.close(),
  }
}

function recover(options: {
  disk: Disk
  directory: string
  segmentBytes: number
  startPosition: number
  log: Log
}): { segments: Segment[]; cutBytes: number; tail: LogTail } {
  const { disk, directory, log } = options
  try {
    disk.makeDirectory(directory)
    const { startPosition } = options
    const recovered = recoverSegments(disk, directory, startPosition, log)
    const { segments, cutBytes, syncedPosition } = recovered
    reportShortLog(segments, options)
    return { segments, cutBytes, tail: openTail({ ...options, segments, syncedPosition }) }
  } catch (cause) {
    if (isTenantryError(cause)) throw cause
    throw new TenantryError(STORAGE_ERRORS.logOpen, `opening the write-ahead log in ${directory}`, {
      cause,
    })
  }
}

/** A log is synced before any state is written that stands at its end, so no crash makes it
 *  shorter: somebody deleted segments. What they held beyond the state is not known. */
function reportShortLog(
  segments: readonly Segment[],
  { directory, startPosition, log }: { directory: string; startPosition: number; log: Log },
): void {
  const newest = segments.at(-1)
  const endPosition = newest === undefined ? 0 : segmentEnd(newest)
  if (endPosition >= startPosition) return
  log.error(
    { directory, endPosition, startPosition },
    'the write-ahead log ends before the last checkpoint: segments were deleted; what they held after the checkpoint is lost',
  )
}

/** Writes the context behind the header's place and tells its length. */
function contextInto(scratch: Buffer, context: string, bodyBytes: number): number {
  const contextBytes = Buffer.byteLength(context)
  const { logBodyBytes, logContextBytes } = STORAGE_LIMITS
  if (contextBytes > logContextBytes || bodyBytes > logBodyBytes)
    throw new TenantryError(
      STORAGE_ERRORS.logRecordTooLarge,
      `appending a record: a body of ${bodyBytes} bytes (at most ${logBodyBytes}) ` +
        `with a context of ${contextBytes} (at most ${logContextBytes})`,
    )
  return scratch.write(context, RECORD_HEADER_BYTES)
}

/** Segments may be added and deleted while the consumer takes its time: each is looked up when
 *  its turn comes. */
function* recordsBetween(
  disk: Disk,
  segments: readonly Segment[],
  fromPosition: number,
  untilPosition: number,
): Generator<LogRecord> {
  let position = fromPosition
  while (position < untilPosition) {
    const segment = segments.find((candidate) => segmentEnd(candidate) > position)
    if (segment === undefined || segment.startPosition >= untilPosition) return
    const until = Math.min(untilPosition, segmentEnd(segment))
    yield* readSegment(disk, segment, position, until)
    position = until
  }
}

async function collect(
  disk: Disk,
  segments: Segment[],
  readers: Pick<LogReaders, 'floor'>,
  log: Log,
): Promise<void> {
  for (;;) {
    const [oldest, next] = segments
    if (oldest === undefined || next === undefined || segmentEnd(oldest) > readers.floor()) return
    segments.shift()
    try {
      await disk.removeMeanwhile(oldest.path)
    } catch (error) {
      segments.unshift(oldest)
      log.warn({ file: oldest.path, error }, 'a segment that nobody needs could not be deleted')
      return
    }
  }
}
