/** Impacts on the wire. The portal imports these types only. */
import { z } from 'zod'

export const IMPACT_OUTCOMES = ['running', 'overdue', 'recovered', 'late'] as const

export const impactSchema = z.object({
  impactId: z.string(),
  tenantId: z.string(),
  openedAtMs: z.number(),
  /** Null while it is open. */
  endedAtMs: z.number().nullable(),
  /** Elapsed time, which no step of the wall clock moves. */
  elapsedSeconds: z.number(),
  /** It counts as bad once so much has passed. */
  limitSeconds: z.number(),
  /** Negative past the limit. */
  leftSeconds: z.number(),
  /** `running` and `overdue` are open; `recovered` ended within the limit, `late` after it. */
  outcome: z.enum(IMPACT_OUTCOMES),
})
export type ImpactBody = z.infer<typeof impactSchema>
