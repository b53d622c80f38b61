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

/** Tells what share of a budget was spent; above 1 when it is overspent. Null where nothing may
 *  fail. Worked: 5 bad where 10 may fail = 0.5. */
export function budgetSpentRatio(bad: number, allowed: AllowedPpm): number | null {
  return allowed <= 0 ? null : (Math.max(0, bad) * PPM) / allowed
}

/** Tells whether no more failed than may fail, exactly. */
export function isWithin(bad: number, allowed: AllowedPpm): boolean {
  return BigInt(Math.round(Math.max(0, bad))) * BigInt(PPM) <= BigInt(Math.round(allowed))
}

/** Compares what is left of a budget with a share of it, exactly: below 0 when less is left, above
 *  0 when more is. Asks that something is allowed. Units: parts per million of the budget, below 0
 *  where it is overspent.
 *  Worked: 5 bad of 10_000 at 999_000 ppm against 500_000 = 0, against 500_001 = -1. */
export function compareLeft({ bad }: Counted, allowed: AllowedPpm, leftPpm: number): number {
  const spent = Math.max(0, bad)
  const difference = PPM - (spent * PPM * PPM) / allowed - leftPpm
  // What is this far apart no rounding of doubles brings together.
  if (Math.abs(difference) > 1 + Math.abs(leftPpm) * 1e-9) return Math.sign(difference)
  const whole = BigInt(Math.round(allowed))
  const left = whole - BigInt(Math.round(spent)) * BigInt(PPM)
  const exact = left * BigInt(PPM) - BigInt(leftPpm) * whole
  return exact < 0n ? -1 : exact > 0n ? 1 : 0
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
