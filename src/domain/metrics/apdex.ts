/**
 * How satisfied users are with response times, from 0 to 1: those answered within a threshold T
 * are satisfied, those within 4 T tolerate it, and half of these count. Pure.
 *
 *   apdex = (satisfied + tolerating / 2) / all = (at or below T + at or below 4 T) / (2 all)
 *
 * A failed request frustrates however fast it was. Which durations are those of failed ones no
 * histogram says: at worst they were the fastest, at best the slowest, and likely they are like the
 * others. Where T or 4 T is no bound the counts at it are estimated as well. So there are a lower
 * and an upper estimate, as of response-time SLOs; they are equal where all is known.
 *
 * Source: Apdex Alliance, "Apdex Technical Specification" 1.1.
 */
import { countsAt, risen, totalOf, type Layout } from './layout-counts.ts'

export interface Apdex {
  readonly ratio: number
  /** The true one is not below it. */
  readonly lowerRatio: number
  /** The true one is not above it. */
  readonly upperRatio: number
  readonly thresholdSeconds: number
}

/** Until how many thresholds users tolerate. */
const TOLERATED = 4

/**
 * Tells the Apdex of what histograms counted, or null where they counted nothing. Units: the share
 * of requests that failed, null where that is not known.
 * Worked: of 100, 60 within T and 90 within 4 T, none failed: (60 + 90) / 200 = 0.75. With 10 %
 * failed: likely 0.675; at worst (50 + 80) / 200 = 0.65, at best (60 + 90) / 200 = 0.75.
 */
export function apdexOf(
  layouts: readonly Layout[],
  thresholdSeconds: number,
  errorRatio: number | null,
): Apdex | null {
  const rising = layouts.map(risen)
  const all = rising.reduce((sum, layout) => sum + totalOf(layout), 0)
  if (all === 0) return null
  const failed = (errorRatio ?? 0) * all
  const limits = [thresholdSeconds, TOLERATED * thresholdSeconds]
  const counts = limits.map((seconds) => countsAt(rising, seconds))
  const ratio = (ofEach: readonly number[]) =>
    ofEach.reduce((sum, satisfied) => sum + satisfied, 0) / (2 * all)
  return {
    ratio: ratio(counts.map(({ likely }) => likely * (1 - failed / all))),
    lowerRatio: ratio(counts.map(({ least }) => Math.max(0, least - failed))),
    upperRatio: ratio(counts.map(({ most }) => Math.min(most, all - failed))),
    thresholdSeconds,
  }
}
