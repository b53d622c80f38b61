/**
 * One ServiceLevelObjective of Pyrra. Source: the CustomResourceDefinition `pyrra.dev/v1alpha1` and
 * the examples of pyrra-dev/pyrra. Pure.
 */
import { z } from 'zod'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import type { Selector } from '../model/indicator.ts'
import type { SloSpec } from '../model/slo-spec.ts'
import { note, refused } from './finding.ts'
import {
  compact,
  idOf,
  type JsonObject,
  type ObjectFormat,
  type ReadObject,
  type WrittenObject,
} from './format.ts'
import { lowered, type LoweredIndicator } from './lowered.ts'
import { ratioOfQueries, ratioOfQuotient, type Recognised } from './query-ratio.ts'
import { isSameWhere } from './query-count.ts'
import {
  latencySelectors,
  ratioSelectors,
  selectorText,
  type RatioSelectors,
} from './query-text.ts'

const metric = z.looseObject({ metric: z.string().min(1) })
const grouping = z.array(z.string()).exactOptional()

const objectSchema = z.looseObject({
  apiVersion: z.literal('pyrra.dev/v1alpha1'),
  kind: z.literal('ServiceLevelObjective'),
  metadata: z.looseObject({
    name: z.string().min(1),
    labels: z.record(z.string(), z.string()).exactOptional(),
    annotations: z.record(z.string(), z.string()).exactOptional(),
  }),
  spec: z.looseObject({
    target: z.union([
      z.string().regex(/^\d{1,3}(\.\d+)?$/, 'expected a percentage as a text, such as "99.9"'),
      z.number(),
    ]),
    window: z.string().regex(/^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, 'expected a span such as 4w'),
    description: z.string().exactOptional(),
    indicator: z.looseObject({
      ratio: z.looseObject({ errors: metric, total: metric, grouping }).exactOptional(),
      latency: z.looseObject({ success: metric, total: metric, grouping }).exactOptional(),
      latencyNative: z
        .looseObject({ latency: z.string(), total: metric, grouping })
        .exactOptional(),
      bool_gauge: z.looseObject({ metric: z.string().min(1), grouping }).exactOptional(),
    }),
    alerting: z
      .looseObject({
        disabled: z.boolean().exactOptional(),
        burnrates: z.boolean().exactOptional(),
      })
      .exactOptional(),
  }),
})
type PyrraObject = z.infer<typeof objectSchema>
type PyrraIndicator = PyrraObject['spec']['indicator']

export const PYRRA: ObjectFormat = {
  name: 'pyrra',
  isAnnotated: true,
  sameMeaning: ['metadata.name', 'spec.indicator', 'spec.window', 'spec.target'],
  read,
  write,
}

const PAIRS_NOTE =
  'has the usual pairs of Tenantry, whose thresholds follow from the period; those of Pyrra are 14, 7, 2 and 1'

function read(object: JsonObject): ReadObject {
  const parsed = objectSchema.safeParse(object)
  if (!parsed.success) {
    return {
      findings: fieldProblems(parsed.error, object).map(({ path, message }) =>
        refused(path, message),
      ),
    }
  }
  const { metadata, spec } = parsed.data
  const sloId = idOf(metadata.name)
  if (sloId === undefined) {
    return { findings: [refused(['metadata', 'name'], 'holds no letter or digit')] }
  }
  const kinds = ['ratio', 'latency', 'latencyNative', 'bool_gauge'] as const
  const kind = kinds.filter((name) => spec.indicator[name] !== undefined)
  const path = ['spec', 'indicator', ...kind.slice(0, 1)]
  if (kind.length !== 1) return { findings: [refused(path, `expected one of ${kinds.join(', ')}`)] }
  const found = recognised(spec.indicator)
  if (!found.ok) return { findings: [refused(path, found.reason)] }
  const by = kinds.flatMap((name) => spec.indicator[name]?.grouping ?? [])
  const isGrouped = by.some((label) => ['tenant', 'tenant_id'].includes(label))
  const notes = found.notes.filter((each) => !(isGrouped && each.startsWith('names no tenant')))
  const isOff = spec.alerting?.disabled === true || spec.alerting?.burnrates === false
  return {
    findings: [
      ...notes.map((message) => note(path, message)),
      ...(isOff ? [] : [note(['spec'], PAIRS_NOTE)]),
    ],
    spec: compact({
      sloId,
      title: metadata.name.slice(0, 100),
      description: spec.description,
      labels: metadata.labels,
      annotations: nonEmpty(metadata.annotations),
      indicator: found.indicator,
      period: { rolling: spec.window },
      objectives: [{ percent: Number(spec.target) }],
      alerts: isOff ? [] : undefined,
    }) as SloSpec,
  }
}

