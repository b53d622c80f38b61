/**
 * What queries say an SLO counts: two counts of good, bad and total events, or one quotient. What
 * is not understood is refused with the text and the reason. Pure.
 */
import { IDENTITY_LABELS } from '../../../core/names/labels.ts'
import type { Events, Indicator, Matcher, Selector } from '../model/indicator.ts'
import { parseQuery, type Expression } from './promql.ts'
import {
  countOf,
  countOfText,
  factsOf,
  isSameSelector,
  isSameWhere,
  shortened,
  type Counted,
  type QueryFacts,
} from './query-count.ts'
import { bucketSignalOf, isOwnMetric, ratioSignalOf, statusEventsOf } from './signal-of.ts'

export type RatioIndicator = Extract<Indicator, { kind: 'event-ratio' | 'latency-threshold' }>
export type PartName = 'good' | 'bad' | 'total'

export type Recognised =
  | { readonly ok: true; readonly indicator: RatioIndicator; readonly notes: readonly string[] }
  /** `part` says which of several queries it is about. */
  | { readonly ok: false; readonly part?: PartName; readonly reason: string }

type Parts = Partial<Readonly<Record<PartName, Selector>>>
type Good = Extract<Counted, { ok: true }>

/** Reads two queries. Worked: bad `sum(rate(a_count[w])) - sum(rate(a_bucket{le="1"}[w]))` of total
 *  `sum(rate(a_count[w]))` are latencies of a above 1 s. */
export function ratioOfQueries(queries: Partial<Readonly<Record<PartName, string>>>): Recognised {
  const counts: Partial<Record<PartName, Good>> = {}
  for (const part of ['good', 'bad', 'total'] as const) {
    const text = queries[part]
    if (text === undefined) continue
    const counted = countOfText(text)
    if (!counted.ok) return { ok: false, part, reason: quoted(text, counted.reason) }
    counts[part] = counted
  }
  return ratioOfCounts(counts)
}

/** Reads one query whose result is the share of good or of bad events. */
export function ratioOfQuotient(text: string, share: 'success' | 'failure'): Recognised {
  const parsed = parseQuery(text)
  if (!parsed.ok) return { ok: false, reason: quoted(text, parsed.reason) }
  const found = quotientOf(parsed.expression, share)
  return found.ok ? found : { ...found, reason: quoted(text, found.reason) }
}

function quotientOf(expression: Expression, share: 'success' | 'failure'): Recognised {
  if (expression.kind === 'binary' && expression.op === '-' && isOne(expression.left)) {
    return quotientOf(expression.right, share === 'success' ? 'failure' : 'success')
  }
  const raw = rawOf(expression)
  if (raw !== undefined) {
    const signal = ratioSignalOf(raw.selector)
    const isSignal = signal === (share === 'success' ? 'success_ratio' : 'error_ratio')
    const indicator: RatioIndicator = isSignal
      ? { kind: 'event-ratio', raw: { signal } }
      : { kind: 'event-ratio', raw: raw.selector, rawType: share }
    const own = isSignal ? [] : [ratioElsewhere(raw.selector.metric, share)]
    return { ok: true, indicator, notes: [...own, ...notesOf(raw.facts, [raw.selector])] }
  }
  const native = nativeOf(expression)
  if (native !== undefined) {
    if (share === 'success') return native
    return { ok: false, reason: 'is the share of fast requests where that of bad ones is expected' }
  }
  if (expression.kind !== 'binary' || expression.op !== '/') {
    return { ok: false, reason: 'is no quotient of two counts' }
  }
  const part = share === 'success' ? 'good' : 'bad'
  const counted = countOf(expression.left)
  if (!counted.ok) return { ok: false, reason: counted.reason }
  const total = countOf(expression.right)
  if (!total.ok) return { ok: false, reason: total.reason }
  const byShare = part === 'good' ? { good: counted, total } : { bad: counted, total }
  return ratioOfCounts(byShare)
}

function ratioOfCounts(counts: Partial<Readonly<Record<PartName, Good>>>): Recognised {
  const facts = factsOf(Object.values(counts).map((count) => count.facts))
  const parts = partsOf(counts)
  if ('reason' in parts) return { ok: false, ...parts }
  const selectors = Object.values(parts)
  const latency = latencyOf(parts)
  if (latency !== undefined) {
    if ('reason' in latency) return { ok: false, reason: latency.reason }
    const notes = [...latency.notes, ...notesOf(facts, selectors)]
    return { ok: true, indicator: latency.indicator, notes }
  }
  const { events, notes } = eventsOf(parts)
  const indicator: RatioIndicator = { kind: 'event-ratio', ...events }
  return { ok: true, indicator, notes: [...notes, ...notesOf(facts, selectors)] }
}

