/** Which weeks, months and quarters are reviewed, in the days of a time zone. Pure. */
import { periodAt } from '../../slo/slo.ts'

export const REVIEW_SPANS = ['week', 'month', 'quarter'] as const
export type ReviewSpan = (typeof REVIEW_SPANS)[number]

/** (fromMs, toMs], as the calendar's periods are. */
export interface ReviewPeriod {
  readonly fromMs: number
  readonly toMs: number
}

/** Finds the span that holds an instant. */
export function reviewPeriodAt(span: ReviewSpan, zone: string, atMs: number): ReviewPeriod {
  const { startMs, endMs } = periodAt(atMs, span, zone)
  return { fromMs: startMs, toMs: endMs }
}

/** Finds the last span that is over at an instant. */
export function lastReviewPeriod(span: ReviewSpan, zone: string, nowMs: number): ReviewPeriod {
  const present = reviewPeriodAt(span, zone, nowMs + 1)
  return present.toMs <= nowMs ? present : reviewPeriodAt(span, zone, present.fromMs)
}

export function periodBefore(span: ReviewSpan, zone: string, period: ReviewPeriod): ReviewPeriod {
  return reviewPeriodAt(span, zone, period.fromMs)
}

/** Lists the ends of a period's days, the last one its end. A day that has begun at `untilMs` is
 *  the last. Shape: ascending, at least one. */
export function dayEndsMs(zone: string, { fromMs, toMs }: ReviewPeriod): number[] {
  const ends: number[] = []
  for (let end = fromMs; end < toMs;) {
    end = Math.min(periodAt(end + 1, 'day', zone).endMs, toMs)
    ends.push(end)
  }
  return ends
}

/** Names a period as people do. Worked: `week 44 of 2026`, `October 2026`, `Q4 2026`. */
export function periodName(span: ReviewSpan, zone: string, { fromMs }: ReviewPeriod): string {
  const { year, month, day } = dateOf(fromMs, zone)
  switch (span) {
    case 'week': {
      // The year of a week is that of its Thursday (ISO 8601).
      const thursday = new Date(Date.UTC(year, month - 1, day + 3))
      const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
      const week = Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1
      return `week ${week} of ${thursday.getUTCFullYear()}`
    }
    case 'month':
      return `${MONTHS[month - 1]!} ${year}`
    case 'quarter':
      return `Q${Math.ceil(month / 3)} ${year}`
  }
}

/** Writes the day that begins at an instant. Worked: `3 Oct`. */
export function dayName(zone: string, beginMs: number): string {
  const { month, day } = dateOf(beginMs, zone)
  return `${day} ${MONTHS[month - 1]!.slice(0, 3)}`
}

/** Writes the day that begins at an instant, as ISO 8601 does. */
export function dayIso(zone: string, beginMs: number): string {
  const { year, month, day } = dateOf(beginMs, zone)
  return [year, month, day].map((part) => String(part).padStart(2, '0')).join('-')
}

function dateOf(atMs: number, zone: string): { year: number; month: number; day: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  const parts = Object.fromEntries(
    format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
  )
  return { year: parts['year']!, month: parts['month']!, day: parts['day']! }
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
