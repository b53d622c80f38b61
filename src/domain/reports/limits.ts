/** Limits of reports. */
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'
import type { ReviewSpan } from './slo-review/review-span.ts'

export const REPORT_LIMITS = {
  /** How far back a review may begin: as far as counts are kept. */
  oldestMs: 200 * DAY_MS,
  pageSize: 500,
} as const

export const LOAD_TEST_LIMITS = {
  keptMs: 400 * DAY_MS,
  /** Past it the oldest go first. */
  runs: 10_000,
  /** How far the clock of a generator may be ahead. */
  aheadMs: 10 * MINUTE_MS,
} as const

/** How long reviews are kept after their period. */
export const KEPT_REVIEW_MS: Readonly<Record<ReviewSpan, number>> = {
  week: 400 * DAY_MS,
  month: 800 * DAY_MS,
  quarter: 2_000 * DAY_MS,
}
