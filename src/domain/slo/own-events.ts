/**
 * SLOs that count metrics of their own, which no signal is mapped to: what each series is to them.
 * Good and bad add up to all; where the total is told, what it tells is good or bad as its other
 * part says, and series of that part alone move between the two. Pure.
 */
import type { RatioSignal } from '../../core/names/signals.ts'
import { outcomesNamed, type Outcome } from '../../core/names/status-classes.ts'
import type { Indicator, Events, Matcher, RawRatio, Selector } from './model/indicator.ts'
import type { SloSpec } from './model/slo-spec.ts'
import { sliceLengthOf } from './model/slice-length.ts'
import { templateOf } from './model/template-of.ts'
import type { BucketInput, SliceRule, SloTemplate, StatusInput } from './template.ts'
import { ppmOfPercent } from './model/percent.ts'

/** `good` and `bad` are counted. `turns-bad` counts events that others told as good already, and
 *  `turns-good` those that were told as bad. */
export type OwnPart = 'good' | 'bad' | 'turns-bad' | 'turns-good'

export interface OwnSlo {
  /** Counts requests by outcomes that `OWN_OUTCOMES` gives to parts, durations, or the time of a
   *  ratio. */
  readonly template: SloTemplate
  /** The name of the histogram whose buckets are counted; null where events are. */
  readonly histogram: string | null
  /** What the gauge of a ratio is the share of; null where none is counted. */
  readonly ratio: RatioSignal | null
  /** Tells what a series is, or null: nothing. Of a histogram or ratio its series are `good`. */
  readonly partOf: (labels: readonly SeriesLabel[]) => OwnPart | null
}

export interface SeriesLabel {
  readonly name: string
  readonly value: string
}

/** By which outcome of a request the parts of own events are told apart. */
export const OWN_OUTCOMES = {
  good: '2xx',
  bad: 'other-5xx',
  'turns-bad': 'other-4xx',
  'turns-good': 'unknown',
} as const satisfies Record<OwnPart, Outcome>

const OWN_INPUT: StatusInput = {
  signal: 'requests',
  badOutcomes: [OWN_OUTCOMES.bad],
  turning: { bad: [OWN_OUTCOMES['turns-bad']], good: [OWN_OUTCOMES['turns-good']] },
}

/** Makes an SLO of own metrics countable. Says why where it is not. Asks that it was checked. */
export function ownSloOf(spec: SloSpec): OwnSlo | { readonly why: string } {
  const { indicator } = spec
  if (indicator.kind === 'latency-threshold') return ownLatencyOf(spec, indicator)
  if ('raw' in indicator && indicator.raw !== undefined) return ownRatioOf(spec, indicator)
  const parts = partsOf(indicator)
  if ('why' in parts) return parts
  const partOf = classifierOf(parts)
  if ('why' in partOf) return partOf
  const slice = sliceOf(indicator)
  if (slice !== null && 'why' in slice) return slice
  return { template: withCounts(spec, OWN_INPUT, slice), histogram: null, ratio: null, partOf }
}

function ownRatioOf(
  spec: SloSpec,
  indicator: Extract<Indicator, { raw?: RawRatio }>,
): OwnSlo | { readonly why: string } {
  const { raw, rawType } = indicator
  if (raw?.metric === undefined) return { why: 'counts a signal' }
  const matches = selectorOf({ ...raw, metric: raw.metric })
  if ('why' in matches) return matches
  const slice = sliceOf(indicator)
  if (slice !== null && 'why' in slice) return slice
  const ratio = rawType === 'success' ? 'success_ratio' : 'error_ratio'
  const input = { signal: ratio, badOutcomes: outcomesNamed(['5xx']) } as const
  const partOf: OwnSlo['partOf'] = (labels) => (matches(labels) ? 'good' : null)
  return { template: withCounts(spec, input, slice), histogram: null, ratio, partOf }
}

function withCounts(
  spec: SloSpec,
  input: StatusInput | BucketInput,
  slice: SliceRule | null,
): SloTemplate {
  return { ...templateOf(spec), counting: { from: 'cells', input, slice } }
}

