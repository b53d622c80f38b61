/**
 * The steps in which signals are kept: data. Which is kept for how long is said in retention.ts.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import { BUCKET_MS } from './cell.ts'

/** Finest first. Each step is a multiple of the one before. Days are those of UTC. */
export const RESOLUTIONS = {
  live: BUCKET_MS,
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
} as const
export type Resolution = keyof typeof RESOLUTIONS

export const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as Resolution[]
