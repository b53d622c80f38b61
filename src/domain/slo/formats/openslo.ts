/**
 * One SLO of OpenSLO v1 with its indicator in place: how it is read and written. Source:
 * github.com/OpenSLO/OpenSLO, README.md, and the checks of its Go SDK. Where they differ: a time
 * window is required, `op` beside a ratio is read and not written. Pure.
 */
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import { burnThreshold } from '../burn.ts'
import type { Indicator } from '../model/indicator.ts'
import { ppmOfPercent } from '../model/percent.ts'
import { periodOf as ownPeriodOf, periodSecondsOf } from '../model/period.ts'
import { isAlertless, oddUsualWindow, type ObjectiveSpec, type SloSpec } from '../model/slo-spec.ts'
import { spanSeconds, spanText } from '../model/span.ts'
import { SLO_TIERS } from '../model/tiers.ts'
import { usualPairs } from '../model/usual-pairs.ts'
import { note, refused, type FieldFinding } from './finding.ts'
import { compact, idOf, type JsonObject, type ObjectFormat, type WrittenObject } from './format.ts'
import { lowered, type LoweredIndicator } from './lowered.ts'
import { countOfText } from './query-count.ts'
import { ratioOfQueries, ratioOfQuotient, type Recognised } from './query-ratio.ts'
import { countText, latencySelectors, ratioSelectors, selectorText } from './query-text.ts'
import { durationOf, durationSeconds, periodOf, windowOf } from './openslo-time.ts'
import {
  objectSchema,
  type MetricSource,
  type OpenSloObjective,
  type OpenSloSpec,
} from './openslo-schema.ts'

export const OPENSLO: ObjectFormat = {
  name: 'openslo',
  isAnnotated: true,
  sameMeaning: [
    'metadata.name',
    'metadata.displayName',
    'metadata.labels',
    'spec.indicator',
    'spec.timeWindow',
    'spec.objectives',
  ],
  read,
  write,
}

/** Systems that answer PromQL. */
const PROMQL_TYPES =
  /^(prometheus|thanos|mimir|cortex|grafana-?mimir|victoria-?metrics|amazon-?managed-?prometheus|amazonprometheus|google-?managed-?prometheus)$/i

function read(object: JsonObject): { spec?: SloSpec; findings: FieldFinding[] } {
  const parsed = objectSchema('SLO').safeParse(object)
  if (!parsed.success) {
    return {
      findings: fieldProblems(parsed.error, object).map(({ path, message }) =>
        refused(path, message),
      ),
    }
  }
  const { metadata } = parsed.data
  const spec = parsed.data.spec as OpenSloSpec
  const sloId = idOf(metadata.name)
  if (sloId === undefined || spec.indicator === undefined) {
    const message = spec.indicator === undefined ? 'has no indicator of its own' : 'is no name'
    return { findings: [refused(['spec', 'indicator'], message)] }
  }
  const objectives = objectivesOf(spec.objectives)
  if (objectives === undefined) {
    return { findings: [refused(['spec', 'objectives'], 'expected one objective')] }
  }
  const period = periodOf(spec.timeWindow[0]!)
  if ('refusal' in period) {
    return { findings: [refused(['spec', 'timeWindow', 0], period.refusal)] }
  }
  const found = indicatorOf(spec)
  if (found.indicator === undefined) return { findings: found.findings }
  const isSilent = (spec.alertPolicies ?? []).length === 0
  const hasOddSlices = oddUsualWindow(found.indicator) !== undefined
  const pairs = hasOddSlices ? [NO_PAIRS_NOTE] : isSilent ? [NO_POLICIES_NOTE] : []
  return {
    findings: [...found.findings, ...pairs.map((message) => note(['spec'], message))],
    spec: compact({
      sloId,
      title: (metadata.displayName ?? metadata.name).slice(0, 100) || metadata.name,
      description: spec.description,
      service: spec.service.slice(0, 63),
      labels: labelsOf(metadata.labels),
      annotations: nonEmpty(metadata.annotations),
      indicator: found.indicator,
      period,
      objectives: [objectives],
      alerts: hasOddSlices ? [] : undefined,
    }) as SloSpec,
  }
}

export const NO_POLICIES_NOTE =
  'has no alert policies: it gets the usual pairs of Tenantry, unless alerts is set to []'

