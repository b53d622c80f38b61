/** The writing end of the log: one open segment file that grows, is cut back when a write fails,
 *  and is followed by the next when it is full. */
import { join } from 'node:path'
import type { Disk, DiskFile } from '../../core/ports.ts'
import { SEGMENT_HEADER_BYTES, writeSegmentHeader } from './wal-format.ts'
import { logRoom } from './wal-room.ts'
import { logSync } from './wal-sync.ts'
import { segmentEnd, segmentFileBytes, segmentFileName, type Segment } from './wal-segment.ts'

export interface LogTail {
  endPosition(): number
  /** Makes room for a record of some size: mends what an earlier failure left and starts a next
   *  segment where this one is full. */
  prepare(bytes: number): void
  /** Writes a prepared record. When it throws, the segment is as it was before, at the latest
   *  after the next `prepare`. */
  append(head: Uint8Array, body: Uint8Array): void
  /** Starts a next segment where this one holds anything, so that it can be deleted whole. */
  rotate(): void
  /** Tells whether the disk has no room for what was to be written last. */
  isShort(): boolean
  /** How many bytes are not known to be on the disk. */
  unsyncedBytes(): number
  sync(): Promise<void>
  close(): void
}

/** Opens the end of a list of segments, which it adds to, at the end of the newest or at a later
 *  start. */
export function openTail(options: {
  disk: Disk
  directory: string
  segments: Segment[]
  segmentBytes: number
  startPosition: number
  /** Everything before it is on the disk. */
  syncedPosition: number
}): LogTail {
  const { disk, directory, segments, segmentBytes } = options
  let newest = newestFor(options)
  let file = disk.openAppend(newest.path)
  let tailIsClean = true
  const room = logRoom(() => disk.space(directory))
  const retiring = new Set<Promise<void>>()
  const syncs = logSync({
    syncedPosition: options.syncedPosition,
    endPosition: () => segmentEnd(newest),
    run: () => syncAll(file, retiring),
  })
  for (const segment of segments) {
    if (segment === newest || segmentEnd(segment) <= options.syncedPosition) continue
    retire(disk.openAppend(segment.path), retiring)
  }

  const startNext = (): void => {
    const next = segmentAt(directory, segmentEnd(newest), segmentEnd(newest))
    const nextFile = disk.openAppend(next.path)
    retire(file, retiring)
    file = nextFile
    newest = next
    segments.push(next)
  }
  const cutBack = (): void => {
    disk.truncate(newest.path, segmentFileBytes(newest))
    tailIsClean = true
  }
  return {
    endPosition: () => segmentEnd(newest),
    prepare(bytes) {
      if (!tailIsClean) cutBack()
      if (newest.recordBytes > 0 && newest.recordBytes + bytes > segmentBytes) startNext()
      room.take(newest.recordBytes === 0 ? bytes + SEGMENT_HEADER_BYTES : bytes)
    },
    append(head, body) {
      tailIsClean = false
      try {
        file.append(
          newest.recordBytes === 0 ? [writeSegmentHeader(newest), head, body] : [head, body],
        )
      } catch (error) {
        room.refused()
        attempt(cutBack)
        throw error
      }
      tailIsClean = true
      newest.recordBytes += head.length + body.length
    },
    rotate() {
      if (newest.recordBytes > 0) startNext()
    },
    isShort: () => room.isShort(),
    unsyncedBytes: () => segmentEnd(newest) - syncs.syncedPosition(),
    sync: () => syncs.sync(),
    close: () => file.close(),
  }
}

/** The segment that is written next. One that holds nothing is given up where the log goes on at
 *  a later position. */
function newestFor(options: Parameters<typeof openTail>[0]): Segment {
  const { disk, directory, segments, startPosition } = options
  const last = segments.at(-1)
  if (last !== undefined && segmentEnd(last) >= startPosition) return last
  if (last?.recordBytes === 0) {
    segments.pop()
    disk.remove(last.path)
  }
  const newest = segmentAt(
    directory,
    startPosition,
    last === undefined ? startPosition : segmentEnd(last),
  )
  segments.push(newest)
  return newest
}

function segmentAt(directory: string, startPosition: number, previousEndPosition: number): Segment {
  const path = join(directory, segmentFileName(startPosition))
  return { path, startPosition, previousEndPosition, recordBytes: 0 }
}

async function syncAll(file: DiskFile, retiring: Set<Promise<void>>): Promise<void> {
  const syncs = [file.sync(), ...retiring]
  const outcomes = await Promise.allSettled(syncs)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed === undefined) return
  for (const sync of syncs) retiring.delete(sync)
  throw failed.reason
}

/** A full segment is synced and closed in the background; a failure is told by the next `sync`. */
function retire(file: DiskFile, retiring: Set<Promise<void>>): void {
  const retired = file.sync().finally(() => file.close())
  retiring.add(retired)
  retired.then(
    () => retiring.delete(retired),
    () => undefined,
  )
}

/** Tries again later what fails now: the disk is at fault already, and `prepare` does not go on
 *  without it. */
function attempt(call: () => void): void {
  try {
    call()
  } catch {
    // The flag that it would have set stays as it is.
  }
}
