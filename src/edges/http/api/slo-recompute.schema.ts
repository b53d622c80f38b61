/** Pasts that are counted again, on the wire. The portal imports these types only. */
import { z } from 'zod'

const countSchema = z.object({ total: z.number(), bad: z.number() })

const leftSchema = z.object({
  /**
   * `expired`: older than counts are kept. `other-unit`: the SLO counted something else then.
   * `loaded`: past counts that were loaded, of which there are no signals. `coarse`: signals are
   * stored by the hour alone. `gone`: none are stored. `recent`: windows see it by ten seconds, or
   * it is not settled.
   */
  reason: z.enum(['expired', 'other-unit', 'loaded', 'coarse', 'gone', 'recent']),
  /** (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  /** What it counts, as before. */
  total: z.number(),
  bad: z.number(),
})

export const recountSchema = z.object({
  /** What of the span that was asked for may be counted again: (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  /** Minutes that the stored signals told. */
  minutes: z.number(),
  /** Events, or minutes, slices, seconds: what the SLO counts. */
  before: countSchema,
  after: countSchema,
  /** Those that differ, oldest first. */
  hours: z.array(z.object({ hourEndMs: z.number(), before: countSchema, after: countSchema })),
  /** What stays as it was, and why. */
  left: z.array(leftSchema),
})
export type RecountBody = z.infer<typeof recountSchema>

export const recomputeSchema = z.object({
  recomputeId: z.string(),
  tenantId: z.string(),
  sloId: z.string(),
  reason: z.string(),
  begunAtMs: z.number(),
  begunBy: z.string(),
  /** Null while it is under way, or was broken off: asking again goes on with it. */
  endedAtMs: z.number().nullable(),
  recount: recountSchema,
})
export type RecomputeBody = z.infer<typeof recomputeSchema>

export const recomputeListSchema = z.object({ items: z.array(recomputeSchema) })

export const recomputeAnswerSchema = z.object({
  items: z.array(
    z.object({
      tenantId: z.string(),
      sloId: z.string(),
      /** `planned`: it would change. `no-slo`: the tenant has no such SLO. */
      outcome: z.enum(['planned', 'changed', 'same', 'no-slo']),
      /** Null where nothing was changed. */
      recomputeId: z.string().nullable(),
      /** Null without the SLO. */
      recount: recountSchema.nullable(),
    }),
  ),
})
export type RecomputeAnswerBody = z.infer<typeof recomputeAnswerSchema>
