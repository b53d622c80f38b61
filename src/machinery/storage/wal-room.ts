/**
 * How much the log may still grow: it leaves room on its disk for checkpoints, because only a
 * checkpoint lets the log shrink again. A log that took the last byte would stay full for ever.
 * Units: bytes.
 */
import type { DiskSpace } from '../../core/ports.ts'
import { STORAGE_LIMITS } from './limits.ts'

export interface LogRoom {
  /** Takes room for a record. Throws where that would take what is left for checkpoints. */
  take(bytes: number): void
  /** Notes that the disk refused a write, whatever it says of its space. */
  refused(): void
  /** Tells whether the last record that asked for room would find none now. */
  isShort(): boolean
}

/** The disk is asked again after so much at the latest: somebody else may fill it. */
const LOOK_EVERY_BYTES = 4 * 2 ** 20

/** Watches the room of a disk. Null: it does not tell, and nothing is refused. */
export function logRoom(space: () => DiskSpace | null): LogRoom {
  let grantedBytes = 0
  let lackingBytes = 0
  let wasRefused = false

  const roomBytes = (): number => {
    const now = space()
    if (now === null) return Infinity
    return now.freeBytes - reserveBytes(now)
  }
  return {
    take(bytes) {
      if (grantedBytes < bytes) {
        const room = roomBytes()
        if (room < bytes) {
          lackingBytes = bytes
          throw new Error('ENOSPC: the rest of the disk is kept for checkpoints')
        }
        grantedBytes = Math.max(bytes, Math.min(room, LOOK_EVERY_BYTES))
      }
      grantedBytes -= bytes
      lackingBytes = 0
      wasRefused = false
    },
    refused() {
      grantedBytes = 0
      wasRefused = true
    },
    isShort: () => wasRefused || (lackingBytes > 0 && roomBytes() < lackingBytes),
  }
}

/** Worked: 24 MiB keep 3 MiB, 100 GiB keep 128 MiB. */
export function reserveBytes({ sizeBytes }: DiskSpace): number {
  const { logReserveBytes, logReserveRatio } = STORAGE_LIMITS
  return Math.min(logReserveBytes, sizeBytes * logReserveRatio)
}
