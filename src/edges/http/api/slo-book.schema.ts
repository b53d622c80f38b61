/** The SLO book and its windows on the wire. The portal imports these types only. */
import { z } from 'zod'
import { burnSchema, SLO_KINDS, SLO_UNITS, SPEEDS } from './slo.schema.ts'
import { promisedObjectiveSchema } from './slo-burndown.schema.ts'

export const sloBookAnswerSchema = z.object({
  /** 0 before anything was configured. */
  version: z.number().int(),
  /** As they were configured; those that are there anyway are left out. */
  slos: z.array(z.record(z.string(), z.unknown())),
  overrides: z.array(z.record(z.string(), z.unknown())),
  policies: z.array(z.record(z.string(), z.unknown())),
  /** The versions that are kept, newest first. */
  versions: z.array(
    z.object({ version: z.number().int(), createdAtMs: z.number(), createdBy: z.string() }),
  ),
})

const pairSchema = z.object({
  speed: z.enum(SPEEDS),
  action: z.enum(['page', 'ticket']),
  longSeconds: z.number(),
  longStepSeconds: z.number(),
  shortSeconds: z.number(),
  shortStepSeconds: z.number(),
  /** The share of the period's budget that is gone when the long window has burned at the threshold
   *  throughout. */
  budgetPercent: z.number(),
  /** A multiple of the rate that spends the budget exactly by the period's end. */
  threshold: z.number(),
})

export const sloWindowsSchema = z.object({
  /** A window shorter than `belowSeconds` (null: of any length) ends on the step. */
  edgeSteps: z.array(z.object({ belowSeconds: z.number().nullable(), stepSeconds: z.number() })),
  slos: z.array(
    z.object({
      sloId: z.string(),
      title: z.string(),
      kind: z.enum(SLO_KINDS),
      /** What is counted. */
      unit: z.enum(SLO_UNITS),
      /** What goes wrong for users; SLOs of one cause share one page and one ticket. */
      cause: z.string(),
      /** What a good event takes at most. Null where response time is not what counts. */
      thresholdSeconds: z.number().nullable(),
      /** How long the slices of time are that it counts. Null where it counts events. */
      sliceSeconds: z.number().nullable(),
      /** Of the tiers that it is promised to, without the overrides of tenants. */
      objectives: z.array(
        z.object({
          tier: z.enum(['starter', 'professional', 'enterprise']),
          /** Oldest first. */
          versions: z.array(promisedObjectiveSchema),
        }),
      ),
      periodSeconds: z.number(),
      /** Null for a rolling period. */
      calendar: z.object({ unit: z.string(), zone: z.string() }).nullable(),
      periodStepSeconds: z.number(),
      /** Why the server does not count it; null where it does. */
      notCounted: z.string().nullable(),
      pairs: z.array(pairSchema),
      /** Where a source counts: at which share of its limit what runs asks for what. */
      clockMarks: z.array(
        z.object({
          percent: z.number(),
          speed: z.enum(SPEEDS),
          action: z.enum(['page', 'ticket', 'report']),
        }),
      ),
    }),
  ),
})
export type SloWindowsBody = z.infer<typeof sloWindowsSchema>

const rollUpSchema = z.object({
  sloId: z.string(),
  title: z.string(),
  /** The SLO whose counts are added up. */
  of: z.string(),
  /** Null: the fleet. */
  tier: z.enum(['starter', 'professional', 'enterprise']).nullable(),
  /** Null where tenants of several objectives are added up. */
  objectivePpm: z.number().int().nullable(),
  tenants: z.number().int(),
  sliRatio: z.number().nullable(),
  good: z.number(),
  bad: z.number(),
  total: z.number(),
  budgetLeftRatio: z.number().nullable(),
  budgetLeftEvents: z.number().nullable(),
  /** Those with the most bad events, at most five. */
  worst: z.array(z.object({ tenantId: z.string(), bad: z.number(), total: z.number() })),
  /** By the counts of all its tenants, as they were last evaluated. A pair holds by those of them
   *  that no page of their own (of a ticket: page or ticket), nor their tier's, speaks for. */
  burns: z.array(burnSchema),
})

export type RollUpBody = z.infer<typeof rollUpSchema>

export const rollUpListSchema = z.object({ items: z.array(rollUpSchema) })
