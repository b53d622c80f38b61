/** A budget as a policy judges it: read for every tenant and SLO once a minute. */
import type { SloId, TenantId } from '../../core/ids.ts'
import type { AllowedPpm, Counted } from './budget.ts'
import type { SloTier } from './model/tiers.ts'

export interface SloBudget {
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly tier: SloTier
  readonly sloId: SloId
  readonly title: string
  /** What stands before "budget" in a sentence. */
  readonly noun: string
  readonly objectivePpm: number
  readonly periodSeconds: number
  /** In events or minutes, corrected. */
  readonly good: number
  readonly bad: number
  readonly total: number
  /** Null without events. */
  readonly leftRatio: number | null
  readonly leftEvents: number | null
  /** What decisions are made of: as it was counted, and what of it may fail. */
  readonly counted: Counted
  readonly allowed: AllowedPpm
  /** Something is heard of the tenant, and the counts are possible ones. */
  readonly isReliable: boolean
  /** There were events in the last hour. */
  readonly hasTraffic: boolean
  /** What minima are held against: events or minutes; of a composite, those of its parts. */
  readonly events: Counted
  /** Tells for which share of its length the period was counted so far, from its first event on.
   *  Cost: reads the period's buckets. */
  readonly countedRatio: () => number
  /** What the SLO's alerts ask for at least, for this tenant. */
  readonly minBadEvents: number
  readonly minTotalEvents: number
}
