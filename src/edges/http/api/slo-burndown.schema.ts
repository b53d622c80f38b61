/** How a budget was spent, on the wire. The portal imports these types only. */
import { z } from 'zod'
import { SLO_KINDS, SLO_UNITS } from './slo.schema.ts'

export const promisedObjectiveSchema = z.object({
  /** From this instant on; 0: from the beginning. */
  fromMs: z.number(),
  objectivePpm: z.number().int(),
  /** Hours before it are judged by it as well. */
  recompute: z.boolean(),
})
export type PromisedObjectiveBody = z.infer<typeof promisedObjectiveSchema>

const counts = z.array(z.number())
const ratios = z.array(z.number().nullable())

/** The lists have an entry a step, oldest first, at most 802; step i is (endsMs[i - 1], endsMs[i]],
 *  the first begins at fromMs. */
export const sloBurndownSchema = z.object({
  tenantId: z.string(),
  sloId: z.string(),
  title: z.string(),
  kind: z.enum(SLO_KINDS),
  /** What is counted. */
  unit: z.enum(SLO_UNITS),
  objectivePpm: z.number().int(),
  /** The period up to the last closed minute: (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  stepSeconds: z.number(),
  endsMs: z.array(z.number()),
  /** Counted in the step and charged to the budget: events or minutes; of a composite shares of its
   *  parts' periods times their weights. */
  bad: counts,
  total: counts,
  /** Counted in the step and excluded by corrections. */
  excludedBad: counts,
  excludedTotal: counts,
  /** At the step's end; the last one is the present budget. Null without events. */
  budgetLeftRatio: ratios,
  /** What a burn of exactly 1 would have left at the step's end. */
  evenLeftRatio: ratios,
  /** Without corrections. Null where nothing is corrected. */
  uncorrectedLeftRatio: ratios.nullable(),
  /** Newest first; the newest fifty. */
  exclusions: z.array(
    z.object({
      correctionId: z.string(),
      reason: z.string(),
      /** Whole five minutes: (fromMs, toMs]. */
      fromMs: z.number(),
      toMs: z.number(),
      /** What was counted in it. Null of a composite. */
      bad: z.number().nullable(),
      total: z.number().nullable(),
    }),
  ),
  /** What was and will be promised to the tenant, oldest first. */
  objectives: z.array(promisedObjectiveSchema),
})
export type SloBurndownBody = z.infer<typeof sloBurndownSchema>
