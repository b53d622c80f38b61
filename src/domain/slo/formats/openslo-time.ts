/** OpenSLO's durations and time windows, and ours. Pure. */
import type { PeriodSpec } from '../model/period.ts'
import { spanSeconds, spanText } from '../model/span.ts'
import type { TimeWindow } from './openslo-schema.ts'

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  M: 30 * 86_400,
  Q: 90 * 86_400,
  Y: 365 * 86_400,
}

/**
 * Tells how long a duration is; a rolling month is 30 days, a quarter 90, a year 365, as the Go SDK
 * has it. A bare number is minutes.
 */
export function durationSeconds(duration: string | number): number {
  if (typeof duration === 'number') return duration * 60
  return Number(duration.slice(0, -1)) * UNIT_SECONDS[duration.at(-1)!]!
}

/** Writes a span in the largest unit that it is a multiple of. Undefined below a minute. Worked:
 *  1h30m -> 90m. */
export function durationOf(span: string): string | undefined {
  const seconds = spanSeconds(span)
  const unit = ['d', 'h', 'm'].find((each) => seconds % UNIT_SECONDS[each]! === 0)
  return unit === undefined ? undefined : `${seconds / UNIT_SECONDS[unit]!}${unit}`
}

const CALENDARS = {
  day: { durations: ['1d'], start: '2024-01-01' },
  week: { durations: ['1w', '7d'], start: '2024-01-01' },
  month: { durations: ['1M'], start: '2024-01-01' },
  quarter: { durations: ['1Q', '3M'], start: '2024-01-01' },
  year: { durations: ['1Y', '12M', '4Q'], start: '2024-01-01' },
} as const

/** Turns a time window into a period, or says why there is none. */
export function periodOf(window: TimeWindow): PeriodSpec | { readonly refusal: string } {
  const { duration, calendar } = window
  if (calendar === undefined) return { rolling: spanText(durationSeconds(duration)) }
  const found = Object.entries(CALENDARS).find(([, { durations }]) =>
    (durations as readonly string[]).includes(duration),
  )
  if (found === undefined) {
    const meant = duration.endsWith('m') ? '; m is minutes, a month is 1M' : ''
    return { refusal: `a calendar of ${duration} is no day, week, month, quarter or year${meant}` }
  }
  const unit = found[0] as keyof typeof CALENDARS
  if (!startsUnit(calendar.startTime, unit)) {
    return { refusal: `${calendar.startTime} is not where a calendar ${unit} begins` }
  }
  return { calendar: unit, zone: calendar.timeZone }
}

function startsUnit(startTime: string, unit: keyof typeof CALENDARS): boolean {
  const [date, time] = startTime.split(' ')
  const day = new Date(`${date!}T00:00:00Z`)
  if (Number.isNaN(day.getTime()) || time !== '00:00:00') return false
  switch (unit) {
    case 'day':
      return true
    case 'week':
      return day.getUTCDay() === 1
    case 'month':
      return day.getUTCDate() === 1
    case 'quarter':
      return day.getUTCDate() === 1 && day.getUTCMonth() % 3 === 0
    case 'year':
      return day.getUTCDate() === 1 && day.getUTCMonth() === 0
  }
}

/** Turns a period into a time window. */
export function windowOf({ rolling, calendar, zone }: PeriodSpec): Record<string, unknown> {
  if (calendar === undefined) return { duration: durationOf(rolling!), isRolling: true }
  const { durations, start } = CALENDARS[calendar]
  return {
    duration: durations[0],
    isRolling: false,
    calendar: { startTime: `${start} 00:00:00`, timeZone: zone! },
  }
}
