/** Limits of alert states. */
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'

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
