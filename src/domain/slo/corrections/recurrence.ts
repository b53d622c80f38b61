/**
 * When a recurrence rule (RFC 5545) comes round, by the wall clock of a time zone: a Sunday's two
 * o'clock is two o'clock in winter and in summer. Pure.
 */
// Node reads its CommonJS build, which is one value; its types are those of the other build.
// oxlint-disable-next-line import/default
import rrule from 'rrule'
import { DAY_MS, type TimeRange } from '../../../core/time.ts'
import { instantOfWall, wallOfInstant } from '../calendar.ts'

const { RRule, Frequency } = rrule

export interface Recurrence {
  /** Of the first occurrence. */
  readonly startsAtMs: number
  readonly endsAtMs: number
  /** Null: once. */
  readonly rrule: string | null
  readonly zone: string | null
}

/** Says what is wrong with a rule; null where nothing is. */
export function ruleProblem(text: string): string | null {
  if (/DTSTART|TZID|[\r\n]/i.test(text)) {
    return 'expected a rule alone: its start is startsAt and its zone is zone'
  }
  try {
    const options = RRule.parseString(text.replace(/^RRULE:/i, ''))
    if (options.freq === undefined) return 'expected a FREQ'
    if (options.freq > Frequency.HOURLY) return 'expected at most HOURLY'
    return null
  } catch (error) {
    return error instanceof Error ? error.message : 'expected a rule of RFC 5545'
  }
}

/** Lists the occurrences that have a part in a range. Shape: [fromMs, toMs), sorted, uncut; they
 *  may overlap. */
export function occurrencesIn(recurrence: Recurrence, { fromMs, toMs }: TimeRange): TimeRange[] {
  const { startsAtMs, endsAtMs, rrule: text, zone } = recurrence
  const spanMs = endsAtMs - startsAtMs
  const starts = text === null ? [startsAtMs] : repeated({ startsAtMs, text, zone: zone! })
  return starts
    .map((startMs) => ({ fromMs: startMs, toMs: startMs + spanMs }))
    .filter((one) => one.fromMs < toMs && one.toMs > fromMs)

  function repeated(rule: { startsAtMs: number; text: string; zone: string }): number[] {
    const parsed = new RRule({
      ...RRule.parseString(rule.text.replace(/^RRULE:/i, '')),
      dtstart: new Date(wallOfInstant(rule.startsAtMs, rule.zone)),
    })
    // The rule is worked out on a clock that knows no zone: a day more on both sides is enough.
    const after = new Date(fromMs - spanMs - DAY_MS)
    const walls = parsed.between(after, new Date(toMs + DAY_MS), true)
    return walls.map((wall) => instantOfWall(wall.getTime(), rule.zone))
  }
}