export const NO_PAIRS_NOTE =
  'raises nothing as it is: windows of the usual pairs hold no whole slices; write alerts with windows that do'

function nonEmpty<T extends object>(value: T | undefined): T | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value
}

function labelsOf(labels: Readonly<Record<string, string | string[]>> | undefined) {
  if (labels === undefined) return undefined
  return nonEmpty(
    Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [name, [value].flat().join(',')]),
    ),
  )
}

/** Three objectives that are called as the tiers are those of the tiers. */
function objectivesOf(objectives: readonly OpenSloObjective[]): ObjectiveSpec | undefined {
  const [first] = objectives
  if (objectives.length === 1) return { percent: percentOf(first!) }
  const byTier = SLO_TIERS.map((tier) => objectives.find(({ displayName }) => displayName === tier))
  if (objectives.length !== byTier.length || byTier.includes(undefined)) return undefined
  const [starter, professional, enterprise] = byTier.map((objective) => percentOf(objective!))
  const percentByTier = {
    starter: starter!,
    professional: professional!,
    enterprise: enterprise!,
  }
  return { percentByTier }
}

/** Shares are decimal: 0.9995 is 99.95 percent, and not what a machine multiplies. */
function percentOf({ target, targetPercent }: OpenSloObjective): number {
  return targetPercent ?? decimalPercent(target!)
}

function decimalPercent(share: number): number {
  return Number((share * 100).toPrecision(12))
}

interface FoundIndicator {
  readonly indicator?: Indicator
  readonly findings: FieldFinding[]
}

function indicatorOf(spec: OpenSloSpec): FoundIndicator {
  const { ratioMetric, thresholdMetric } = spec.indicator!.spec
  return ratioMetric === undefined
    ? thresholdIndicator(spec, thresholdMetric!.metricSource)
    : ratioIndicator(spec, ratioMetric)
}

type RatioMetric = NonNullable<NonNullable<OpenSloSpec['indicator']>['spec']['ratioMetric']>
const SLI_PATH = ['spec', 'indicator', 'spec']

function ratioIndicator(spec: OpenSloSpec, metric: RatioMetric): FoundIndicator {
  const at = (part: string | undefined): string[] =>
    part === undefined
      ? [...SLI_PATH, 'ratioMetric']
      : [...SLI_PATH, 'ratioMetric', part, 'metricSource', 'spec']
  const queries: Partial<Record<'good' | 'bad' | 'total' | 'raw', string>> = {}
  for (const part of ['good', 'bad', 'total', 'raw'] as const) {
    const source = metric[part]?.metricSource
    if (source === undefined) continue
    const query = queryOf(source)
    if ('refusal' in query) return { findings: [refused(at(part), query.refusal)] }
    queries[part] = query.text
  }
  const { raw, ...counts } = queries
  const found: Recognised =
    raw === undefined ? ratioOfQueries(counts) : ratioOfQuotient(raw, metric.rawType!)
  if (!found.ok) {
    return {
      findings: [refused(at(found.part ?? (raw === undefined ? undefined : 'raw')), found.reason)],
    }
  }
  const findings = found.notes.map((message) => note(at(undefined), message))
  const byMethod = methodIndicator(spec, found.indicator)
  if ('refusal' in byMethod) {
    return { findings: [refused(['spec', 'budgetingMethod'], byMethod.refusal)] }
  }
  return { indicator: byMethod, findings }
}

function methodIndicator(
  { budgetingMethod, objectives }: OpenSloSpec,
  indicator: Extract<Recognised, { ok: true }>['indicator'],
): Indicator | { readonly refusal: string } {
  if (budgetingMethod === 'Occurrences') return indicator
  const [{ timeSliceTarget, timeSliceWindow }] = objectives as [OpenSloObjective]
  if (indicator.kind === 'latency-threshold') {
    return sliced({ ...latencySlices(indicator), kind: 'event-ratio' })
  }
  return sliced(indicator)

  function sliced({ kind: _, ...ratio }: Extract<Indicator, { kind: 'event-ratio' }>) {
    if (timeSliceWindow === undefined) {
      return { refusal: `${budgetingMethod} needs a timeSliceWindow in every objective` }
    }
    const slice = sliceOf(timeSliceWindow)
    if (budgetingMethod === 'RatioTimeslices') {
      return { kind: 'ratio-time-slice', ...ratio, ...slice } as const
    }
    if (timeSliceTarget === undefined || timeSliceTarget === 0) {
      return { refusal: 'Timeslices needs a timeSliceTarget above 0 in every objective' }
    }
    const slicePercent = decimalPercent(timeSliceTarget)
    return { kind: 'time-slice', ...ratio, slicePercent, ...slice } as const
  }
}

