/** Writes what an SLO counts as PromQL. Pure. */
import type { Events, Indicator, Matcher, Selector } from '../model/indicator.ts'
import { STATUS_CLASSES } from '../../../core/names/status-classes.ts'
import { BUCKET_METRICS, OWN_CLASS_LABEL, STATUS_METRICS } from './signal-of.ts'

/** The selectors of a ratio; two of them at least. */
export interface RatioSelectors {
  readonly good?: Selector
  readonly bad?: Selector
  readonly total?: Selector
}

export const WINDOW_PLACEHOLDER = '{{.window}}'

/** Names the series that events are counted by. Worked: requests of class 5xx are
 *  tenantry_tenant_requests_total{status_class="5xx"}. */
export function selectorOf({ signal, classes, metric, where }: Events): Selector {
  if (signal === undefined)
    return where === undefined ? { metric: metric! } : { metric: metric!, where }
  const isAll = classes === undefined || STATUS_CLASSES.every((name) => classes.includes(name))
  if (isAll) return { metric: STATUS_METRICS[signal] }
  const op = classes.length === 1 ? '=' : '=~'
  const matcher: Matcher = { label: OWN_CLASS_LABEL, op, value: classes.join('|') }
  return { metric: STATUS_METRICS[signal], where: [matcher] }
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
  readonly raw?: Selector
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
