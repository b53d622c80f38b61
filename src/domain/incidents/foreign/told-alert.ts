/**
 * An alert that another system tells of, as Alertmanager's API and its webhook have it. Reading is
 * per alert: what is wrong with one is said with its place and field, and leaves the others as they
 * are. Source: Alertmanager 0.28, api/v2/openapi.yaml and the webhook's version 4.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { FOREIGN_LIMITS } from './limits.ts'

export type LabelPairs = Readonly<Record<string, string>>

export interface ToldAlert {
  /** Where it stood in what was posted, from 0. */
  readonly place: number
  readonly labels: LabelPairs
  readonly annotations: LabelPairs
  readonly startsAtMs: number
  /** When it ended or will have ended, should nobody tell of it again. */
  readonly endsAtMs: number
  /** The sender named the end; else it is as far away as a sender may be silent. */
  readonly isEndGiven: boolean
  readonly generatorUrl: string
}

export interface Told {
  readonly alerts: readonly ToldAlert[]
  readonly problems: readonly ToldProblem[]
  /** How many the sender left out for length. */
  readonly truncated: number
}

export interface ToldProblem {
  /** From 0. */
  readonly place: number
  readonly field: string
  readonly message: string
}

/** Alertmanager writes a time that is not known as the year 1. */
const UNKNOWN_BEFORE_MS = 0

const instant = z.iso
  .datetime({ offset: true, error: 'expected a time as RFC 3339 has it' })
  .transform((text) => Date.parse(text))
  .optional()

const pairs = z.record(z.string(), z.string(), { error: 'expected an object of texts' })

const alertSchema = z.object({
  labels: pairs,
  annotations: pairs.nullish(),
  startsAt: instant,
  endsAt: instant,
  generatorURL: z.string().max(FOREIGN_LIMITS.urlLength).nullish(),
})

const postingSchema = z.array(z.unknown(), { error: 'expected a list of alerts' })

const webhookSchema = z.object({
  version: z.literal('4', { error: 'expected version "4" of the webhook' }),
  alerts: postingSchema,
  truncatedAlerts: z.int().min(0).nullish(),
})

const webhookAlertSchema = alertSchema.extend({
  status: z.enum(['firing', 'resolved'], { error: 'expected firing or resolved' }),
})

/** Reads what is posted to `/api/v2/alerts`. Throws ZodError where it is no list. */
export function readPosting(body: unknown, nowMs: number): Told {
  return read(postingSchema.parse(body), alertSchema, (alert, place) => toldOf(alert, place, nowMs))
}

/** Reads what Alertmanager's webhook posts, version 4. Throws ZodError where it is none. */
export function readWebhook(body: unknown, nowMs: number): Told {
  const { alerts, truncatedAlerts } = webhookSchema.parse(body)
  const told = read(alerts, webhookAlertSchema, (alert, place) => {
    const one = toldOf(alert, place, nowMs)
    // Of one that fires the webhook tells an end that means nothing.
    if (alert.status === 'firing') {
      const endsAtMs = nowMs + FOREIGN_LIMITS.webhookTimeoutMs
      return { ...one, endsAtMs, isEndGiven: false }
    }
    return one.isEndGiven ? one : { ...one, endsAtMs: nowMs, isEndGiven: true }
  })
  return { ...told, truncated: truncatedAlerts ?? 0 }
}

function read<Row extends z.infer<typeof alertSchema>>(
  given: readonly unknown[],
  schema: z.ZodType<Row>,
  toldFrom: (row: Row, place: number) => ToldAlert,
): Told {
  const alerts: ToldAlert[] = []
  const problems: ToldProblem[] = []
  for (const [place, one] of given.entries()) {
    const parsed = schema.safeParse(one)
    const told = parsed.success ? toldFrom(parsed.data, place) : null
    const found = told === null ? faultsOf(parsed.error!) : faultsIn(told)
    if (found.length === 0 && told !== null) alerts.push(told)
    else problems.push(...found.map((fault) => ({ place, ...fault })))
  }
  return { alerts, problems, truncated: 0 }
}

function toldOf(alert: z.infer<typeof alertSchema>, place: number, nowMs: number): ToldAlert {
  const given = known(alert.endsAt)
  const startsAtMs = known(alert.startsAt) ?? Math.min(given ?? nowMs, nowMs)
  const end = given === undefined ? openEnd(nowMs) : { endsAtMs: given, isEndGiven: true }
  return {
    place,
    labels: withoutEmpty(alert.labels),
    annotations: withoutEmpty(alert.annotations ?? {}),
    startsAtMs,
    ...end,
    generatorUrl: alert.generatorURL ?? '',
  }
}

function openEnd(nowMs: number): Pick<ToldAlert, 'endsAtMs' | 'isEndGiven'> {
  return { endsAtMs: nowMs + FOREIGN_LIMITS.resolveTimeoutMs, isEndGiven: false }
}

function known(timeMs: number | undefined): number | undefined {
  return timeMs === undefined || timeMs <= UNKNOWN_BEFORE_MS ? undefined : timeMs
}

/** A label with an empty value is no label. */
function withoutEmpty(pairsGiven: LabelPairs): LabelPairs {
  return Object.fromEntries(Object.entries(pairsGiven).filter(([, value]) => value !== ''))
}

type Fault = Omit<ToldProblem, 'place'>

function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))
}

function faultsIn({ labels, annotations, startsAtMs, endsAtMs }: ToldAlert): Fault[] {
  const { labels: mostLabels, labelBytes } = FOREIGN_LIMITS
  const fault = (field: string, message: string): Fault[] => [{ field, message }]
  if (Object.keys(labels).length === 0) return fault('labels', 'expected a label at least')
  if (Object.keys(labels).length > mostLabels)
    return fault('labels', `expected at most ${String(mostLabels)} labels`)
  if (bytesOf(labels) > labelBytes)
    return fault('labels', `expected at most ${String(labelBytes)} bytes of labels`)
  if (bytesOf(annotations) > FOREIGN_LIMITS.annotationBytes)
    return fault(
      'annotations',
      `expected at most ${String(FOREIGN_LIMITS.annotationBytes)} bytes of annotations`,
    )
  return endsAtMs < startsAtMs ? fault('endsAt', 'expected an end after the start') : []
}

function bytesOf(pairsGiven: LabelPairs): number {
  return Object.entries(pairsGiven).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
}

/**
 * Names an alert by its labels without those of replicas: two servers of one configuration tell of
 * one alert. Shape: 16 hex digits.
 */
export function fingerprintOf(labels: LabelPairs, replicaLabels: readonly string[]): string {
  const told = Object.entries(labels)
    .filter(([name]) => !replicaLabels.includes(name))
    .toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16)
}