function ownLatencyOf(
  spec: SloSpec,
  { histogram, thresholdSeconds }: Extract<Indicator, { kind: 'latency-threshold' }>,
): OwnSlo | { readonly why: string } {
  if (histogram === undefined) return { why: 'counts a signal' }
  const matches = matcherOf(histogram.where ?? [])
  if ('why' in matches) return matches
  const names = ['_bucket', '_count', '_sum'].map((suffix) => histogram.metric + suffix)
  return {
    template: withCounts(spec, { signal: 'duration', thresholdSeconds }, null),
    histogram: histogram.metric,
    ratio: null,
    partOf: (labels) => (names.includes(nameIn(labels)) && matches(labels) ? 'good' : null),
  }
}

interface Parts {
  readonly good?: Events
  readonly bad?: Events
  readonly total?: Events
}

function partsOf(indicator: Indicator): Parts | { readonly why: string } {
  switch (indicator.kind) {
    case 'event-ratio':
    case 'ratio-time-slice':
      return indicator
    case 'time-slice':
      if (indicator.condition !== undefined) return { why: 'counts a measure, and no events' }
      return indicator
    case 'throughput':
      return { total: indicator.attempted, bad: indicator.refused }
    default:
      return { why: `is of kind ${indicator.kind}` }
  }
}

function sliceOf(indicator: Indicator): SliceRule | null | { readonly why: string } {
  const length = sliceLengthOf('slice' in indicator ? indicator.slice : undefined)
  if ('why' in length) return length
  switch (indicator.kind) {
    case 'time-slice':
      return { rule: 'good-share', targetPpm: ppmOfPercent(indicator.slicePercent!), ...length }
    case 'ratio-time-slice':
      return { rule: 'mean', ...length }
    case 'throughput': {
      const { servedPercent, capPerMinute } = indicator
      return { rule: 'served', servedPpm: ppmOfPercent(servedPercent), capPerMinute }
    }
    default:
      return null
  }
}

type Matches = (labels: readonly SeriesLabel[]) => boolean

function classifierOf(parts: Parts): OwnSlo['partOf'] | { readonly why: string } {
  const matchers: Partial<Record<keyof Parts, Matches>> = {}
  for (const name of ['good', 'bad', 'total'] as const) {
    const events = parts[name]
    if (events === undefined) continue
    if (events.metric === undefined) return { why: 'counts a signal' }
    const matches = selectorOf({ ...events, metric: events.metric })
    if ('why' in matches) return matches
    matchers[name] = matches
  }
  const { good, bad, total } = matchers
  if (total === undefined) {
    return (labels) => (bad!(labels) ? 'bad' : good!(labels) ? 'good' : null)
  }
  if (bad !== undefined) {
    return (labels) => {
      if (total(labels)) return bad(labels) ? 'bad' : 'good'
      return bad(labels) ? 'turns-bad' : null
    }
  }
  return (labels) => {
    if (total(labels)) return good!(labels) ? 'good' : 'bad'
    return good!(labels) ? 'turns-good' : null
  }
}

function selectorOf({ metric, where = [] }: Selector): Matches | { readonly why: string } {
  const matches = matcherOf(where)
  if ('why' in matches) return matches
  return (labels) => nameIn(labels) === metric && matches(labels)
}

function nameIn(labels: readonly SeriesLabel[]): string {
  return valueOf(labels, '__name__')
}

/** A label that lacks is empty, as in PromQL. */
function valueOf(labels: readonly SeriesLabel[], label: string): string {
  return labels.find(({ name }) => name === label)?.value ?? ''
}

function matcherOf(where: readonly Matcher[]): Matches | { readonly why: string } {
  const tests: Matches[] = []
  for (const { label, op, value } of where) {
    const wanted = op === '=' || op === '=~'
    if (op === '=' || op === '!=') {
      tests.push((labels) => (valueOf(labels, label) === value) === wanted)
      continue
    }
    const pattern = patternOf(value)
    if (pattern === undefined) return { why: `has a pattern that cannot be read: ${value}` }
    tests.push((labels) => pattern.test(valueOf(labels, label)) === wanted)
  }
  return (labels) => tests.every((test) => test(labels))
}

/** Anchored at both ends, as in PromQL. */
function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text})$`, 's')
  } catch {
    return undefined
  }
}
