/**
 * Over what a budget is counted: a rolling span, or the calendar's day, week, month, quarter or
 * year in a time zone. Pure.
 */
import { z } from 'zod'
import { isTimeZone } from '../../../core/time.ts'
import { spanSchema, spanSeconds } from './span.ts'
import { LONGEST_PERIOD_SECONDS, periodStepSeconds } from '../edge-steps.ts'

export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type CalendarUnit = (typeof CALENDAR_UNITS)[number]

export type Period =
  | { readonly kind: 'rolling'; readonly seconds: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly zone: string }

/** What thresholds of alerts take a calendar period for, whichever one it is: a burn means the same
 *  in February as in March. */
export const NOMINAL_SECONDS: Readonly<Record<CalendarUnit, number>> = {
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
  quarter: 91 * 86_400,
  year: 365 * 86_400,
}

export const periodSchema = z
  .strictObject({
    rolling: spanSchema.exactOptional(),
    calendar: z.enum(CALENDAR_UNITS).exactOptional(),
    /** As IANA names it, such as `Europe/Berlin`. */
    zone: z.string().min(1).max(64).exactOptional(),
  })
  .superRefine(({ rolling, calendar, zone }, context) => {
    const issue = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', message, path: [field] })
    }
    if ((rolling === undefined) === (calendar === undefined)) {
      issue('rolling', 'expected either rolling, or calendar with a zone')
      return
    }
    if (rolling !== undefined && zone !== undefined) issue('zone', 'belongs to a calendar period')
    if (calendar !== undefined && zone === undefined) {
      issue('zone', 'is missing; expected a time zone such as Europe/Berlin')
    }
    if (zone !== undefined && !isTimeZone(zone)) {
      issue('zone', `there is no time zone ${JSON.stringify(zone)}`)
    }
    if (rolling !== undefined) checkRolling(spanSeconds(rolling), issue)
  })
export type PeriodSpec = z.infer<typeof periodSchema>

/** Turns what was checked into a period. */
export function periodOf({ rolling, calendar, zone }: PeriodSpec): Period {
  return calendar === undefined
    ? { kind: 'rolling', seconds: spanSeconds(rolling!) }
    : { kind: 'calendar', unit: calendar, zone: zone! }
}

/** Tells how long a period is as thresholds see it. */
export function periodSecondsOf(period: Period): number {
  return period.kind === 'rolling' ? period.seconds : NOMINAL_SECONDS[period.unit]
}

function checkRolling(seconds: number, issue: (field: string, message: string) => void): void {
  if (seconds > LONGEST_PERIOD_SECONDS) {
    issue('rolling', `expected at most ${LONGEST_PERIOD_SECONDS / 86_400}d`)
    return
  }
  const stepSeconds = periodStepSeconds(seconds)
  if (seconds < 3_600) issue('rolling', 'expected at least 1h')
  else if (seconds % stepSeconds !== 0) {
    issue('rolling', `ends on steps of ${stepSeconds} s: expected a multiple of that`)
  }
}
