/**
 * What an SLO counts, as configuration writes it: one kind each. Events are named by a signal that
 * Tenantry maps metrics to, or by a metric of one's own; the first are counted here, the second are
 * for exports and backtests.
 */
import { z } from 'zod'
import { RATIO_SIGNALS } from '../../../core/names/signals.ts'
import { REFUSALS, STATUS_NAMES } from '../../../core/names/status-classes.ts'
import { TENANT_ID_PATTERN } from '../../../core/ids.ts'
import { outcomesOf } from './outcomes.ts'
import { percentSchema, sharePercentSchema } from './percent.ts'
import { spanSchema } from './span.ts'

type Issue = (field: string, message: string) => void
interface Context {
  addIssue(issue: { code: 'custom'; message: string; path: PropertyKey[] }): void
}
const issuesInto =
  (context: Context): Issue =>
  (field, message) =>
    context.addIssue({ code: 'custom', message, path: [field] })

const idSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')

/** Signals that are told apart by status, and those that are told apart by the bucket of a
 *  histogram. */
export const STATUS_SIGNALS = ['requests', 'probes', 'dependency_calls', ...RATIO_SIGNALS] as const
export const BUCKET_SIGNALS = ['duration', 'user_duration'] as const

/** As PromQL selects series: all matchers must hold. */
const matcherSchema = z.strictObject({
  label: z.string().min(1).max(200),
  op: z.enum(['=', '!=', '=~', '!~']),
  value: z.string().max(1_000),
})
export type Matcher = z.infer<typeof matcherSchema>

const selectorFields = {
  metric: z.string().min(1).max(500),
  where: z.array(matcherSchema).max(30).exactOptional(),
}
const selectorSchema = z.strictObject(selectorFields)
export type Selector = z.infer<typeof selectorSchema>

/** Status classes, and `429`, `503` and `quota`: requests that were turned away. */
const namesSchema = z.array(z.enum(STATUS_NAMES)).min(1).max(STATUS_NAMES.length)

const eventsSchema = z
  .strictObject({
    signal: z.enum(STATUS_SIGNALS).exactOptional(),
    /** Only those outcomes; every one without it. */
    classes: namesSchema.exactOptional(),
    /** None of those outcomes. */
    except: namesSchema.exactOptional(),
    metric: selectorFields.metric.exactOptional(),
    where: selectorFields.where,
  })
  .superRefine(({ signal, classes, except, metric, where }, context) => {
    const issue = issuesInto(context)
    if ((signal === undefined) === (metric === undefined)) {
      issue('signal', 'expected either a signal or a metric')
    }
    if (signal === undefined && classes !== undefined) issue('classes', 'belongs to a signal')
    if (signal === undefined && except !== undefined) issue('except', 'belongs to a signal')
    const refusal = [...(classes ?? []), ...(except ?? [])].find((name) => {
      return (REFUSALS as readonly string[]).includes(name)
    })
    const isNone = except !== undefined && outcomesOf({ classes, except }).length === 0
    if (isNone) issue('except', 'leaves nothing to count')
    if (refusal !== undefined && signal !== undefined && signal !== 'requests') {
      issue('classes', `only requests are told apart by ${refusal}`)
    }
    if (metric === undefined && where !== undefined) issue('where', 'belongs to a metric')
  })
export type Events = z.infer<typeof eventsSchema>

/** A gauge of the share itself: a signal that Tenantry maps it to, or a metric of one's own. */
const rawSchema = z
  .strictObject({
    signal: z.enum(RATIO_SIGNALS).exactOptional(),
    metric: selectorFields.metric.exactOptional(),
    where: selectorFields.where,
  })
  .superRefine(({ signal, metric, where }, context) => {
    const issue = issuesInto(context)
    if ((signal === undefined) === (metric === undefined)) {
      issue('signal', 'expected either a signal or a metric')
    }
    if (metric === undefined && where !== undefined) issue('where', 'belongs to a metric')
  })
export type RawRatio = z.infer<typeof rawSchema>

/** Good and total, bad and total, or good and bad; or a ratio that is measured as such. */
const ratioFields = {
  good: eventsSchema.exactOptional(),
  bad: eventsSchema.exactOptional(),
  total: eventsSchema.exactOptional(),
  raw: rawSchema.exactOptional(),
  /** What the raw ratio of a metric is the share of. */
  rawType: z.enum(['success', 'failure']).exactOptional(),
}
type RatioFields = z.infer<z.ZodObject<typeof ratioFields>>

const sliceSchema = spanSchema.exactOptional()

const eventRatio = z
  .strictObject({ kind: z.literal('event-ratio'), ...ratioFields })
  .superRefine((fields, context) => checkRatio(fields, issuesInto(context)))

const latencyThreshold = z
  .strictObject({
    kind: z.literal('latency-threshold'),
    signal: z.enum(BUCKET_SIGNALS).exactOptional(),
    /** A histogram of one's own, by the name before `_bucket`; classic or native. */
    histogram: selectorSchema.exactOptional(),
    /** Slower is bad. */
    thresholdSeconds: z.number().positive().max(86_400),
  })
  .superRefine(({ signal, histogram }, context) => {
    if ((signal === undefined) !== (histogram === undefined)) return
    issuesInto(context)('signal', 'expected either a signal or a histogram')
  })

/** A measure that is good or bad by its value, such as a queue's length. */
const conditionSchema = z.strictObject({
  ...selectorFields,
  op: z.enum(['lt', 'lte', 'gt', 'gte']),
  /** Good is what holds. */
  value: z.number(),
})

