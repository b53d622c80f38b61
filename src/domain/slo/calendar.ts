/**
 * The calendar's periods in a time zone: when the one that holds an instant begins and ends, with
 * summer time and the lengths of months as the zone has them. Periods are left-open, (start, end],
 * as buckets are: midnight itself ends the day before. Pure.
 */
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'
import type { CalendarUnit } from './model/period.ts'

/** (startMs, endMs]. */
export interface CalendarPeriod {
  readonly startMs: number
  readonly endMs: number
}

/** Finds the period that holds an instant. Weeks begin on Monday (ISO 8601). A midnight that the
 *  zone skips is the first instant after it; one that comes twice is the first of the two. */
export function periodAt(atMs: number, unit: CalendarUnit, zone: string): CalendarPeriod {
  const local = localDate(atMs - 1, zone)
  const first = firstDay(local, unit)
  return { startMs: midnightMs(first, zone), endMs: midnightMs(nextFirst(first, unit), zone) }
}

/** Tells what a zone's clocks show at an instant, as if they were in UTC. */
export function wallOfInstant(atMs: number, zone: string): number {
  return atMs + offsetMs(atMs, zone)
}

/** Finds when a zone's clocks show something. What they skip is the instant at which they would
 *  have shown it, had they not jumped; of two instants it is the first. */
export function instantOfWall(wallMs: number, zone: string): number {
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((atMs) => offsetMs(atMs, zone))
  const found = offsets
    .map((offset) => wallMs - offset)
    .filter((atMs) => atMs + offsetMs(atMs, zone) === wallMs)
  return found.length > 0 ? Math.min(...found) : wallMs - offsets[0]!
}

interface LocalDate {
  readonly year: number
  /** From 1; beyond 12 it is of the next year. */
  readonly month: number
  readonly day: number
}

function firstDay({ year, month, day }: LocalDate, unit: CalendarUnit): LocalDate {
  switch (unit) {
    case 'day':
      return { year, month, day }
    case 'week': {
      const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
      return { year, month, day: day - ((weekday + 6) % 7) }
    }
    case 'month':
      return { year, month, day: 1 }
    case 'quarter':
      return { year, month: month - ((month - 1) % 3), day: 1 }
    case 'year':
      return { year, month: 1, day: 1 }
  }
}

function nextFirst({ year, month, day }: LocalDate, unit: CalendarUnit): LocalDate {
  switch (unit) {
    case 'day':
      return { year, month, day: day + 1 }
    case 'week':
      return { year, month, day: day + 7 }
    case 'month':
      return { year, month: month + 1, day: 1 }
    case 'quarter':
      return { year, month: month + 3, day: 1 }
    case 'year':
      return { year: year + 1, month: 1, day: 1 }
  }
}

/** Finds the first instant of a local day. Days out of their month are of its neighbours. */
function midnightMs({ year, month, day }: LocalDate, zone: string): number {
  const wallMs = Date.UTC(year, month - 1, day)
  // Zones are within 14 hours of UTC and change by the day at most: the offsets before and after
  // are those that the midnight can have.
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((atMs) => offsetMs(atMs, zone))
  const found = offsets
    .map((offset) => wallMs - offset)
    .filter((atMs) => atMs + offsetMs(atMs, zone) === wallMs)
  if (found.length > 0) return Math.min(...found)
  return firstAfterGap(wallMs, zone)
}

/** Clocks jumped over the midnight: the jump itself is where the day begins. */
function firstAfterGap(wallMs: number, zone: string): number {
  const isReached = (atMs: number): boolean => atMs + offsetMs(atMs, zone) >= wallMs
  let [before, after] = [wallMs - DAY_MS, wallMs + DAY_MS]
  while (after - before > MINUTE_MS) {
    const middle = Math.floor((before + after) / 2 / MINUTE_MS) * MINUTE_MS
    if (isReached(middle)) after = middle
    else before = middle
  }
  return after
}

function localDate(atMs: number, zone: string): LocalDate {
  const local = new Date(wallOfInstant(atMs, zone))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
  }
}

/** Tells how far a zone's clocks are ahead of UTC at an instant. */
function offsetMs(atMs: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(atMs)
  const fields = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]))
  const { year, month, day, hour, minute, second } = fields
  const wallMs = Date.UTC(year!, month! - 1, day, hour, minute, second)
  return wallMs - Math.floor(atMs / 1_000) * 1_000
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, format)
  return format
}
