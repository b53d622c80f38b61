/**
 * What is promised to every tenant: templates, as data. A tenant's SLO is a template with the
 * objective of its tier.
 * Source: design, "Domain in short".
 */
import type { Action } from '../../core/condition.ts'
import { sloId, type SloId } from '../../core/ids.ts'
import type { StatusClass } from '../metrics/cell.ts'
import { PERIOD_SECONDS } from './windows.ts'

export type SloTier = 'starter' | 'professional' | 'enterprise'
export type ByTier<T> = Readonly<Record<SloTier, T>>

/** What is counted. `requests`: every request, bad by its status class. `duration`: bad when it
 *  took longer than the threshold. */
export type SloInput =
  | { readonly signal: 'requests'; readonly badClasses: readonly StatusClass[] }
  | { readonly signal: 'duration'; readonly thresholdSeconds: number }

export type SloKind = 'event-ratio' | 'time-slice' | 'latency-threshold'

/** What goes wrong for a tenant's users. SLOs of one cause count the same failures: they share one
 *  page and one ticket. Silence, `no-data`, is no cause of its own but covers all. */
export const CAUSES = ['requests-fail', 'requests-slow'] as const
export type Cause = (typeof CAUSES)[number]

export interface SloTemplate {
  readonly sloId: SloId
  readonly title: string
  /** What stands before "budget" in a sentence, such as `error-rate`. */
  readonly noun: string
  readonly kind: SloKind
  readonly input: SloInput
  /** Good events (or slices) per million. */
  readonly objectivePpm: ByTier<number>
  readonly periodSeconds: number
  /** Only for `time-slice`: a minute is good when at least this many of a million of its events
   *  are. */
  readonly sliceTargetPpm?: number
  /** A pair raises nothing while its long window holds fewer bad events (or slices) than this. */
  readonly minBadEvents: ByTier<number>
  readonly cause: Cause
}

const forEveryTier = <T>(value: T): ByTier<T> => ({
  starter: value,
  professional: value,
  enterprise: value,
})

const FEW_EVENTS: ByTier<number> = { starter: 10, professional: 5, enterprise: 3 }

export const ERROR_RATE = sloId('error-rate')

export const DEFAULT_TEMPLATES: readonly SloTemplate[] = [
  {
    sloId: sloId('availability'),
    title: 'Availability',
    noun: 'availability',
    kind: 'time-slice',
    input: { signal: 'requests', badClasses: ['5xx'] },
    objectivePpm: forEveryTier(999_000),
    periodSeconds: PERIOD_SECONDS,
    sliceTargetPpm: 950_000,
    minBadEvents: { starter: 3, professional: 2, enterprise: 2 },
    cause: 'requests-fail',
  },
  {
    sloId: ERROR_RATE,
    title: 'Error rate',
    noun: 'error-rate',
    kind: 'event-ratio',
    input: { signal: 'requests', badClasses: ['5xx'] },
    objectivePpm: forEveryTier(999_000),
    periodSeconds: PERIOD_SECONDS,
    minBadEvents: FEW_EVENTS,
    cause: 'requests-fail',
  },
  {
    sloId: sloId('response-time'),
    title: 'Response time',
    noun: 'response-time',
    kind: 'latency-threshold',
    input: { signal: 'duration', thresholdSeconds: 0.2 },
    objectivePpm: forEveryTier(990_000),
    periodSeconds: PERIOD_SECONDS,
    minBadEvents: FEW_EVENTS,
    cause: 'requests-slow',
  },
]

/** Lists the thresholds of the latency SLOs, for whoever has to count around them. */
export const THRESHOLDS_SECONDS: readonly number[] = DEFAULT_TEMPLATES.flatMap(({ input }) =>
  input.signal === 'duration' ? [input.thresholdSeconds] : [],
)

/** What the silence of a tenant with recent traffic asks for. */
export const NO_DATA_ACTION: ByTier<Action> = {
  enterprise: 'page',
  professional: 'ticket',
  starter: 'report',
}
