/** What is left of an error budget, three ways: as a ratio, in events, and in time at the
 *  present rate. */
import { PPM } from '../../core/units.ts'
import { budgetPpm } from './burn.ts'

export interface Counted {
  readonly bad: number
  readonly total: number
}

/**
 * What of a period's events may fail: in events times a million, so that whole counts stay whole.
 */
export type AllowedPpm = number

/** Tells what may fail of counts that were promised one objective. */
export function allowedPpm(total: number, targetPpm: number): AllowedPpm {
  return total * budgetPpm(targetPpm)
}

/** Tells what is left of the budget: 1 untouched, 0 spent, negative overspent. Null without events.
 *  Worked: 5 bad of 10_000 at 999_000 ppm (10 allowed) = 0.5. */
export function budgetLeftRatio({ bad, total }: Counted, allowed: AllowedPpm): number | null {
  if (total <= 0 || allowed <= 0) return null
  return 1 - (Math.max(0, bad) * PPM) / allowed
}

/** Tells how many more events may fail with the total as it is. Whole events, negative when
 *  overspent; null without events. */
export function budgetLeftEvents({ bad, total }: Counted, allowed: AllowedPpm): number | null {
  if (total <= 0) return null
  return Math.floor(allowed / PPM) - Math.max(0, bad)
}

export interface Exhaustion {
  readonly leftRatio: number | null
  readonly burn: number | null
  readonly periodSeconds: number
}

/** Tells in how many seconds a budget is gone if the burn stays. Zero when it is gone already;
 *  null when the burn does not outrun the period.
 *  Worked: half of a 30-day budget at 15 times is gone in 86_400 s. */
export function exhaustsInSeconds({ leftRatio, burn, periodSeconds }: Exhaustion): number | null {
  if (leftRatio === null || burn === null || burn <= 1) return null
  return leftRatio <= 0 ? 0 : (leftRatio * periodSeconds) / burn
}
