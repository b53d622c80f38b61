/**
 * An SLO that is made of others: as bad as the weighted mean of its parts' shares of bad events. A
 * part without traffic has no say. It is counted in millionths, so that what holds for events holds
 * for it: its total is the sum of the weights, its bad ones are the weights times the shares.
 */
import { PPM } from '../../core/units.ts'
import type { Counted } from './budget.ts'

export interface Weighted {
  readonly weight: number
  readonly count: Counted
}

/** Puts parts together. Units: millionths of a weight, rounded half up. Worked: weights 2 and 1,
 *  10 bad of 1_000 and 30 bad of 100: 320_000 bad of 3_000_000, a share of 0.1066…. */
export function weighted(parts: readonly Weighted[]): Counted {
  const sum = { total: 0, bad: 0 }
  for (const { weight, count } of parts) {
    if (count.total <= 0) continue
    const share = Math.min(Math.max(count.bad, 0), count.total) / count.total
    sum.total += weight * PPM
    sum.bad += Math.round(weight * PPM * share)
  }
  return sum
}
