/** The shape of SLO status on the wire. The portal imports these types only. */
import { z } from 'zod'

export const SLO_STATES = [
  'ok',
  'no-traffic',
  'no-data',
  'stale',
  'inconsistent',
  'uncertain',
] as const
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
] as const
export const SLO_UNITS = [
  'request',
  'minute',
  'slice',
  'probe',
  'second',
  'event',
  'share',
] as const
export const SPEEDS = ['fast', 'medium', 'slow', 'long'] as const

export const burnSchema = z.object({
  speed: z.enum(SPEEDS),
  action: z.enum(['page', 'ticket']),
  longSeconds: z.number(),
  shortSeconds: z.number(),
  /**
   * Multiples of the rate that spends the budget exactly by the period's end. Null without traffic.
   */
  longBurn: z.number().nullable(),
  shortBurn: z.number().nullable(),
  /** Events or minutes behind the burns, as decisions count them: without what is excluded. */
  longBad: z.number(),
  longTotal: z.number(),
  shortBad: z.number(),
  shortTotal: z.number(),
  threshold: z.number(),
  holds: z.boolean(),
  /**
   * Why a condition that the rates alone would raise is not raised, such as "1 bad of 3 events:
   * fewer than 5 bad".
   */
  suppressed: z.string().nullable(),
})

const uncorrectedSchema = z.object({
  sliRatio: z.number().nullable(),
  good: z.number(),
  bad: z.number(),
  total: z.number(),
  budgetLeftRatio: z.number().nullable(),
  budgetLeftEvents: z.number().nullable(),
})

const recomputedSchema = z.object({
  atMs: z.number(),
  by: z.string(),
  reason: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
})

const exclusionSchema = z.object({
  correctionId: z.string(),
  reason: z.string(),
  /** Whole five minutes: (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
})

const clockSchema = z.object({
  clockId: z.string(),
  startedAtMs: z.number(),
  elapsedSeconds: z.number(),
  /** It counts as bad once so much has passed. */
  limitSeconds: z.number(),
  /** Negative past the limit. */
  leftSeconds: z.number(),
  /** The last mark that was reached, in percent of the limit, and what it asks for. Null before the
   *  first. */
  mark: z
    .object({
      percent: z.number(),
      speed: z.enum(SPEEDS),
      action: z.enum(['page', 'ticket', 'report']),
    })
    .nullable(),
})
export type ClockBody = z.infer<typeof clockSchema>

export const rulerSchema = z.object({
  engine: z.string(),
  /** When its rules were evaluated last; null where that is not known. */
  heardAtMs: z.number().nullable(),
  /** Nothing new for five minutes: what is told below was said last. */
  isSilent: z.boolean(),
  /** Why the last question was not answered. Null where it was. */
  failure: z.string().nullable(),
  budgetLeftRatio: z.number().nullable(),
  /** Shortest window first. */
  burns: z.array(z.object({ windowSeconds: z.number(), burn: z.number() })),
  /** Its alerts that fire: those are raised. */
  alerts: z.array(
    z.object({
      speed: z.enum(SPEEDS).nullable(),
      action: z.enum(['page', 'ticket', 'report']),
    }),
  ),
})
export type RulerBody = z.infer<typeof rulerSchema>

export const sloStatusSchema = z.object({
  tenantId: z.string(),
  sloId: z.string(),
  title: z.string(),
  kind: z.enum(SLO_KINDS),
  /** What is counted. */
  unit: z.enum(SLO_UNITS),
  objectivePpm: z.number().int(),
  periodSeconds: z.number(),
  /** What a good request takes at most. Null where response time is not what counts. */
  thresholdSeconds: z.number().nullable(),
  state: z.enum(SLO_STATES),
  /** One sentence that answers first. */
  verdict: z.string(),
  /** good / total over the period. Null without events. */
  sliRatio: z.number().nullable(),
  good: z.number(),
  bad: z.number(),
  total: z.number(),
  /** What is left of the budget: 1 untouched, 0 spent, negative overspent. Null without events; 1
   *  where a source counted nothing. */
  budgetLeftRatio: z.number().nullable(),
  budgetLeftEvents: z.number().nullable(),
  /** At the one-hour burn rate. Null when the budget does not shrink. */
  exhaustsInSeconds: z.number().nullable(),
  /** The period without its corrections. Null where nothing is corrected. */
  uncorrected: uncorrectedSchema.nullable(),
  /** The newest count of its past that changed anything, over (fromMs, toMs]. Null where there was
   *  none. */
  recomputed: recomputedSchema.nullable(),
  /** What is excluded from the period, newest first; the newest fifty. */
  exclusions: z.array(exclusionSchema),
  burns: z.array(burnSchema),
  /** What is counted where a source counts, such as impacts. Null where events or minutes are. */
  counted: z.object({ one: z.string(), many: z.string() }).nullable(),
  /** What runs against a limit now, such as impacts that have not ended; the furthest first. */
  clocks: z.array(clockSchema),
  evaluatedAtMs: z.number(),
  settledToMs: z.number(),
  /** What the ruler of the tenant's engine says, where it is that which decides: what is told above
   *  is then shown and not raised. */
  ruler: rulerSchema.exactOptional(),
})
export type SloStatusBody = z.infer<typeof sloStatusSchema>
export type BurnBody = z.infer<typeof burnSchema>
export type SloStateName = (typeof SLO_STATES)[number]

export const sloStatusListSchema = z.object({ items: z.array(sloStatusSchema), asOfMs: z.number() })
export type SloStatusListBody = z.infer<typeof sloStatusListSchema>

const countsSchema = z.object({
  /** Events; where the SLO counts minutes, the requests behind them. */
  total: z.number(),
  bad: z.number(),
})

/** Always: values + other + without = total. */
export const dimensionSchema = z.object({
  dimension: z.string(),
  /** At most eight, those with the most bad events first. */
  values: z.array(countsSchema.extend({ value: z.string() })),
  /** All other values together. */
  other: countsSchema,
  /** Events that carry no value of this dimension. */
  without: countsSchema,
})
export type DimensionBody = z.infer<typeof dimensionSchema>

export const sloDimensionsSchema = countsSchema.extend({
  tenantId: z.string(),
  sloId: z.string(),
  /** Whole buckets of five minutes: (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  /** Only dimensions of which a value was seen. */
  dimensions: z.array(dimensionSchema),
})
export type SloDimensionsBody = z.infer<typeof sloDimensionsSchema>

export const sloStatusPageSchema = sloStatusListSchema.extend({
  /** For the next page. Null on the last one. */
  nextCursor: z.string().nullable(),
})
