/** Which pairs of a slot hold: both windows above their limit, with enough bad events in the
 *  long one. Runs for every slot in each tick. */
import { exceeds } from './burn.ts'
import type { Objective } from './objective.ts'
import type { SlotPage } from './slot-page.ts'
import { PAIRS } from './windows.ts'

/** A bit per pair, in the order of PAIRS. */
export type PairMask = number

const LONG = PAIRS.map(({ long }) => long)
const SHORT = PAIRS.map(({ short }) => short)

/** Tells which pairs' rates are above their limits, whatever the counts. */
export function burningPairs(page: SlotPage, place: number, objective: Objective): PairMask {
  return pairsWith(page, place, objective, 1)
}

/** Tells which pairs hold. Cost: about 20 ns a slot without bad events. */
export function holdingPairs(page: SlotPage, place: number, objective: Objective): PairMask {
  return pairsWith(page, place, objective, objective.minBadEvents)
}

/** Tells which pairs have not recovered: what they raised before is kept while the short window
 *  is above its release. */
export function lingeringPairs(
  { totals, bads }: SlotPage,
  place: number,
  { releases }: Objective,
): PairMask {
  return SHORT.reduce((mask, short, i) => {
    const above = exceeds(bads[short]![place]!, totals[short]![place]!, releases[i]!)
    return above ? mask | (1 << i) : mask
  }, 0)
}

function pairsWith(
  { totals, bads }: SlotPage,
  place: number,
  { limits }: Objective,
  minBad: number,
): PairMask {
  let mask = 0
  for (let i = 0; i < LONG.length; i += 1) {
    const long = LONG[i]!
    const bad = bads[long]![place]!
    if (bad < minBad) continue
    const limit = limits[i]!
    if (!exceeds(bad, totals[long]![place]!, limit)) continue
    const short = SHORT[i]!
    if (exceeds(bads[short]![place]!, totals[short]![place]!, limit)) mask |= 1 << i
  }
  return mask
}
