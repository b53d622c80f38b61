/**
 * How long signals are kept: a row a tier. A tenant's own `dataRetentionDays` shortens it, never
 * lengthens it. Pure.
 */
import { DAY_MS } from '../../core/time.ts'
import type { Tier } from '../tenants/tenants.ts'
import type { Resolution } from './resolutions.ts'

export type StoredResolution = Exclude<Resolution, 'live'>
export type KeptDays = Readonly<Record<StoredResolution, number>>

/**
 * Hours last at least as long as an SLO's period of 30 days, minutes at least as long as an
 * incident is looked into.
 */
export const KEPT_DAYS = {
  starter: { minute: 3, hour: 32, day: 400 },
  professional: { minute: 8, hour: 100, day: 800 },
  enterprise: { minute: 15, hour: 400, day: 1_200 },
} as const satisfies Readonly<Record<Tier, KeptDays>>

/**
 * Tells how long a tenant's signals are kept. Worked: an enterprise tenant that keeps data for 90
 * days -> minutes 15, hours 90, days 90.
 */
export function keptDaysOf(tier: Tier, dataRetentionDays: number): KeptDays {
  const { minute, hour, day } = KEPT_DAYS[tier]
  const least = (days: number) => Math.min(days, dataRetentionDays)
  return { minute: least(minute), hour: least(hour), day: least(day) }
}

/** Tells the instant before which a resolution is not kept. */
export function keptFromMs(kept: KeptDays, resolution: StoredResolution, nowMs: number): number {
  return nowMs - kept[resolution] * DAY_MS
}