/** Slices of latencies are slices of a bucket held against its count. */
function latencySlices(indicator: Extract<Indicator, { kind: 'latency-threshold' }>) {
  return latencySelectors(indicator)
}

/** A minute is what slices are without saying. */
function sliceOf(window: string | number): { slice?: string } {
  const seconds = durationSeconds(window)
  return seconds === 60 ? {} : { slice: spanText(seconds) }
}

function thresholdIndicator(spec: OpenSloSpec, source: MetricSource): FoundIndicator {
  const path = [...SLI_PATH, 'thresholdMetric', 'metricSource', 'spec']
  const query = queryOf(source)
  if ('refusal' in query) return { findings: [refused(path, query.refusal)] }
  const { budgetingMethod, objectives } = spec
  const [{ op, value, timeSliceTarget, timeSliceWindow }] = objectives as [OpenSloObjective]
  if (budgetingMethod !== 'Timeslices') {
    const message = `${budgetingMethod} of a threshold counts single samples; Tenantry counts slices of time: Timeslices is carried over`
    return { findings: [refused(['spec', 'budgetingMethod'], message)] }
  }
  if (op === undefined || value === undefined || timeSliceWindow === undefined) {
    const message = 'a threshold needs op, value and timeSliceWindow in every objective'
    return { findings: [refused(['spec', 'objectives', 0], message)] }
  }
  const counted = countOfText(query.text)
  if (!counted.ok || counted.minus !== undefined || counted.facts.windows.length > 0) {
    const reason = counted.ok ? 'is no plain selector of a measure' : counted.reason
    return { findings: [refused(path, `\`${query.text}\` ${reason}`)] }
  }
  const slicePercent = timeSliceTarget === undefined ? undefined : decimalPercent(timeSliceTarget)
  const indicator = compact({
    kind: 'time-slice',
    condition: { ...counted.of, op, value },
    slicePercent,
    ...sliceOf(timeSliceWindow),
  }) as Indicator
  return { indicator, findings: [] }
}

function queryOf({ type, spec }: MetricSource): { text: string } | { readonly refusal: string } {
  if (type === undefined) {
    return {
      refusal: 'names no type of its data source; expected Prometheus or what answers PromQL',
    }
  }
  if (!PROMQL_TYPES.test(type)) {
    return {
      refusal: `is a query of ${type}; read are those of Prometheus and what answers PromQL`,
    }
  }
  const text = spec['query'] ?? spec['promql']
  if (typeof text !== 'string') return { refusal: 'has no query that is a text' }
  return { text }
}

function write(spec: SloSpec): WrittenObject {
  const indicator = lowered(spec.indicator)
  if ('refusal' in indicator) return indicator
  const method = methodOf(indicator)
  if ('refusal' in method) return method
  const window = windowOf(spec.period)
  if (window['duration'] === undefined) return { refusal: 'a period of OpenSLO is whole minutes' }
  const { leftOut, alertPolicies } = policiesOf(spec)
  const object = {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: compact({
      name: spec.sloId,
      displayName: spec.title.slice(0, 63),
      labels: nonEmpty(spec.labels),
      annotations: nonEmpty(spec.annotations),
    }),
    spec: compact({
      description: spec.description,
      service: spec.service ?? spec.sloId,
      indicator: { metadata: { name: `${spec.sloId}-sli` }, spec: method.sli },
      timeWindow: [window],
      budgetingMethod: method.budgetingMethod,
      objectives: targetsOf(spec).map((target) => ({ ...target, ...method.objective })),
      alertPolicies,
    }),
  }
  return { object, leftOut }
}

function targetsOf({ objectives }: SloSpec): Record<string, unknown>[] {
  const { percent, percentByTier } = objectives.at(-1)!
  if (percentByTier === undefined) return [{ target: shareOf(percent!) }]
  return SLO_TIERS.map((tier) => ({ displayName: tier, target: shareOf(percentByTier[tier]) }))
}

/** Worked: 99.95 -> 0.9995. */
function shareOf(percent: number): number {
  return ppmOfPercent(percent) / 1_000_000
}

