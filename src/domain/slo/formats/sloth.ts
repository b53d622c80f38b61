/**
 * One SLO of Sloth: as `prometheus/v1` for its command line, and as PrometheusServiceLevel for
 * Kubernetes. Source: sloth.dev, "SLO specification", and the examples of slok/sloth. Pure.
 */
import { z } from 'zod'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import type { Selector } from '../model/indicator.ts'
import { isAlertless, type PairSpec, type SloSpec } from '../model/slo-spec.ts'
import { usualPairs } from '../model/usual-pairs.ts'
import { leftOut, note, refused, type FieldFinding } from './finding.ts'
import {
  compact,
  idOf,
  isSame,
  type JsonObject,
  type ObjectFormat,
  type ReadObject,
  type WrittenObject,
} from './format.ts'
import { lowered } from './lowered.ts'
import { ratioOfQueries, ratioOfQuotient, type RatioIndicator } from './query-ratio.ts'
import { isObject } from './source-document.ts'
import { badText, latencySelectors, ratioSelectors, selectorText, totalText } from './query-text.ts'

/** What Sloth takes for the period unless its flag `--default-slo-period` says otherwise. */
const SLOTH_PERIOD = '30d'

const alertSchema = z.looseObject({ disable: z.boolean().exactOptional() })
const texts = z.record(z.string(), z.string())

/** The fields of both spellings, with those of `prometheus/v1`. */
const sloSchema = z.looseObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9]$/, 'expected letters, digits, and - _ . inside'),
  objective: z.number().gt(0).lte(100),
  description: z.string().exactOptional(),
  labels: texts.exactOptional(),
  sli: z.looseObject({
    events: z.looseObject({ error_query: z.string(), total_query: z.string() }).exactOptional(),
    raw: z.looseObject({ error_ratio_query: z.string() }).exactOptional(),
    plugin: z.looseObject({ id: z.string() }).exactOptional(),
  }),
  alerting: z
    .looseObject({
      page_alert: alertSchema.exactOptional(),
      ticket_alert: alertSchema.exactOptional(),
    })
    .exactOptional(),
})

const fileSchema = z.looseObject({
  version: z.literal('prometheus/v1'),
  service: z.string().min(1),
  labels: texts.exactOptional(),
  slos: z.array(sloSchema).length(1),
})

export const SLOTH: ObjectFormat = {
  name: 'sloth',
  isAnnotated: false,
  sameMeaning: ['slos', 'labels'],
  read: readFile,
  write: writeFile,
}

export const SLOTH_CRD: ObjectFormat = {
  name: 'sloth-crd',
  isAnnotated: true,
  sameMeaning: ['metadata.name', 'spec.slos', 'spec.labels'],
  read(object) {
    const { metadata, spec } = object as { metadata?: unknown; spec?: JsonObject }
    const read = readFile({ version: 'prometheus/v1', ...snaked(spec) })
    const given = isObject(metadata) ? metadata['annotations'] : undefined
    const annotations = isObject(given) ? (given as Record<string, string>) : {}
    const findings = read.findings.map((each) => ({ ...each, path: camelPath(each.path) }))
    const isNone = Object.keys(annotations).length === 0
    if (read.spec === undefined || isNone) return { ...read, findings }
    return { spec: { ...read.spec, annotations }, findings }
  },
  write(spec) {
    const { annotations, ...bare } = spec
    const written = writeFile(bare)
    if ('refusal' in written) return written
    const { version: _, ...file } = written.object
    const object = {
      apiVersion: 'sloth.slok.dev/v1',
      kind: 'PrometheusServiceLevel',
      metadata: compact({ name: spec.sloId, annotations }),
      spec: cameled(file) as JsonObject,
    }
    return { object, leftOut: written.leftOut }
  },
}

