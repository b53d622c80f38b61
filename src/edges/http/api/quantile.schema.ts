/** A quantile on the wire: an estimate, and the bounds that the true value cannot be outside of. */
import { z } from 'zod'

export const quantileSchema = z.object({
  valueSeconds: z.number(),
  /** The true value is above it. */
  lowerSeconds: z.number(),
  /** The true value is not above it. Null where no bound of the histograms is high enough. */
  upperSeconds: z.number().nullable(),
})
export type QuantileBody = z.infer<typeof quantileSchema>

/** JSON knows no Infinity. */
export function quantileBody(
  quantile: { valueSeconds: number; lowerSeconds: number; upperSeconds: number } | null,
): QuantileBody | null {
  if (quantile === null) return null
  const { upperSeconds } = quantile
  return { ...quantile, upperSeconds: upperSeconds === Infinity ? null : upperSeconds }
}
