/**
 * When a budget has so much left again, if events go on coming as in the last hour: what is counted
 * now, less what the period leaves behind, plus what comes. A period of the calendar leaves nothing
 * behind and begins anew at its end. Pure.
 */
import { HOUR_MS } from '../../core/time.ts'
import { compareLeft, type Counted } from './budget.ts'
import { budgetPpm } from './burn.ts'

export interface Reopening {
  readonly counted: Counted
  readonly allowed: number
  readonly targetPpm: number
  /** Events of the last hour. */
  readonly anHour: Counted
  /** What has to be left, of a million of the budget. */
  readonly leftPpm: number
  /** How far it is worked out. A rolling period is itself again after its own length. */
  readonly hours: number
  readonly stepHours: number
  /** Counts what leaves the period between two hours from now: [from, to). Nothing for a period of
   *  the calendar. */
  readonly leaving: (fromHour: number, toHour: number) => Counted
  /** The budget is a new one after so many hours. Null for a rolling period. */
  readonly endsInHours: number | null
}

/** Tells in how many milliseconds so much is left. Null when it is not within the period. Cost: a
 *  step a `stepHours`. Worked: 30 bad of 10_000 where 10 may fail, no traffic, and the hour that
 *  leaves next holds 25 of them and 1_000 events: in an hour 5 of 9 are spent, 40 % is left. */
export function reopensInMs(reopening: Reopening): number | null {
  const { anHour, targetPpm, leftPpm, hours, stepHours, leaving, endsInHours } = reopening
  const mayFail = budgetPpm(targetPpm)
  let { bad, total } = reopening.counted
  let { allowed } = reopening
  const isLeft = (): boolean => allowed <= 0 || compareLeft({ bad, total }, allowed, leftPpm) >= 0
  for (let hour = 0; hour <= hours; hour += stepHours) {
    if (endsInHours !== null && hour >= endsInHours) break
    if (total <= 0 || isLeft()) return hour * HOUR_MS
    const gone = leaving(hour, hour + stepHours)
    const change = anHour.total * stepHours - gone.total
    bad = Math.max(0, bad + anHour.bad * stepHours - gone.bad)
    total = Math.max(0, total + change)
    allowed = Math.max(0, allowed + change * mayFail)
  }
  return endsInHours === null ? null : endsInHours * HOUR_MS
}