const CAMEL: Readonly<Record<string, string>> = {
  error_query: 'errorQuery',
  total_query: 'totalQuery',
  error_ratio_query: 'errorRatioQuery',
  page_alert: 'pageAlert',
  ticket_alert: 'ticketAlert',
  slo_plugins: 'sloPlugins',
}
const SNAKE = Object.fromEntries(Object.entries(CAMEL).map(([snake, camel]) => [camel, snake]))
/** Whose fields are names of the user. */
const NAMED_BY_USERS = ['labels', 'annotations', 'options']

function renamed(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      names[name] ?? name,
      NAMED_BY_USERS.includes(name) ? part : renamed(part, names),
    ]),
  )
}

function cameled(value: unknown): unknown {
  return renamed(value, CAMEL)
}

function snaked(spec: JsonObject | undefined): JsonObject {
  return (renamed(spec ?? {}, SNAKE) ?? {}) as JsonObject
}

function camelPath(path: readonly PropertyKey[]): PropertyKey[] {
  return ['spec', ...path.map((part) => CAMEL[String(part)] ?? part)]
}

function readFile(object: JsonObject): ReadObject {
  const parsed = fileSchema.safeParse(object)
  if (!parsed.success) {
    return {
      findings: fieldProblems(parsed.error, object).map(({ path, message }) =>
        refused(path, message),
      ),
    }
  }
  const { service, labels, slos } = parsed.data
  const slo = slos[0]!
  const at = (...path: PropertyKey[]): PropertyKey[] => ['slos', 0, ...path]
  const sloId = idOf(slo.name)
  if (sloId === undefined) return { findings: [refused(at('name'), 'holds no letter or digit')] }
  const found = indicatorOf(slo.sli, at)
  if (found.indicator === undefined) return { findings: found.findings }
  const period = `has the period of ${SLOTH_PERIOD}, which Sloth takes unless a flag says otherwise`
  return {
    findings: [
      ...found.findings,
      note(at('name'), period),
      ...alertTexts(slo.alerting).map((name) =>
        leftOut(at('alerting', name), 'route alerts of Sloth; kept for the way back alone'),
      ),
    ],
    spec: compact({
      sloId,
      title: slo.name.slice(0, 100),
      description: slo.description,
      service: service.slice(0, 63),
      labels:
        labels === undefined && slo.labels === undefined ? undefined : { ...labels, ...slo.labels },
      indicator: found.indicator,
      period: { rolling: SLOTH_PERIOD },
      objectives: [{ percent: slo.objective }],
      alerts: alertsOf(slo.alerting),
    }) as SloSpec,
  }
}

type Sli = z.infer<typeof sloSchema>['sli']

interface FoundIndicator {
  readonly indicator?: RatioIndicator
  readonly findings: readonly FieldFinding[]
}

function indicatorOf(
  { events, raw, plugin }: Sli,
  at: (...path: PropertyKey[]) => PropertyKey[],
): FoundIndicator {
  const count = [events, raw, plugin].filter((one) => one !== undefined).length
  const refuse = (path: PropertyKey[], message: string): FoundIndicator => {
    return { findings: [refused(path, message)] }
  }
  if (count !== 1) return refuse(at('sli'), 'expected one of events, raw and plugin')
  if (plugin !== undefined) {
    return refuse(at('sli', 'plugin'), `the query of the plugin ${plugin.id} stands in its code`)
  }
  const found =
    events === undefined
      ? ratioOfQuotient(raw!.error_ratio_query, 'failure')
      : ratioOfQueries({ bad: events.error_query, total: events.total_query })
  const path = events === undefined ? at('sli', 'raw', 'error_ratio_query') : at('sli', 'events')
  if (!found.ok) {
    const field = { good: undefined, bad: 'error_query', total: 'total_query' }[
      found.part ?? 'good'
    ]
    return refuse(field === undefined ? path : [...path, field], found.reason)
  }
  const { indicator } = found
  return { indicator, findings: found.notes.map((message) => note(path, message)) }
}