interface Method {
  readonly budgetingMethod: OpenSloSpec['budgetingMethod']
  readonly sli: JsonObject
  readonly objective: JsonObject
}

function methodOf(indicator: LoweredIndicator): Method | { readonly refusal: string } {
  if (indicator.kind === 'time-slice' && indicator.condition !== undefined) {
    const { op, value, ...selector } = indicator.condition
    const slice = sliceFields(indicator)
    if ('refusal' in slice) return slice
    return {
      budgetingMethod: 'Timeslices',
      sli: { thresholdMetric: sourceOf(selectorText(selector)) },
      objective: { op, value, timeSliceTarget: shareOf(indicator.slicePercent ?? 100), ...slice },
    }
  }
  const sli = ratioSli(indicator)
  if (indicator.kind === 'event-ratio' || indicator.kind === 'latency-threshold') {
    return { budgetingMethod: 'Occurrences', sli, objective: {} }
  }
  const slice = sliceFields(indicator)
  if ('refusal' in slice) return slice
  if (indicator.kind === 'ratio-time-slice') {
    return { budgetingMethod: 'RatioTimeslices', sli, objective: slice }
  }
  const timeSliceTarget = shareOf(indicator.slicePercent!)
  return { budgetingMethod: 'Timeslices', sli, objective: { timeSliceTarget, ...slice } }
}

type SliceFields = { readonly timeSliceWindow: string } | { readonly refusal: string }

function sliceFields({ slice }: { readonly slice?: string }): SliceFields {
  const timeSliceWindow = durationOf(slice ?? '1m')
  if (timeSliceWindow === undefined) return { refusal: 'a slice of OpenSLO is whole minutes' }
  return { timeSliceWindow }
}

function ratioSli(indicator: LoweredIndicator): JsonObject {
  const selectors =
    indicator.kind === 'latency-threshold' ? latencySelectors(indicator) : ratioSelectors(indicator)
  if (selectors === undefined) {
    const { raw, rawType } = indicator as { raw: { metric: string }; rawType: string }
    const query = `avg_over_time(${selectorText(raw)}[{{.window}}])`
    return { ratioMetric: { raw: sourceOf(query), rawType } }
  }
  const parts = Object.entries(selectors).map(([part, selector]) => [
    part,
    sourceOf(countText(selector)),
  ])
  return { ratioMetric: { counter: true, ...Object.fromEntries(parts) } }
}

function sourceOf(query: string): JsonObject {
  return { metricSource: { type: 'Prometheus', spec: { query } } }
}

/**
 * A policy for each pair: OpenSLO knows one window a condition, the short one is left out there and
 * stands in the annotation of the alerts.
 */
function policiesOf(spec: SloSpec): { alertPolicies?: JsonObject[]; leftOut: string[] } {
  if (isAlertless(spec)) return { leftOut: [] }
  const periodSeconds = periodSecondsOf(ownPeriodOf(spec.period))
  const pairs = spec.alerts ?? usualPairs()
  if (pairs.length === 0) return { leftOut: [] }
  const windows = pairs.map(({ long }) => durationOf(long))
  const alertPolicies = pairs.flatMap((pair, index) => {
    const lookbackWindow = windows[index]
    if (lookbackWindow === undefined) return []
    const sharePpm = ppmOfPercent(pair.budgetPercent)
    const longSeconds = spanSeconds(pair.long)
    const threshold = burnThreshold({ sharePpm, periodSeconds, longSeconds })
    const name = `${spec.sloId}-${pair.speed}`
    const condition = { kind: 'burnrate', op: 'gte', threshold, lookbackWindow }
    return [
      {
        kind: 'AlertPolicy',
        metadata: { name },
        spec: {
          alertWhenBreaching: true,
          alertWhenResolved: true,
          conditions: [
            {
              kind: 'AlertCondition',
              metadata: { name: `${name}-condition` },
              spec: { severity: pair.action, condition },
            },
          ],
          notificationTargets: [
            {
              kind: 'AlertNotificationTarget',
              metadata: { name: pair.action },
              spec: { target: pair.action },
            },
          ],
        },
      },
    ]
  })
  const lost = windows.filter((window) => window === undefined).length
  const leftOut = lost === 0 ? [] : [`${lost} alerts look back part of a minute`]
  return { alertPolicies, leftOut }
}
