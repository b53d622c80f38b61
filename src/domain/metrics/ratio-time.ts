/** What a share of errors over a stretch of time counts in each bucket. Pure. */
import { bucketEndMs } from '../../core/time.ts'
import { BUCKET_MS } from './cell.ts'

export interface RatioTime {
  /** In the bucket that holds it. */
  readonly endMs: number
  readonly good: number
  readonly bad: number
}

const MICROSECONDS_A_MILLISECOND = 1_000

/**
 * Counts a share over (sinceMs, atMs]. Units: whole microseconds; good and bad of all buckets add
 * up to the stretch, the bad ones to its share, rounded once.
 * Worked: 0.25 from 5 s to 25 s -> bad 1.25 s, 2.5 s and 1.25 s.
 */
export function* ratioTime(
  errorRatio: number,
  sinceMs: number,
  atMs: number,
): Generator<RatioTime, void> {
  const badUntil = (ms: number): number =>
    Math.round(errorRatio * (ms - sinceMs) * MICROSECONDS_A_MILLISECOND)
  for (let fromMs = sinceMs; fromMs < atMs;) {
    const endMs = Math.min(atMs, bucketEndMs(fromMs + 1, BUCKET_MS))
    const bad = badUntil(endMs) - badUntil(fromMs)
    yield { endMs, good: (endMs - fromMs) * MICROSECONDS_A_MILLISECOND - bad, bad }
    fromMs = endMs
  }
}
