/** Writes what an SLO counts as PromQL. Pure. */
import type { Events, Indicator, Matcher, Selector } from '../model/indicator.ts'
import {
  outcomesNamed,
  REFUSALS,
  STATUS_CLASSES,
  type Outcome,
} from '../../../core/names/status-classes.ts'
import { assert } from '../../../core/assert.ts'
import { outcomesOf } from '../model/outcomes.ts'
import {
  BUCKET_METRICS,
  OWN_CLASS_LABEL,
  REFUSAL_LABEL,
  STATUS_METRICS,
  TURNED_AWAY_METRIC,
} from './signal-of.ts'

/** The selectors of a ratio; two of them at least. */
export interface RatioSelectors {
  readonly good?: Selector
  readonly bad?: Selector
  readonly total?: Selector
}

export const WINDOW_PLACEHOLDER = '{{.window}}'

/** Names the series that events are counted by. Worked: requests of class 5xx are
 *  tenantry_tenant_requests_total{status_class="5xx"}. */
export function selectorOf(events: Events): Selector {
  const { signal, metric, where } = events
  if (signal === undefined)
    return where === undefined ? { metric: metric! } : { metric: metric!, where }
  const selector = outcomeSelector(STATUS_METRICS[signal], outcomesOf(events))
  assert(selector !== undefined, 'events that one selector names')
  return selector
}

/** Tells whether one selector names the events: whole classes, or requests that were turned away.
 *  Worked: all but those of a quota are none. */
export function isSelectable(events: Events): boolean {
  if (events.signal === undefined) return true
  return outcomeSelector(STATUS_METRICS[events.signal], outcomesOf(events)) !== undefined
}

function outcomeSelector(metric: string, outcomes: readonly Outcome[]): Selector | undefined {
  const refusals = REFUSALS.filter((name) => outcomes.includes(name))
  if (refusals.length === outcomes.length) {
    return listing(TURNED_AWAY_METRIC, REFUSAL_LABEL, refusals, REFUSALS)
  }
  const classes = STATUS_CLASSES.filter((name) =>
    outcomesNamed([name]).every((outcome) => outcomes.includes(outcome)),
  )
  const isWhole = outcomesNamed(classes).length === outcomes.length
  return isWhole ? listing(metric, OWN_CLASS_LABEL, classes, STATUS_CLASSES) : undefined
}

function listing(
  metric: string,
  label: string,
  names: readonly string[],
  all: readonly string[],
): Selector {
  if (names.length === all.length) return { metric }
  const op = names.length === 1 ? '=' : '=~'
  return { metric, where: [{ label, op, value: names.join('|') }] }
}

/** Names the bucket and the count of a latency. */
export function latencySelectors({
  signal,
  histogram,
  thresholdSeconds,
}: Extract<Indicator, { kind: 'latency-threshold' }>): { good: Selector; total: Selector } {
  const base: Selector = histogram ?? { metric: BUCKET_METRICS[signal!] }
  const where = base.where ?? []
  const le: Matcher = { label: 'le', op: '=', value: String(thresholdSeconds) }
  const total = { metric: `${base.metric}_count` }
  return {
    good: { metric: `${base.metric}_bucket`, where: [...where, le] },
    total: where.length === 0 ? total : { ...total, where },
  }
}

/** Worked: a_total{code=~"5.."}. */
export function selectorText({ metric, where = [] }: Selector): string {
  const isPlain = /^[a-zA-Z_:][\w:]*$/.test(metric)
  const matchers = where.map(({ label, op, value }) => `${labelText(label)}${op}${text(value)}`)
  const inner = isPlain ? matchers : [text(metric), ...matchers]
  return `${isPlain ? metric : ''}${inner.length === 0 ? '' : `{${inner.join(',')}}`}`
}

/** Worked: sum(rate(a_total[{{.window}}])). */
export function countText(selector: Selector): string {
  return `sum(rate(${selectorText(selector)}[${WINDOW_PLACEHOLDER}]))`
}

/** Finds the selectors of a ratio of events. Undefined for one that is measured as such. */
export function ratioSelectors(indicator: {
  readonly good?: Events
  readonly bad?: Events
  readonly total?: Events
  readonly raw?: unknown
}): RatioSelectors | undefined {
  if (indicator.raw !== undefined) return undefined
  const selectors: { good?: Selector; bad?: Selector; total?: Selector } = {}
  for (const part of ['good', 'bad', 'total'] as const) {
    const events = indicator[part]
    if (events !== undefined) selectors[part] = selectorOf(events)
  }
  return selectors
}

/** Writes the count of bad events, whichever two counts there are. */
export function badText({ good, bad, total }: RatioSelectors): string {
  if (bad !== undefined) return countText(bad)
  return `${countText(total!)} - ${countText(good!)}`
}

/** Writes the count of all events, whichever two counts there are. Undefined where it would be a
 *  sum that no format reads. */
export function totalText({ total }: RatioSelectors): string | undefined {
  return total === undefined ? undefined : countText(total)
}

function labelText(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : text(label)
}

/** As Go writes a string. */
function text(value: string): string {
  const escaped = value.replaceAll(/["\\\n\t\r]/g, (found) => {
    const named: Readonly<Record<string, string>> = { '\n': 'n', '\t': 't', '\r': 'r' }
    return `\\${named[found] ?? found}`
  })
  return `"${escaped}"`
}
