/** What may be tried, as it is written: the fields of an SLO that promise, all optional. */
import { z } from 'zod'
import { percentSchema } from '../model/percent.ts'
import { periodSchema } from '../model/period.ts'
import { minimumSchema, pairSchema } from '../model/slo-spec.ts'
import { SPEEDS } from '../windows.ts'

/** How far back is judged at most: five minutes are kept so long. */
export const TRIAL_DAYS = 30

export const triedPromiseSchema = z.strictObject({
  objectivePercent: percentSchema.exactOptional(),
  period: periodSchema.exactOptional(),
  /** In place of all pairs. None for an empty list. */
  alerts: z.array(pairSchema).max(SPEEDS.length).exactOptional(),
  /** Of pairs that say nothing else. */
  minBadEvents: minimumSchema.exactOptional(),
  minTotalEvents: minimumSchema.exactOptional(),
  /** How far back is judged. */
  days: z.int().min(1).max(TRIAL_DAYS).exactOptional(),
})
export type TriedPromise = z.infer<typeof triedPromiseSchema>