/** Lists where alerts get labels and annotations. */
function alertTexts(alerting: z.infer<typeof sloSchema>['alerting']): string[] {
  const { name: _, ...rest } = alerting ?? {}
  return Object.entries(rest).flatMap(([name, value]) => {
    const isText = name === 'labels' || name === 'annotations'
    const inner = isText ? value : { ...(value as JsonObject), disable: undefined }
    return Object.values((inner ?? {}) as JsonObject).some((part) => part !== undefined)
      ? [name]
      : []
  })
}

/** Sloth pages by the two faster pairs and tickets by the others. */
function alertsOf(alerting: z.infer<typeof sloSchema>['alerting']): PairSpec[] | undefined {
  const isOff = {
    page: alerting?.page_alert?.disable === true,
    ticket: alerting?.ticket_alert?.disable === true,
  }
  if (!isOff.page && !isOff.ticket) return undefined
  return USUAL_PAIRS.filter(({ action }) => !isOff[action])
}

const USUAL_PAIRS: readonly PairSpec[] = usualPairs()

function writeFile(spec: SloSpec): WrittenObject {
  const sli = sliOf(spec)
  if ('refusal' in sli) return sli
  if (spec.sloId.length < 2) return { refusal: 'a name of Sloth has at least two characters' }
  const { percent } = spec.objectives.at(-1)!
  if (percent === undefined) {
    return { refusal: 'an SLO of Sloth has one objective: objectives by tier need one SLO a tier' }
  }
  const leftOut: string[] = []
  if (!isSame(spec.period, { rolling: SLOTH_PERIOD })) {
    const period = spec.period.rolling ?? `calendar ${spec.period.calendar!}`
    leftOut.push(`the period of ${period}: give Sloth --default-slo-period, or it takes 30d`)
  }
  const alerting = alertingOf(spec)
  if ('leftOut' in alerting) leftOut.push(alerting.leftOut)
  const slo = compact({
    name: spec.sloId,
    objective: percent,
    description: spec.description,
    labels: spec.labels,
    sli: sli.sli,
    alerting: alerting.alerting,
  })
  const object = { version: 'prometheus/v1', service: spec.service ?? spec.sloId, slos: [slo] }
  return { object, leftOut }
}

function sliOf(spec: SloSpec): { readonly sli: JsonObject } | { readonly refusal: string } {
  const indicator = lowered(spec.indicator)
  if ('refusal' in indicator) return indicator
  if (indicator.kind === 'time-slice' || indicator.kind === 'ratio-time-slice') {
    return { refusal: 'Sloth counts events, not slices of time' }
  }
  const selectors =
    indicator.kind === 'latency-threshold' ? latencySelectors(indicator) : ratioSelectors(indicator)
  if (selectors === undefined) {
    const { raw, rawType } = indicator as Extract<typeof indicator, { kind: 'event-ratio' }>
    const average = `avg_over_time(${selectorText(raw as Selector)}[{{.window}}])`
    return {
      sli: { raw: { error_ratio_query: rawType === 'success' ? `1 - ${average}` : average } },
    }
  }
  const total = totalText(selectors)!
  return { sli: { events: { error_query: badText(selectors), total_query: total } } }
}

function alertingOf(
  spec: SloSpec,
): { alerting: JsonObject } | { alerting: JsonObject; leftOut: string } {
  const actions = new Set((spec.alerts ?? USUAL_PAIRS).map(({ action }) => action))
  const off = isAlertless(spec) ? new Set<string>() : actions
  const alert = (action: string): JsonObject => (off.has(action) ? {} : { disable: true })
  const alerting = { name: spec.sloId, page_alert: alert('page'), ticket_alert: alert('ticket') }
  const expected = USUAL_PAIRS.filter(({ action }) => actions.has(action))
  if (spec.alerts === undefined || isSame(spec.alerts, expected)) return { alerting }
  return { alerting, leftOut: 'its own pairs of windows: Sloth has those of its period' }
}