/** Solves differences: what is total without the bad is the good. */
function partsOf(
  counts: Partial<Readonly<Record<PartName, Good>>>,
): Parts | { readonly part: PartName; readonly reason: string } {
  const { good, bad, total } = counts
  const parts: Partial<Record<PartName, Selector>> = {}
  for (const part of ['good', 'bad', 'total'] as const) {
    const count = counts[part]
    if (count !== undefined && count.minus === undefined) parts[part] = count.of
  }
  const difference = good?.minus !== undefined ? good : bad
  if (total?.minus !== undefined) return { part: 'total', reason: 'total is a difference' }
  if (difference?.minus === undefined) return parts
  const part = difference === good ? 'good' : 'bad'
  if (total === undefined || !isSameSelector(difference.of, total.of)) {
    return { part, reason: `${part} is a difference of something else than total` }
  }
  return { ...parts, [part === 'good' ? 'bad' : 'good']: difference.minus }
}

interface Latency {
  readonly indicator: Extract<RatioIndicator, { kind: 'latency-threshold' }>
  readonly notes: readonly string[]
}

/** Finds a bucket of a histogram held against its count. */
function latencyOf({ good, total }: Parts): Latency | { readonly reason: string } | undefined {
  if (good === undefined || total === undefined || !good.metric.endsWith('_bucket'))
    return undefined
  const base = good.metric.slice(0, -'_bucket'.length)
  const bound = (good.where ?? []).find(({ label }) => label === 'le')
  const rest = withoutBound(good.where)
  const isAll =
    total.metric === `${base}_count` ||
    (total.metric === good.metric && boundOf(total)?.value === '+Inf')
  if (bound === undefined || !isAll || !isSameWhere(rest, withoutBound(total.where))) {
    return undefined
  }
  const seconds = secondsOf(bound)
  if (seconds === undefined) return { reason: `le${bound.op}"${bound.value}" is no single bound` }
  const scale = unitScaleOf(base)
  if (scale === undefined) return { reason: `${base} is not measured in seconds` }
  return latencyIndicator({ metric: base, where: rest }, { seconds, hasUnit: scale === 'seconds' })
}

function latencyIndicator(
  { metric, where }: { readonly metric: string; readonly where: readonly Matcher[] },
  { seconds, hasUnit }: { readonly seconds: number; readonly hasUnit: boolean },
): Latency {
  const selector = where.length === 0 ? { metric } : { metric, where: [...where] }
  const signal = bucketSignalOf(selector)
  const from = signal === undefined ? { histogram: selector } : { signal }
  const notes = hasUnit ? [] : [`bounds of ${metric} are taken as seconds; its name names no unit`]
  return {
    indicator: { kind: 'latency-threshold', ...from, thresholdSeconds: seconds },
    notes: [...notes, ...(signal === undefined ? [countedElsewhere(metric)] : [])],
  }
}

function boundOf({ where = [] }: Selector): Matcher | undefined {
  return where.find(({ label }) => label === 'le')
}

function withoutBound(where: readonly Matcher[] = []): Matcher[] {
  return where.filter(({ label }) => label !== 'le')
}

/** Prometheus 3 writes `1.0` where it was `1`: a pattern for both is one bound. */
function secondsOf({ op, value }: Matcher): number | undefined {
  const text = op === '=~' ? value.replace(/\(\\?\.0\)\?$/, '').replaceAll('\\.', '.') : value
  if (op !== '=' && op !== '=~') return undefined
  if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return undefined
  const seconds = Number(text)
  return seconds > 0 ? seconds : undefined
}

/** Undefined for another unit; null where the name says none. */
function unitScaleOf(metric: string): 'seconds' | null | undefined {
  if (/(^|_)seconds?(_|$)/.test(metric)) return 'seconds'
  const isOther = /(^|_)(milliseconds?|millis|ms|microseconds?|us|nanoseconds?|ns|bytes)(_|$)/
  return isOther.test(metric) ? undefined : null
}

function isOne(expression: Expression): boolean {
  return expression.kind === 'number' && expression.value === 1
}

interface Raw {
  readonly selector: Selector
  readonly facts: QueryFacts
}

/** Finds a share that is measured as such: a metric, its average over time, or the sum of its
 *  samples by their number. */
