/** A template held against one tier: the objective with everything that follows from it, worked
 *  out once. */
import { badLimit, burnRate, burnThreshold, releaseSharePpm, type Limit } from './burn.ts'
import type { SloTemplate, SloTier } from './template.ts'
import { PAIRS } from './windows.ts'

export interface Objective {
  readonly template: SloTemplate
  readonly tier: SloTier
  readonly targetPpm: number
  readonly minBadEvents: number
  /** The burn when nothing succeeds. */
  readonly burnOfAllBad: number
  /** By pair, as in PAIRS. */
  readonly limits: readonly Limit[]
  /** What a short window must fall to before its pair lets go of what was raised. */
  readonly releases: readonly Limit[]
  readonly thresholds: readonly number[]
}

/** Works out a tier's objective. Throws SLO_TARGET when nothing may fail. */
export function objectiveOf(template: SloTemplate, tier: SloTier): Objective {
  const { periodSeconds } = template
  const targetPpm = template.objectives[tier].at(-1)!.targetPpm
  const pairs = PAIRS.map((pair) => ({ ...pair, periodSeconds }))
  return {
    template,
    tier,
    targetPpm,
    minBadEvents: template.minBadEvents[tier],
    burnOfAllBad: burnRate({ errorRatio: 1, targetPpm }),
    limits: pairs.map((pair) => badLimit(pair, targetPpm)),
    releases: pairs.map((pair) =>
      badLimit({ ...pair, sharePpm: releaseSharePpm(pair) }, targetPpm),
    ),
    thresholds: pairs.map(burnThreshold),
  }
}
