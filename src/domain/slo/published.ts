/** What is published of the SLOs that hold: their windows, on which steps these end, and at which
 *  burn which pair raises what. Pure. */
import type { TenantId } from '../../core/ids.ts'
import { burnThreshold } from './burn.ts'
import { CLOCK_MARKS, type ClockMark } from './clock-marks.ts'
import { edgeStepSeconds, periodStepSeconds } from './edge-steps.ts'
import { promisedObjective, type PromisedObjective } from './model/objective-history.ts'
import { percentOfPpm } from './model/percent.ts'
import type { CalendarUnit } from './model/period.ts'
import { sloBookOf, type SloBookSpec } from './model/slo-book.ts'
import { SLO_TIERS } from './model/tiers.ts'
import {
  appliesTo,
  type Counting,
  sliceSecondsOf,
  thresholdOf,
  type SloKind,
  type SloTemplate,
  type SloTier,
  type SloUnit,
  unitOf,
} from './template.ts'
import type { PairAction, Speed } from './windows.ts'

export interface PublishedPair {
  speed: Speed
  action: PairAction
  longSeconds: number
  longStepSeconds: number
  shortSeconds: number
  shortStepSeconds: number
  budgetPercent: number
  threshold: number
}

export interface PublishedObjectives {
  tier: SloTier
  /** Oldest first. */
  versions: PromisedObjective[]
}

export interface PublishedSlo {
  sloId: string
  title: string
  kind: SloKind
  /** What is counted. */
  unit: SloUnit
  /** What goes wrong for users; SLOs of one cause share one page and one ticket. */
  cause: string
  /** What a good event takes at most. Null where response time is not what counts. */
  thresholdSeconds: number | null
  /** How long the slices of time are that it counts. Null where it counts events. */
  sliceSeconds: number | null
  /** Of the tiers that it is promised to, without the overrides of tenants. */
  objectives: PublishedObjectives[]
  periodSeconds: number
  calendar: { unit: CalendarUnit; zone: string } | null
  periodStepSeconds: number
  notCounted: string | null
  pairs: PublishedPair[]
  /** Where a source counts: at which share of its limit what runs asks for what. */
  clockMarks: ClockMark[]
}

/** Counts of a calendar period go to its last closed minute. */
const CALENDAR_STEP_SECONDS = 60

export interface PublishedFor {
  /** Of the SLOs that are promised to it; of all where it is null. */
  readonly tenant: { readonly tenantId: TenantId; readonly tier: SloTier } | null
  /** The sources that count something, by name. */
  readonly sources: readonly string[]
}

/** Tells of the SLOs that are promised to a tenant, or of all. */
export function publishedSlos(
  book: SloBookSpec,
  { tenant, sources }: PublishedFor,
): PublishedSlo[] {
  const { templates } = sloBookOf(book)
  const own = templates.filter((template) => tenant === null || appliesTo(template, tenant))
  return own.map((template) => {
    const { sloId, title, kind, cause, period, periodSeconds, counting } = template
    const calendar = period.kind === 'calendar' ? { unit: period.unit, zone: period.zone } : null
    return {
      sloId,
      title,
      kind,
      unit: unitOf(template),
      cause,
      thresholdSeconds: thresholdOf(template),
      sliceSeconds: sliceSecondsOf(template),
      objectives: objectivesOf(template, tenant?.tier ?? null),
      periodSeconds,
      calendar,
      periodStepSeconds:
        calendar === null ? periodStepSeconds(periodSeconds) : CALENDAR_STEP_SECONDS,
      notCounted: whyNotCounted(counting, sources),
      pairs: pairsOf(template),
      clockMarks: counting.from === 'source' ? [...CLOCK_MARKS] : [],
    }
  })
}

/** Shape: of one tier where one is given. */
function objectivesOf(
  { tiers, tenantIds, objectives }: SloTemplate,
  only: SloTier | null,
): PublishedObjectives[] {
  const promised = SLO_TIERS.filter((tier) => {
    return only === null ? tenantIds !== null || (tiers?.has(tier) ?? true) : tier === only
  })
  return promised.map((tier) => ({ tier, versions: objectives[tier].map(promisedObjective) }))
}

/** Says why the server does not count an SLO; null where it does. */
function whyNotCounted(counting: Counting, sources: readonly string[]): string | null {
  if (counting.from === 'elsewhere') return counting.why
  if (counting.from !== 'source' || sources.includes(counting.source)) return null
  return `there is no source called ${counting.source}`
}

function pairsOf(template: SloTemplate): PublishedPair[] {
  const { pairs, periodSeconds } = template
  const finestSeconds = sliceSecondsOf(template) ?? 0
  const step = (seconds: number): number => Math.max(finestSeconds, edgeStepSeconds(seconds))
  return pairs.map(({ speed, action, longSeconds, shortSeconds, sharePpm }) => ({
    speed,
    action,
    longSeconds,
    shortSeconds,
    longStepSeconds: step(longSeconds),
    shortStepSeconds: step(shortSeconds),
    budgetPercent: percentOfPpm(sharePpm),
    threshold: burnThreshold({
      sharePpm,
      periodSeconds,
      longSeconds,
    }),
  }))
}
