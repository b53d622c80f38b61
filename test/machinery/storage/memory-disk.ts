/** A disk in memory that a test can fill up, tear and damage. */
import type { Disk } from '../../../src/core/ports.ts'

export interface MemoryDisk extends Disk {
  readonly files: Map<string, Buffer>
  /** How many bytes still fit. A write that does not fit is written as far as it does, then
   *  fails. */
  freeBytes: number
  /** While true, truncating and deleting fail too. */
  broken: boolean
  /** Files that were synced, in order. */
  readonly synced: string[]
  /** Files that were closed, in order. */
  readonly closed: string[]
  /** While set, syncing fails with it. */
  syncFailure: Error | null
}

export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Buffer>()
  const content = (path: string): Buffer => {
    const bytes = files.get(path)
    if (bytes === undefined) throw new Error(`ENOENT: ${path}`)
    return bytes
  }
  const disk: MemoryDisk = {
    files,
    freeBytes: Infinity,
    broken: false,
    synced: [],
    closed: [],
    syncFailure: null,
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
          if (disk.syncFailure !== null) throw disk.syncFailure
          disk.synced.push(path)
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
    },
    remove(path) {
      if (disk.broken) throw new Error('EIO: remove')
      disk.freeBytes += content(path).length
      files.delete(path)
    },
  }
  return disk
}
