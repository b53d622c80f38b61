/** Loads of past counts on the wire. */
import { z } from 'zod'

const outcomeSchema = z.object({
  /** Those without events included. */
  loadedMinutes: z.number(),
  total: z.number(),
  bad: z.number(),
  /** Minutes with events that were left out, by reason. */
  left: z.object({
    /** They were loaded before. */
    loaded: z.number(),
    /** Counted as they came, or not settled. */
    counted: z.number(),
    /** Older than is kept. */
    expired: z.number(),
    /** The tenant has no such SLO that counts events of its own. */
    'no-slo': z.number(),
    /** Of a time in which the SLO counted in another unit. */
    'other-unit': z.number(),
  }),
})
export type BackfillOutcomeBody = z.infer<typeof outcomeSchema>

export const backfillSchema = z.object({
  backfillId: z.string(),
  source: z.string(),
  digest: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  /** What was counted up to then is loaded, and on disk. */
  readToMs: z.number(),
  begunAtMs: z.number(),
  begunBy: z.string(),
  /** Null while it is under way, or was broken off. */
  endedAtMs: z.number().nullable(),
  outcome: outcomeSchema,
})
export type BackfillBody = z.infer<typeof backfillSchema>

export const backfillListSchema = z.object({ items: z.array(backfillSchema) })

export const backfillPartAnswerSchema = outcomeSchema

export const loadableSchema = z.object({
  tenantId: z.string(),
  sloId: z.string(),
  /** What is counted up to then was loaded, or may be. */
  beforeMs: z.number(),
  /** Whether something was counted as it came. */
  isCounting: z.boolean(),
  loaded: z.array(z.object({ fromMs: z.number(), toMs: z.number() })),
})
export type LoadableBody = z.infer<typeof loadableSchema>