function rawOf(expression: Expression): Raw | undefined {
  if (expression.kind === 'call' && expression.name === 'avg_over_time') {
    const [range] = expression.args
    if (range?.kind !== 'range' || range.of.kind !== 'selector') return undefined
    const counted = countOf(range.of)
    if (!counted.ok) return undefined
    const windows = range.window === null ? [] : [range.window]
    return { selector: counted.of, facts: { windows, by: null } }
  }
  if (expression.kind === 'selector') {
    const counted = countOf(expression)
    return counted.ok ? { selector: counted.of, facts: counted.facts } : undefined
  }
  if (expression.kind !== 'binary' || expression.op !== '/') return undefined
  const sum = overTime(expression.left, 'sum_over_time')
  const count = overTime(expression.right, 'count_over_time')
  if (sum === undefined || count === undefined) return undefined
  if (!isSameSelector(sum.selector, count.selector)) return undefined
  return { selector: sum.selector, facts: factsOf([sum.facts, count.facts]) }
}

function overTime(expression: Expression, name: string): Raw | undefined {
  const by = expression.kind === 'sum' ? expression.by : null
  const call = expression.kind === 'sum' ? expression.of : expression
  if (call.kind !== 'call' || call.name !== name || call.args[0]?.kind !== 'range') return undefined
  const counted = countOf(call.args[0].of)
  if (!counted.ok || counted.minus !== undefined) return undefined
  const { window } = call.args[0]
  return { selector: counted.of, facts: { windows: window === null ? [] : [window], by } }
}

/** Finds `histogram_fraction(0, seconds, …)` of a native histogram. */
function nativeOf(expression: Expression): Recognised | undefined {
  if (expression.kind !== 'call' || expression.name !== 'histogram_fraction') return undefined
  const [from, to, of] = expression.args
  if (from?.kind !== 'number' || from.value !== 0 || to?.kind !== 'number' || of === undefined) {
    return { ok: false, reason: 'calls histogram_fraction() from another bound than 0' }
  }
  const counted = countOf(of)
  if (!counted.ok) return { ok: false, reason: counted.reason }
  const unit = unitScaleOf(counted.of.metric)
  if (counted.minus !== undefined || unit === undefined || to.value <= 0) {
    return { ok: false, reason: `${counted.of.metric} is not measured in seconds` }
  }
  const { metric, where = [] } = counted.of
  const latency = latencyIndicator({ metric, where }, { seconds: to.value, hasUnit: unit !== null })
  const notes = [...latency.notes, ...notesOf(counted.facts, [counted.of])]
  return { ok: true, indicator: latency.indicator, notes }
}

function eventsOf(parts: Parts): {
  readonly events: Partial<Record<PartName, Events>>
  readonly notes: readonly string[]
} {
  const entries = Object.entries(parts) as [PartName, Selector][]
  const signals = entries.map(([part, selector]) => [part, statusEventsOf(selector)] as const)
  const names = new Set(signals.map(([, events]) => events?.signal))
  if (names.size === 1 && !names.has(undefined)) {
    return { events: Object.fromEntries(signals), notes: signalNote(entries, [...names][0]!) }
  }
  const metrics = [...new Set(entries.map(([, { metric }]) => metric))]
  return { events: Object.fromEntries(entries), notes: metrics.map(countedElsewhere) }
}

function signalNote(entries: readonly [PartName, Selector][], signal: string): string[] {
  const foreign = entries.find(([, { metric }]) => !isOwnMetric(metric))
  return foreign === undefined ? [] : [`${foreign[1].metric} is counted as the signal ${signal}`]
}

function ratioElsewhere(metric: string, share: 'success' | 'failure'): string {
  const signal = share === 'success' ? 'success_ratio' : 'error_ratio'
  return `${metric} is counted in exports and backtests; map it (shape: gauge, signal: ${signal}) and write raw: { signal: ${signal} } to have it counted by the server`
}

function countedElsewhere(metric: string): string {
  return `${metric} is counted in exports and backtests; map it to a signal to have it counted by the server`
}

/**
 * What is true of any query that is understood: windows that are written out, and whose events they
 * are.
 */
function notesOf({ windows, by }: QueryFacts, selectors: readonly Selector[]): string[] {
  const fixed = windows.map((window) => `[${window}] becomes the windows of the SLO`)
  if (selectors.every(({ metric }) => isOwnMetric(metric))) return fixed
  const isIdentity = (label: string): boolean => IDENTITY_LABELS.includes(label as 'tenant')
  const pinned = selectors.flatMap(({ where = [] }) => where).find(({ label }) => isIdentity(label))
  if (pinned !== undefined) {
    return [...fixed, `counts only the tenants of ${pinned.label}${pinned.op}"${pinned.value}"`]
  }
  if (by?.some(isIdentity) === true) return fixed
  const labels = IDENTITY_LABELS.filter((label) => !label.includes('.')).join(' or ')
  return [...fixed, `names no tenant label: here each tenant is counted apart, by ${labels}`]
}

function quoted(text: string, reason: string): string {
  return `\`${shortened(text)}\` ${reason}`
}
