/**
 * What an SLO counts, as PromQL: events that are bad or not, or slices of time. What only Tenantry
 * can count is said to be left out, with why.
 */
import { assertNever } from '../../core/assert.ts'
import { PPM } from '../../core/units.ts'
import { OUTCOMES } from '../../core/names/status-classes.ts'
import { selectorText } from '../../domain/slo/formats/query-text.ts'
import type { Events, Indicator, Matcher } from '../../domain/slo/model/indicator.ts'
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import {
  isBucketInput,
  sliceMinutes,
  type BucketInput,
  type SliceRule,
  type StandIn,
  type StatusInput,
} from '../../domain/slo/template.ts'
import { minus, plus, share, type Gain } from './promql.ts'
import type { Reading } from './reading.ts'

/** Counts of events over a span, by tenant. */
export interface CountedEvents {
  readonly from: 'events'
  /** Where it has no sample nothing was bad, as long as there is a total. */
  readonly bad: (seconds: number) => string
  readonly total: (seconds: number) => string
}

/** One value a slice in which something happened: from 0, good, to 1, bad. */
export interface CountedSlices {
  readonly from: 'slices'
  readonly sliceSeconds: number
  readonly badOfSlice: string
}

export interface LeftOut {
  readonly from: 'left-out'
  readonly why: string
}

export type Counted = CountedEvents | CountedSlices | LeftOut

/** Tells what rules count of an SLO. */
export function countedOf(spec: SloSpec, reading: Reading): Counted {
  const { counting } = templateOf(spec)
  switch (counting.from) {
    case 'source':
      return leftOut('is counted by Tenantry itself')
    case 'parts':
    case 'tenants':
      return leftOut('is made of other SLOs: their rules alert')
    case 'elsewhere':
      return ownEvents(spec.indicator, reading) ?? leftOut(counting.why)
    case 'cells': {
      const { input, slice } = counting
      if (isBucketInput(input)) return latencyOf(input, reading)
      return slice === null ? eventsOf(input, reading) : slicesOf(input, slice, reading)
    }
    default:
      return assertNever(counting, 'where counts come from')
  }
}

function leftOut(why: string): LeftOut {
  return { from: 'left-out', why }
}

const UNTOLD = leftOut('counts what the series that rules read do not tell apart')

function eventsOf(input: StatusInput | StandIn, reading: Reading): CountedEvents | LeftOut {
  const counted = ('countedOutcomes' in input ? input.countedOutcomes : undefined) ?? OUTCOMES
  const all = (seconds: number) => reading.outcomes(input.signal, counted, seconds)
  const bad = (seconds: number) => reading.outcomes(input.signal, input.badOutcomes, seconds)
  if (all(60) === null || bad(60) === null) return UNTOLD
  return { from: 'events', bad: (seconds) => bad(seconds)!, total: (seconds) => all(seconds)! }
}

/** Tenants whose histogram has no bucket at the threshold have no sample: nobody knows. */
function latencyOf(
  { signal, thresholdSeconds }: BucketInput,
  reading: Reading,
): CountedEvents | LeftOut {
  const metric = reading.histogram(signal)
  if (metric === null) return UNTOLD
  return latencyEvents(reading.gain, metric, '', thresholdSeconds)
}

function latencyEvents(
  gain: Gain,
  metric: string,
  inner: string,
  thresholdSeconds: number,
): CountedEvents {
  const bucket = `${metric}_bucket{${inner}${boundMatcher(thresholdSeconds)}}`
  const count = `${metric}_count${inner === '' ? '' : `{${inner.replace(/,$/, '')}}`}`
  return {
    from: 'events',
    bad: (seconds) => `clamp_min(${gain(count, seconds)} - ${gain(bucket, seconds)}, 0)`,
    total: (seconds) => `${gain(count, seconds)} and ${gain(bucket, seconds)}`,
  }
}

/** Whole bounds are written with and without their decimal. */
function boundMatcher(seconds: number): string {
  return Number.isInteger(seconds)
    ? String.raw`le=~"${seconds}(\\.0)?"`
    : `le="${seconds}"`
}

function slicesOf(
  input: StatusInput,
  rule: SliceRule,
  reading: Reading,
): CountedSlices | LeftOut {
  const events = eventsOf(input, reading)
  const standIn = input.standIn === undefined ? null : eventsOf(input.standIn, reading)
  if (events.from === 'left-out') return events
  const sliceSeconds = sliceMinutes(rule) * 60
  const own = badOfSlice(events, rule, sliceSeconds)
  // What the series do not tell of probes is no reason to know nothing of requests.
  const other =
    standIn?.from === 'events' ? ` or ${badOfSlice(standIn, rule, sliceSeconds)}` : ''
  return { from: 'slices', sliceSeconds, badOfSlice: own + other }
}

/** Source: `sliceBad`. */
function badOfSlice(events: CountedEvents, rule: SliceRule, seconds: number): string {
  const total = `(${events.total(seconds)} > 0)`
  const bad = `(${events.bad(seconds)} or 0 * ${total})`
  switch (rule.rule) {
    case 'good-share':
      return `(${bad} / ${total} > bool ${share(PPM - rule.targetPpm)})`
    case 'mean':
      return `(${bad} / ${total})`
    case 'served': {
      const cap = (rule.capPerMinute * seconds) / 60
      const promised = `${share(rule.servedPpm)} * clamp_max(${total}, ${cap})`
      return `((${total} - ${bad}) < bool ${promised})`
    }
    default:
      return assertNever(rule, 'a rule of slices')
  }
}

/** Counts events of a metric of one's own, which names the tenant as the platform does. */
function ownEvents(indicator: Indicator, { ownGain }: Reading): CountedEvents | null {
  if (indicator.kind === 'latency-threshold' && indicator.histogram !== undefined) {
    const { metric, where = [] } = indicator.histogram
    if (!isPlainName(metric)) return null
    const matchers = where.length === 0 ? '' : `${matchersText(where)},`
    return latencyEvents(ownGain, metric, matchers, indicator.thresholdSeconds)
  }
  if (indicator.kind !== 'event-ratio') return null
  const gainOf = (events: Events | undefined) => {
    if (events?.metric === undefined) return undefined
    const { metric, where } = events
    const text = selectorText(where === undefined ? { metric } : { metric, where })
    return (seconds: number) => ownGain(text, seconds)
  }
  const [good, bad, total] = [indicator.good, indicator.bad, indicator.total].map(gainOf)
  if (total !== undefined && bad !== undefined) return { from: 'events', bad, total }
  if (total !== undefined && good !== undefined) {
    const rest = (seconds: number) => `clamp_min(${minus(total(seconds), good(seconds))}, 0)`
    return { from: 'events', bad: rest, total }
  }
  if (good === undefined || bad === undefined) return null
  return { from: 'events', bad, total: (seconds) => plus(good(seconds), bad(seconds)) }
}

function isPlainName(metric: string): boolean {
  return /^[a-zA-Z_:][\w:]*$/.test(metric)
}

function matchersText(where: Matcher[]): string {
  return selectorText({ metric: 'x', where }).slice(2, -1)
}
