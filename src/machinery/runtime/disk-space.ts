import { statfsSync } from 'node:fs'
import type { DiskSpace } from '../../core/ports.ts'

/** Tells how much room the disk that holds a path has, for this user. Null where it is not told. */
export function diskSpace(path: string): DiskSpace | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(path)
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
  } catch {
    return null
  }
}
