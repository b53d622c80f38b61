/** Turns an SLO as configuration writes it into what the engine counts by. Pure; asks that the
 *  specification was checked. */
import { assertNever } from '../../../core/assert.ts'
import { sloId, tenantId } from '../../../core/ids.ts'
import { OUTCOMES, type Outcome } from '../../../core/names/status-classes.ts'
import { isBucketInput, type Counting, type SloTemplate, type StandIn } from '../template.ts'
import { BURN_PAIRS, type BurnPair } from '../windows.ts'
import type { Events, Indicator, RawRatio } from './indicator.ts'
import { partsOfRaw } from './raw-ratio.ts'
import { effectiveFromMs, type ObjectiveHistory } from './objective-history.ts'
import { outcomesOf } from './outcomes.ts'
import { ppmOfPercent } from './percent.ts'
import { periodOf, periodSecondsOf } from './period.ts'
import { isAlertless, type ObjectiveSpec, type PairSpec, type SloSpec } from './slo-spec.ts'
import { sliceLengthOf } from './slice-length.ts'
import { spanSeconds } from './span.ts'
import { forEveryTier, type ByTier, type SloTier } from './tiers.ts'

/** What a pair asks for at least where nobody says: one failure alone wakes nobody. */
export const MIN_BAD_EVENTS: ByTier<number> = { starter: 10, professional: 5, enterprise: 3 }
export const MIN_BAD_SLICES: ByTier<number> = { starter: 3, professional: 2, enterprise: 2 }
const MIN_TOTAL: ByTier<number> = forEveryTier(1)

/** Makes a template. Worked: 28 days and the usual pairs raise at 13.44, 5.6, 2.8 and 0.933. */
export function templateOf(spec: SloSpec): SloTemplate {
  const period = periodOf(spec.period)
  const counting = countingOf(spec.indicator)
  const isSliced = counting.from === 'cells' && counting.slice !== null
  return {
    sloId: sloId(spec.sloId),
    title: spec.title,
    noun: spec.noun ?? spec.sloId,
    kind: spec.indicator.kind,
    counting,
    objectives: {
      starter: historyOf(spec.objectives, 'starter'),
      professional: historyOf(spec.objectives, 'professional'),
      enterprise: historyOf(spec.objectives, 'enterprise'),
    },
    period,
    periodSeconds: periodSecondsOf(period),
    pairs: isAlertless(spec) ? [] : (spec.alerts?.map(pairOf) ?? BURN_PAIRS),
    minBadEvents: spec.minBadEvents ?? (isSliced ? MIN_BAD_SLICES : MIN_BAD_EVENTS),
    minTotalEvents: spec.minTotalEvents ?? MIN_TOTAL,
    cause: spec.cause ?? spec.sloId,
    tiers: spec.tenants?.tiers === undefined ? null : new Set(spec.tenants.tiers),
    tenantIds: spec.tenants?.ids === undefined ? null : new Set(spec.tenants.ids.map(tenantId)),
  }
}

function historyOf(objectives: readonly ObjectiveSpec[], tier: SloTier): ObjectiveHistory {
  return objectives.map(({ from, percent, percentByTier, recompute }, index) => ({
    fromMs: index === 0 || from === undefined ? 0 : effectiveFromMs(Date.parse(from)),
    targetPpm: ppmOfPercent(percent ?? percentByTier![tier]),
    recompute: recompute ?? false,
  }))
}

function pairOf(pair: PairSpec): BurnPair {
  return {
    speed: pair.speed,
    action: pair.action,
    longSeconds: spanSeconds(pair.long),
    shortSeconds: spanSeconds(pair.short),
    sharePpm: ppmOfPercent(pair.budgetPercent),
    minBadEvents: pair.minBadEvents ?? null,
    minTotalEvents: pair.minTotalEvents ?? null,
  }
}

/** One that did not succeed is bad. */
const PROBES: StandIn = {
  signal: 'probes',
  badOutcomes: OUTCOMES.filter((name) => name !== '2xx'),
}

