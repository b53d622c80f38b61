/** Files as the write-ahead log needs them, on the machine's own disk. */
import {
  closeSync,
  fdatasync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writevSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Disk, DiskFile } from '../../core/ports.ts'
import { diskSpace } from './disk-space.ts'
import { withoutFirst } from './short-write.ts'

const syncData = promisify(fdatasync)
const syncAll = promisify(fsync)

export function systemDisk(): Disk {
  return {
    makeDirectory: (path) => void mkdirSync(path, { recursive: true }),
    list: (path) => readdirSync(path).sort(),
    openAppend: (path) => openAppend(path),
    read: (path) => readFileSync(path),
    sizeBytes: (path) => statSync(path).size,
    truncate: (path, sizeBytes) => truncateSync(path, sizeBytes),
    remove: (path) => rmSync(path),
    removeMeanwhile: (path) => rm(path),
    space: (path) => diskSpace(path),
  }
}

function openAppend(path: string): DiskFile {
  const descriptor = openSync(path, 'a')
  let nameIsSynced = false
  let syncing: Promise<void> = Promise.resolve()
  return {
    append(chunks) {
      let left = chunks
      for (;;) {
        const wrote = writevSync(descriptor, left)
        left = withoutFirst(left, wrote)
        if (left.length === 0) return
      }
    },
    sync() {
      syncing = syncing
        .catch(() => undefined)
        .then(async () => {
          await syncData(descriptor)
          if (!nameIsSynced) await syncDirectory(dirname(path))
          nameIsSynced = true
        })
      return syncing
    },
    close() {
      // A descriptor that is closed while it is synced could by then be another file's.
      void syncing.catch(() => undefined).finally(() => closeSync(descriptor))
    },
  }
}

/** A new file survives a power cut only once its folder has been synced too. */
async function syncDirectory(path: string): Promise<void> {
  const descriptor = openSync(path, 'r')
  try {
    await syncAll(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
