/** Which pairs of a slot hold: both windows above their limit, with enough events in the long one.
 *  Runs for every slot in each tick. */
import { exceeds } from './burn.ts'
import type { JudgedPair, Objective } from './objective.ts'

/** A bit per speed. */
export type PairMask = number

/** What windows count: by place in the plan, then by slot. */
export interface WindowCounts {
  readonly totals: readonly Float64Array[]
  readonly bads: readonly Float64Array[]
}

/** Tells which pairs' rates are above their limits, whatever the counts. */
export function burningPairs(counts: WindowCounts, place: number, { pairs }: Objective): PairMask {
  let mask = 0
  for (let i = 0; i < pairs.length; i += 1) {
    if (burns(counts, place, pairs[i]!)) mask |= pairs[i]!.bit
  }
  return mask
}

/** Tells which pairs hold. Cost: about 20 ns a slot without bad events. */
export function holdingPairs(
  { totals, bads }: WindowCounts,
  place: number,
  { pairs }: Objective,
): PairMask {
  let mask = 0
  for (let i = 0; i < pairs.length; i += 1) {
    const pair = pairs[i]!
    const bad = bads[pair.long]![place]!
    if (bad < pair.minBadEvents) continue
    const total = totals[pair.long]![place]!
    if (total < pair.minTotalEvents || !exceeds(bad, total, pair.limit)) continue
    const short = pair.short
    if (exceeds(bads[short]![place]!, totals[short]![place]!, pair.limit)) mask |= pair.bit
  }
  return mask
}

/** Tells which pairs have not recovered: what they raised before is kept while the short window
 *  is above its release. */
export function lingeringPairs(
  { totals, bads }: WindowCounts,
  place: number,
  { pairs }: Objective,
): PairMask {
  return pairs.reduce((mask, { short, release, bit }) => {
    const above = exceeds(bads[short]![place]!, totals[short]![place]!, release)
    return above ? mask | bit : mask
  }, 0)
}

function burns(
  { totals, bads }: WindowCounts,
  place: number,
  { long, short, limit }: JudgedPair,
): boolean {
  return (
    exceeds(bads[long]![place]!, totals[long]![place]!, limit) &&
    exceeds(bads[short]![place]!, totals[short]![place]!, limit)
  )
}
