/** What is told of one tenant's SLO: the shape of `SloStatusBody` of the API, worked out when
 *  asked for. */
import type { Action } from '../../core/condition.ts'
import type { TenantId } from '../../core/ids.ts'
import type { RecomputedStatus } from './recompute/recompute.ts'
import type { BurnPair, Speed } from './windows.ts'
import type { SloKind, SloUnit } from './template.ts'

export const SLO_STATES = [
  'ok',
  'no-traffic',
  'no-data',
  'stale',
  'inconsistent',
  'uncertain',
] as const
export type SloState = (typeof SLO_STATES)[number]

export interface BurnStatus {
  speed: Speed
  action: BurnPair['action']
  longSeconds: number
  shortSeconds: number
  /** Multiples of the rate that spends the budget exactly by the period's end. Null without
   *  traffic. */
  longBurn: number | null
  shortBurn: number | null
  /** Events or minutes behind the burns, as decisions count them: without what is excluded. */
  longBad: number
  longTotal: number
  shortBad: number
  shortTotal: number
  threshold: number
  holds: boolean
  /** Why a condition that the rates alone would raise is not raised. */
  suppressed: string | null
}

/** A period as it is without its corrections. */
export interface UncorrectedStatus {
  sliRatio: number | null
  good: number
  bad: number
  total: number
  budgetLeftRatio: number | null
  budgetLeftEvents: number | null
}

/** A stretch that no budget is charged for, in whole five minutes and slices: (fromMs, toMs]. */
export interface ExclusionStatus {
  correctionId: string
  reason: string
  fromMs: number
  toMs: number
}

/** Something that runs against a limit, such as an impact that has not ended. */
export interface ClockStatus {
  clockId: string
  startedAtMs: number
  elapsedSeconds: number
  limitSeconds: number
  /** Negative once the limit has passed. */
  leftSeconds: number
  /** The mark that it has passed, and what that asks for. Null before the first. */
  mark: { percent: number; speed: Speed; action: Action } | null
}

export interface SloStatus {
  tenantId: TenantId
  sloId: string
  title: string
  kind: SloKind
  /** What is counted. */
  unit: SloUnit
  objectivePpm: number
  periodSeconds: number
  /** What a good request takes at most. Null where response time is not what counts. */
  thresholdSeconds: number | null
  state: SloState
  verdict: string
  sliRatio: number | null
  good: number
  bad: number
  total: number
  budgetLeftRatio: number | null
  budgetLeftEvents: number | null
  exhaustsInSeconds: number | null
  /** Null where nothing is corrected. */
  uncorrected: UncorrectedStatus | null
  /** The newest count of its past that changed anything. Null where there was none. */
  recomputed: RecomputedStatus | null
  /** What is excluded from the period, newest first; the newest fifty. */
  exclusions: ExclusionStatus[]
  burns: BurnStatus[]
  /** What a source counts. Null where events or minutes are counted here. */
  counted: { one: string; many: string } | null
  /** What runs against a limit now, the furthest first. */
  clocks: ClockStatus[]
  evaluatedAtMs: number
  settledToMs: number
}
