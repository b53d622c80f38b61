/** A template held against one tier: the objective with everything that follows from it, worked
 *  out once. */
import { badLimit, burnThreshold, type Limit } from './burn.ts'
import type { SloTemplate, SloTier } from './template.ts'
import { PAIRS } from './windows.ts'

export interface Objective {
  readonly template: SloTemplate
  readonly tier: SloTier
  readonly targetPpm: number
  readonly minBadEvents: number
  /** By pair, as in PAIRS. */
  readonly limits: readonly Limit[]
  readonly thresholds: readonly number[]
}

/** Works out a tier's objective. Throws SLO_TARGET when nothing may fail. */
export function objectiveOf(template: SloTemplate, tier: SloTier): Objective {
  const { periodSeconds } = template
  const targetPpm = template.objectivePpm[tier]
  return {
    template,
    tier,
    targetPpm,
    minBadEvents: template.minBadEvents[tier],
    limits: PAIRS.map((pair) => badLimit({ ...pair, periodSeconds }, targetPpm)),
    thresholds: PAIRS.map((pair) => burnThreshold({ ...pair, periodSeconds })),
  }
}
