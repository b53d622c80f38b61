/** The Apdex on the wire: an estimate, and the bounds that the true one lies between. */
import { z } from 'zod'

export const apdexSchema = z.object({
  /** 0..1; 1 where every user is satisfied. */
  ratio: z.number(),
  lowerRatio: z.number(),
  upperRatio: z.number(),
  /** Until when users are satisfied; until four times that they tolerate it. */
  thresholdSeconds: z.number(),
})
export type ApdexBody = z.infer<typeof apdexSchema>