const timeSlice = z
  .strictObject({
    kind: z.literal('time-slice'),
    ...ratioFields,
    /** Instead of a ratio. */
    condition: conditionSchema.exactOptional(),
    /** A slice is good when at least this share of it is. */
    slicePercent: sharePercentSchema.exactOptional(),
    slice: sliceSchema,
    /** What decides a slice in which there were no requests. */
    standIn: z.literal('probes').exactOptional(),
  })
  .superRefine(({ condition, standIn, ...fields }, context) => {
    const issue = issuesInto(context)
    const signals = [fields.good, fields.bad, fields.total].flatMap((events) => events ?? [])
    if (standIn !== undefined && signals.some(({ signal }) => signal !== 'requests')) {
      issue('standIn', 'belongs to a ratio of requests')
    }
    if (condition === undefined) {
      checkRatio(fields, issue)
      if (fields.slicePercent === undefined) issue('slicePercent', 'is missing; expected a number')
    } else if (ratioPartsOf(fields).length > 0) {
      issue('condition', 'is instead of a ratio: expected one of the two')
    }
  })

const ratioTimeSlice = z
  .strictObject({ kind: z.literal('ratio-time-slice'), ...ratioFields, slice: sliceSchema })
  .superRefine((fields, context) => checkRatio(fields, issuesInto(context)))

const throughput = z
  .strictObject({
    kind: z.literal('throughput'),
    /** What was asked for. */
    attempted: eventsSchema,
    /** What of it was not served. */
    refused: eventsSchema,
    /** A minute is good when this share of what was attempted, up to the cap, was served. */
    servedPercent: percentSchema,
    /** What is promised at most. */
    capPerMinute: z.int().positive().max(1_000_000_000),
  })
  .superRefine(({ attempted, refused }, context) => {
    const issue = issuesInto(context)
    if (attempted.signal !== refused.signal) {
      issue('refused', 'expected both parts to be of one signal')
    }
    if (JSON.stringify(attempted) === JSON.stringify(refused)) {
      issue('refused', 'is the same as what was attempted: nothing could ever be served')
    }
  })

const probe = z.strictObject({
  kind: z.literal('probe'),
  /** With it minutes are counted, without it probes. */
  slicePercent: sharePercentSchema.exactOptional(),
})

const external = z.strictObject({
  kind: z.literal('external'),
  /** The name of the source that counts, such as `recovery`. */
  source: idSchema,
})

const composite = z
  .strictObject({
    kind: z.literal('composite'),
    of: z
      .array(z.strictObject({ slo: idSchema, weight: z.int().positive().max(1_000) }))
      .min(2)
      .max(20),
  })
  .superRefine(({ of }, context) => {
    of.forEach(({ slo }, i) => {
      if (of.findIndex((other) => other.slo === slo) === i) return
      const message = `${slo} is a part already`
      context.addIssue({ code: 'custom', message, path: ['of', i, 'slo'] })
    })
  })

const rollUp = z.strictObject({
  kind: z.literal('roll-up'),
  /** The SLO whose counts are added up. */
  of: idSchema,
  /** Over the tenants of each tier, or over all of them. */
  over: z.enum(['tier', 'fleet']),
})

export const indicatorSchema = z.discriminatedUnion(
  'kind',
  [
    eventRatio,
    latencyThreshold,
    timeSlice,
    ratioTimeSlice,
    throughput,
    probe,
    external,
    composite,
    rollUp,
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? `expected a kind: event-ratio, latency-threshold, time-slice, ratio-time-slice, throughput, probe, external, composite or roll-up`
        : undefined,
  },
)
export type Indicator = z.infer<typeof indicatorSchema>

export const SLO_KINDS = [
  'event-ratio',
  'latency-threshold',
  'time-slice',
  'ratio-time-slice',
  'throughput',
  'probe',
  'external',
  'composite',
  'roll-up',
] as const satisfies readonly Indicator['kind'][]
export type SloKind = (typeof SLO_KINDS)[number]

function ratioPartsOf({ good, bad, total, raw }: RatioFields): string[] {
  return Object.entries({ good, bad, total, raw }).flatMap(([name, part]) =>
    part === undefined ? [] : [name],
  )
}

function checkRatio(fields: RatioFields, issue: Issue): void {
  const parts = ratioPartsOf(fields)
  const { raw, rawType, good, bad, total } = fields
  if ((raw?.metric === undefined) !== (rawType === undefined)) {
    issue('rawType', 'expected with raw of a metric, and only with it: success or failure')
  }
  if (raw !== undefined ? parts.length !== 1 : parts.length !== 2) {
    issue('total', `expected two of good, bad and total, or raw alone; there is ${said(parts)}`)
    return
  }
  const signals = [good, bad, total].flatMap((events) => (events === undefined ? [] : [events]))
  const kinds = new Set(signals.map(({ signal }) => signal ?? ''))
  if (kinds.size > 1) issue('total', 'expected both parts to be of one signal')
  const bothAlike =
    signals.length === 2 && JSON.stringify(signals[0]) === JSON.stringify(signals[1])
  if (bothAlike) issue('total', 'is the same as the other part: nothing could ever be bad')
}

function said(parts: readonly string[]): string {
  return parts.length === 0 ? 'none' : new Intl.ListFormat('en-GB').format(parts)
}
