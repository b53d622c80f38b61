/** A disk in memory that a test can fill up, tear, damage and cut from its power. */
import type { Disk } from '../../../src/core/ports.ts'
import type { Prng } from '../../../src/core/prng.ts'

export interface MemoryDisk extends Disk {
  readonly files: Map<string, Buffer>
  /** How many bytes still fit. A write that does not fit is written as far as it does, then
   *  fails. */
  freeBytes: number
  /** What it says its size is. Null: it does not tell how much room it has. */
  totalBytes: number | null
  /** While true, truncating and deleting fail too. */
  broken: boolean
  /** Files that were synced, in order. */
  readonly synced: string[]
  /** Files that were closed, in order. */
  readonly closed: string[]
  /** While set, syncing fails with it. */
  syncFailure: Error | null
  /** Waited for by each sync before what was there when it began is on the disk. */
  beforeSynced: () => Promise<void>
  /** Loses what was not synced, as far as chance will have it: each bit of it may be there or be
   *  zeros, a file may be shorter, a name that was never synced may be gone. */
  powerCut(prng: Prng): MemoryDisk
}

/** In such pieces what was not synced reaches the disk or does not. */
const PIECE_BYTES = 16

export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Buffer>()
  /** By path: how many of its bytes are on the disk for good. */
  const durableBytes = new Map<string, number>()
  const content = (path: string): Buffer => {
    const bytes = files.get(path)
    if (bytes === undefined) throw new Error(`ENOENT: ${path}`)
    return bytes
  }
  const disk: MemoryDisk = {
    files,
    freeBytes: Infinity,
    totalBytes: null,
    broken: false,
    synced: [],
    closed: [],
    syncFailure: null,
    beforeSynced: () => Promise.resolve(),
    makeDirectory: () => undefined,
    list: (directory) =>
      [...files.keys()]
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1))
        .sort(),
    openAppend(path) {
      if (!files.has(path)) files.set(path, Buffer.alloc(0))
      return {
        append(chunks) {
          const bytes = Buffer.concat(chunks)
          const fits = Math.min(bytes.length, disk.freeBytes)
          disk.freeBytes -= fits
          files.set(path, Buffer.concat([content(path), bytes.subarray(0, fits)]))
          if (fits < bytes.length) throw new Error('ENOSPC: no space left on device')
        },
        async sync() {
          const bytes = content(path).length
          await disk.beforeSynced()
          if (disk.syncFailure !== null) throw disk.syncFailure
          disk.synced.push(path)
          durableBytes.set(path, Math.max(bytes, durableBytes.get(path) ?? 0))
        },
        close: () => void disk.closed.push(path),
      }
    },
    read: (path) => Buffer.from(content(path)),
    sizeBytes: (path) => content(path).length,
    truncate(path, sizeBytes) {
      if (disk.broken) throw new Error('EIO: truncate')
      disk.freeBytes += content(path).length - sizeBytes
      files.set(path, content(path).subarray(0, sizeBytes))
      durableBytes.set(path, Math.min(sizeBytes, durableBytes.get(path) ?? 0))
    },
    removeMeanwhile: async (path) => disk.remove(path),
    remove(path) {
      if (disk.broken) throw new Error('EIO: remove')
      disk.freeBytes += content(path).length
      files.delete(path)
      durableBytes.delete(path)
    },
    space: () =>
      disk.totalBytes === null ? null : { freeBytes: disk.freeBytes, sizeBytes: disk.totalBytes },
    powerCut(prng) {
      const after = memoryDisk()
      for (const [path, bytes] of files) {
        const durable = durableBytes.get(path)
        if (durable === undefined && prng.below(3) === 0) continue
        const left = Buffer.from(bytes)
        for (let at = durable ?? 0; at < left.length; at += PIECE_BYTES) {
          if (prng.below(2) === 0) left.fill(0, at, Math.min(left.length, at + PIECE_BYTES))
        }
        const unsynced = left.length - (durable ?? 0)
        const kept = prng.below(2) === 0 ? left.length : left.length - prng.below(unsynced + 1)
        after.files.set(path, left.subarray(0, kept))
      }
      return after
    },
  }
  return disk
}
