/** Limits of alerts that other systems tell of. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/time.ts'
import { KIB } from '../../../core/units.ts'

export const FOREIGN_LIMITS = {
  /** How long a sender that names no end may be silent. Source: Alertmanager's resolve_timeout. */
  resolveTimeoutMs: 5 * MINUTE_MS,
  /** The webhook repeats what goes on each four hours, unless told otherwise. */
  webhookTimeoutMs: 12 * HOUR_MS,
  /** A replica that lags may tell for so long that an alert fires which has ended. */
  replicaLagMs: MINUTE_MS,
  labels: 64,
  labelBytes: 8 * KIB,
  annotationBytes: 32 * KIB,
  urlLength: 2_048,
  summaryLength: 500,
  alertNameLength: 120,
  /** Ended ones are kept this long: what a sender repeats of them is known. */
  keepEndedMs: 30 * DAY_MS,
  /** Alerts that silence turns in one tick. */
  turnedAtOnce: 200,
} as const

/**
 * After which silence beyond its end an alert of a tier is taken for over, with that as the reason;
 * null: never, somebody has to say so.
 */
export const SILENT_AFTER_MS = {
  enterprise: null,
  professional: HOUR_MS,
  starter: 15 * MINUTE_MS,
} as const