/** Tells where the counts of an indicator come from. */
export function countingOf(indicator: Indicator): Counting {
  switch (indicator.kind) {
    case 'event-ratio':
      return ratioOf(indicator, null)
    case 'latency-threshold': {
      const { signal, thresholdSeconds } = indicator
      if (signal === undefined) return elsewhere('a histogram')
      return { from: 'cells', input: { signal, thresholdSeconds }, slice: null }
    }
    case 'time-slice': {
      if (indicator.condition !== undefined) return elsewhere('a measure')
      const targetPpm = ppmOfPercent(indicator.slicePercent!)
      const counting = ratioOf(indicator, { rule: 'good-share', targetPpm })
      return sliced(indicator, indicator.standIn === undefined ? counting : withProbes(counting))
    }
    case 'ratio-time-slice':
      return sliced(indicator, ratioOf(indicator, { rule: 'mean' }))
    case 'throughput': {
      const { attempted, refused, servedPercent, capPerMinute } = indicator
      const servedPpm = ppmOfPercent(servedPercent)
      const parts = { total: attempted, bad: refused }
      return ratioOf(parts, { rule: 'served', servedPpm, capPerMinute })
    }
    case 'probe': {
      const { slicePercent } = indicator
      if (slicePercent === undefined) return { from: 'cells', input: PROBES, slice: null }
      const slice = { rule: 'good-share', targetPpm: ppmOfPercent(slicePercent) } as const
      return { from: 'cells', input: PROBES, slice }
    }
    case 'external':
      return { from: 'source', source: indicator.source }
    case 'composite': {
      const parts = indicator.of.map(({ slo, weight }) => ({ sloId: sloId(slo), weight }))
      return { from: 'parts', parts }
    }
    case 'roll-up':
      return { from: 'tenants', of: sloId(indicator.of), over: indicator.over }
    default:
      return assertNever(indicator, 'a kind of SLO')
  }
}

type CellSlice = Extract<Counting, { from: 'cells' }>['slice']

interface RatioParts {
  readonly good?: Events
  readonly bad?: Events
  readonly total?: Events
  readonly raw?: RawRatio
}

function ratioOf({ raw, ...given }: RatioParts, slice: CellSlice): Counting {
  const { good, bad, total } = raw?.signal === undefined ? given : partsOfRaw(raw.signal)
  const parts = [good, bad, total].filter((events) => events !== undefined)
  const signal = parts[0]?.signal
  if (signal === undefined || parts.some((events) => events.signal !== signal)) {
    return parts.length === 0 ? OWN_RATIO : elsewhere('events')
  }
  const counted =
    total === undefined ? [...outcomesOf(good!), ...outcomesOf(bad!)] : outcomesOf(total)
  const isBad = (name: Outcome): boolean =>
    bad === undefined ? !outcomesOf(good!).includes(name) : outcomesOf(bad).includes(name)
  const badOutcomes = OUTCOMES.filter((name) => counted.includes(name) && isBad(name))
  const countedOutcomes = OUTCOMES.filter((name) => counted.includes(name))
  const isAll = countedOutcomes.length === OUTCOMES.length
  const input = isAll ? { signal, badOutcomes } : { signal, badOutcomes, countedOutcomes }
  return { from: 'cells', input, slice }
}

/** Lets probes decide the slices without events. */
function withProbes(counting: Counting): Counting {
  if (counting.from !== 'cells' || isBucketInput(counting.input)) return counting
  return { ...counting, input: { ...counting.input, standIn: PROBES } }
}

/** Counts are kept by the minute; slices that are no whole ones are for exports. */
function sliced({ slice }: { readonly slice?: string }, counting: Counting): Counting {
  if (counting.from !== 'cells' || counting.slice === null) return counting
  const length = sliceLengthOf(slice)
  if ('why' in length) return { from: 'elsewhere', ...length }
  return { ...counting, slice: { ...counting.slice, ...length } }
}

const OWN_RATIO: Counting = {
  from: 'elsewhere',
  why: 'counts a ratio of a metric of its own: map the gauge to error_ratio or success_ratio, and name that signal, to have it counted here',
}

function elsewhere(what: string): Counting {
  const why = `counts ${what} of a metric of its own: map the metric to a signal to have it counted here`
  return { from: 'elsewhere', why }
}
