/** The pairs of windows that an SLO has without saying, as configuration would write them. Pure. */
import { BURN_PAIRS } from '../windows.ts'
import { percentOfPpm } from './percent.ts'
import type { PairSpec } from './slo-spec.ts'
import { spanText } from './span.ts'

/** Shape: fastest first. */
export function usualPairs(): PairSpec[] {
  return BURN_PAIRS.map((pair) => ({
    speed: pair.speed,
    action: pair.action,
    long: spanText(pair.longSeconds),
    short: spanText(pair.shortSeconds),
    budgetPercent: percentOfPpm(pair.sharePpm),
  }))
}
