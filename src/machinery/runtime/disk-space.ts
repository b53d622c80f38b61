import { statfsSync } from 'node:fs'

export interface DiskSpace {
  readonly freeBytes: number
  readonly sizeBytes: number
}

/** Tells how much room the disk that holds a path has, for this user. Null where it is not told. */
export function diskSpace(path: string): DiskSpace | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(path)
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
  } catch {
    return null
  }
}
