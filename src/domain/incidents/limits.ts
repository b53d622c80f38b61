/** Limits of alert states and impacts. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts'

export const ALERT_LIMITS = {
  /** An alert that fires again within this span of its resolution is the same alert, one flap
   *  richer. */
  reopenWithinMs: 10 * MINUTE_MS,
  /** The numbers of an alert that goes on firing are written at most this often. */
  refreshEveryMs: MINUTE_MS,
  keyLength: 200,
  pageSize: 500,
  /** Resolved alerts are kept this long. */
  keepResolvedMs: 400 * DAY_MS,
} as const

export const IMPACT_LIMITS = {
  /** What recovery means. Source: the guide, "<4 hours incident recovery time". */
  recoveredWithinMs: 4 * HOUR_MS,
  /** As an alert that fires again is the same alert, the impact is the same impact. */
  continuesWithinMs: ALERT_LIMITS.reopenWithinMs,
  /** How long an open one has lasted is written at most this often. */
  refreshEveryMs: MINUTE_MS,
  pageSize: 500,
  /** Ended impacts are kept this long: the longest period of an SLO, and a day. */
  keepEndedMs: 401 * DAY_MS,
} as const
