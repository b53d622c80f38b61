/**
 * What is promised to every tenant, as the engine counts by it. `model/template-of.ts` makes
 * templates of what configuration says; `model/default-slos.ts` holds those that are there without
 * any.
 */
import type { Action } from '../../core/condition.ts'
import type { SloId, TenantId } from '../../core/ids.ts'
import { isRatioSignal } from '../../core/names/signals.ts'
import type { Outcome } from '../../core/names/status-classes.ts'
import type { BUCKET_SIGNALS, SloKind, STATUS_SIGNALS } from './model/indicator.ts'
import type { ObjectiveHistory } from './model/objective-history.ts'
import type { Period } from './model/period.ts'
import type { ByTier, SloTier } from './model/tiers.ts'
import type { BurnPair } from './windows.ts'

export type { SloKind } from './model/indicator.ts'
export type { ByTier, SloTier } from './model/tiers.ts'

/** Events that are told apart by status: those of the counted outcomes, bad by some of them. */
export interface StatusInput {
  readonly signal: (typeof STATUS_SIGNALS)[number]
  readonly badOutcomes: readonly Outcome[]
  /** Every outcome without it. */
  readonly countedOutcomes?: readonly Outcome[]
  /** Events that other outcomes count already, as good or bad: these say otherwise of them, and are
   *  no more of them. None without it. */
  readonly turning?: { readonly bad: readonly Outcome[]; readonly good: readonly Outcome[] }
  /** What decides a minute in which there are none of those events: probes. Only where minutes are
   *  counted. */
  readonly standIn?: StandIn
}

export interface StandIn {
  readonly signal: (typeof STATUS_SIGNALS)[number]
  readonly badOutcomes: readonly Outcome[]
}

/** Events of a histogram: bad when they took longer than the threshold. */
export interface BucketInput {
  readonly signal: (typeof BUCKET_SIGNALS)[number]
  readonly thresholdSeconds: number
}

export type SloInput = StatusInput | BucketInput

/** How a slice of time becomes what is counted. `good-share`: one slice, good when so many of a
 *  million events are. `mean`: one slice, as bad as its share of bad events, in millionths.
 *  `served`: one slice, good when so many of a million attempted events, up to the cap, were
 *  served. */
export type SliceRule = SliceLength &
  (
    | { readonly rule: 'good-share'; readonly targetPpm: number }
    | { readonly rule: 'mean' }
    | { readonly rule: 'served'; readonly servedPpm: number; readonly capPerMinute: number }
  )

export interface SliceLength {
  /** How long a slice is, where it is not a minute: an hour is a multiple of it, and slices begin
   *  with the hours of UTC. */
  readonly minutes?: number
}

export function sliceMinutes({ minutes = 1 }: SliceLength): number {
  return minutes
}

/** Where an SLO's counts come from. */
export type Counting =
  | { readonly from: 'cells'; readonly input: SloInput; readonly slice: SliceRule | null }
  | { readonly from: 'source'; readonly source: string }
  | { readonly from: 'parts'; readonly parts: readonly Part[] }
  | { readonly from: 'tenants'; readonly of: SloId; readonly over: 'tier' | 'fleet' }
  /** By a metric of one's own, which exports and backtests read and the server does not. */
  | { readonly from: 'elsewhere'; readonly why: string }

/** A part of a composite. */
export interface Part {
  readonly sloId: SloId
  readonly weight: number
}

export interface SloTemplate {
  readonly sloId: SloId
  readonly title: string
  /** What stands before "budget" in a sentence, such as `error-rate`. */
  readonly noun: string
  readonly kind: SloKind
  readonly counting: Counting
  readonly objectives: ByTier<ObjectiveHistory>
  readonly period: Period
  /** How long a period is as thresholds see it. */
  readonly periodSeconds: number
  /** Fastest first. */
  readonly pairs: readonly BurnPair[]
  /** A pair raises nothing while its long window holds fewer bad events (or slices), or fewer
   *  altogether, than this. A pair may have its own. */
  readonly minBadEvents: ByTier<number>
  readonly minTotalEvents: ByTier<number>
  /** What goes wrong for a tenant's users. SLOs of one cause count the same failures: they share
   *  one page and one ticket. Silence, `no-data`, is no cause of its own but covers all. */
  readonly cause: string
  /** Null: every one. */
  readonly tiers: ReadonlySet<SloTier> | null
  readonly tenantIds: ReadonlySet<TenantId> | null
}

/** Tells whether an SLO is promised to a tenant. */
export function appliesTo(
  { tiers, tenantIds }: Pick<SloTemplate, 'tiers' | 'tenantIds'>,
  tenant: { readonly tenantId: TenantId; readonly tier: SloTier },
): boolean {
  if (tiers === null && tenantIds === null) return true
  return tenantIds?.has(tenant.tenantId) === true || tiers?.has(tenant.tier) === true
}

/** Tells what an SLO counts of the tenant's cells. Null for one that counts otherwise. */
export function inputOf({ counting }: Pick<SloTemplate, 'counting'>): SloInput | null {
  return counting.from === 'cells' ? counting.input : null
}

/** Tells which signals the SLOs of a book count. */
export function signalsOf({
  templates,
}: {
  readonly templates: readonly SloTemplate[]
}): ReadonlySet<SloInput['signal']> {
  return new Set(
    templates.flatMap((template) => {
      const input = inputOf(template)
      if (input === null) return []
      const standIn = isBucketInput(input) ? undefined : input.standIn
      return [input.signal, ...(standIn === undefined ? [] : [standIn.signal])]
    }),
  )
}

/** Tells how minutes of events are counted. Null where events are. */
export function sliceOf({ counting }: Pick<SloTemplate, 'counting'>): SliceRule | null {
  return counting.from === 'cells' ? counting.slice : null
}

/** Tells how long slices are. Null where events are counted. */
export function sliceSecondsOf(template: Pick<SloTemplate, 'counting'>): number | null {
  const slice = sliceOf(template)
  return slice === null ? null : sliceMinutes(slice) * 60
}

/** What an SLO counts. A slice is one of more than a minute; a share, of a composite, a part's. */
export const SLO_UNITS = [
  'request',
  'minute',
  'slice',
  'probe',
  'second',
  'event',
  'share',
] as const
export type SloUnit = (typeof SLO_UNITS)[number]

/** Tells what an SLO counts. */
export function unitOf({ counting }: Pick<SloTemplate, 'counting'>): SloUnit {
  if (counting.from === 'parts') return 'share'
  if (counting.from !== 'cells') return 'event'
  if (counting.slice !== null) return sliceMinutes(counting.slice) === 1 ? 'minute' : 'slice'
  if (isRatioSignal(counting.input.signal)) return 'second'
  return counting.input.signal === 'probes' ? 'probe' : 'request'
}

/** Tells whether an input is one of latencies. */
export function isBucketInput(input: SloInput): input is BucketInput {
  return 'thresholdSeconds' in input
}

/** Tells what a good event takes at most. Null where response time is not what counts. */
export function thresholdOf(template: Pick<SloTemplate, 'counting'>): number | null {
  const input = inputOf(template)
  return input !== null && isBucketInput(input) ? input.thresholdSeconds : null
}

/** What the silence of a tenant with recent traffic asks for. */
export const NO_DATA_ACTION: ByTier<Action> = {
  enterprise: 'page',
  professional: 'ticket',
  starter: 'report',
}