function nonEmpty<T extends object>(value: T | undefined): T | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value
}

function recognised({
  ratio,
  latency,
  latencyNative,
  bool_gauge: gauge,
}: PyrraIndicator): Recognised {
  if (ratio !== undefined) {
    return ratioOfQueries({ bad: ratio.errors.metric, total: ratio.total.metric })
  }
  if (latency !== undefined) {
    const found = ratioOfQueries({ good: latency.success.metric, total: latency.total.metric })
    if (!found.ok || found.indicator.kind === 'latency-threshold') return found
    return { ok: false, reason: 'success is no bucket of the histogram whose count is total' }
  }
  if (gauge !== undefined)
    return ratioOfQuotient(`avg_over_time(${gauge.metric}[window])`, 'success')
  const seconds = goSeconds(latencyNative!.latency)
  if (seconds === undefined) {
    return { ok: false, reason: `latency is ${latencyNative!.latency}; expected such as 500ms` }
  }
  const query = `histogram_fraction(0, ${seconds}, sum(rate(${latencyNative!.total.metric}[window])))`
  return ratioOfQuotient(query, 'success')
}

/** As Go writes a span. Worked: 1s500ms = 1.5. */
function goSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|m|s|ms))+$/.test(text)) return undefined
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
  const ms = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!]!,
    0,
  )
  return ms > 0 ? ms / 1_000 : undefined
}

function write(spec: SloSpec): WrittenObject {
  const indicator = lowered(spec.indicator)
  if ('refusal' in indicator) return indicator
  const written = indicatorOf(indicator)
  if (typeof written === 'string') return { refusal: written }
  const { percent } = spec.objectives.at(-1)!
  if (percent === undefined) {
    return { refusal: 'an SLO of Pyrra has one target: objectives by tier need one SLO a tier' }
  }
  const { rolling } = spec.period
  if (rolling === undefined) return { refusal: 'a window of Pyrra is rolling' }
  const leftOut: string[] = []
  if (spec.alerts !== undefined && spec.alerts.length > 0) {
    leftOut.push('its own pairs of windows: Pyrra has those that it derives from the window')
  }
  const object: JsonObject = {
    apiVersion: 'pyrra.dev/v1alpha1',
    kind: 'ServiceLevelObjective',
    metadata: compact({
      name: spec.sloId,
      labels: spec.labels,
      annotations: nonEmpty(spec.annotations),
    }),
    spec: compact({
      target: String(percent),
      window: rolling,
      description: spec.description,
      indicator: written,
      alerting: spec.alerts?.length === 0 ? { disabled: true } : undefined,
    }),
  }
  return { object, leftOut }
}

/** A text says why there is none. */
function indicatorOf(indicator: LoweredIndicator): JsonObject | string {
  if (indicator.kind === 'time-slice' || indicator.kind === 'ratio-time-slice') {
    return 'Pyrra counts events, not slices of time'
  }
  if (indicator.kind === 'latency-threshold') {
    const { good, total } = latencySelectors(indicator)
    const success = { metric: selectorText(good) }
    return { latency: { success, total: { metric: selectorText(total) } } }
  }
  const selectors = ratioSelectors(indicator)
  if (selectors === undefined) {
    if (indicator.rawType === 'failure') return 'a gauge of Pyrra is 1 where all is well'
    return { bool_gauge: { metric: selectorText(indicator.raw as Selector) } }
  }
  const errors = errorsOf(selectors)
  if (errors === undefined) {
    return 'Pyrra needs the errors as one selector; here they are total without the good'
  }
  const total = { metric: selectorText(selectors.total!) }
  return { ratio: { errors: { metric: selectorText(errors) }, total } }
}

const OPPOSITE = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' } as const

/**
 * What is not good is bad: where the good are the total by one matcher more, the bad are those that
 * it does not match.
 */
function errorsOf({ good, bad, total }: RatioSelectors): Selector | undefined {
  if (bad !== undefined) return bad
  if (good!.metric !== total!.metric) return undefined
  const where = good!.where ?? []
  const extra = where.filter(
    ({ label, op, value }) =>
      !(total!.where ?? []).some(
        (one) => one.label === label && one.op === op && one.value === value,
      ),
  )
  const rest = where.filter((one) => !extra.includes(one))
  const [only] = extra
  if (only === undefined || extra.length !== 1 || !isSameWhere(rest, total!.where)) return undefined
  return { metric: total!.metric, where: [...rest, { ...only, op: OPPOSITE[only.op] }] }
}
