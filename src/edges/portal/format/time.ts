/** Spans and instants as a reader takes them in. Pure: `nowMs` and the zone are arguments. */
import { NOTHING } from './format.ts'

const SPACE = '\u202f'
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** Writes a span in at most two units. Units: seconds. Worked: 15_000 -> 4 h 10 min, 90 -> 1 min
 *  30 s, 2_592_000 -> 30 d. */
export function formatSpan(seconds: number | null): string {
  if (seconds === null) return NOTHING
  const whole = Math.max(0, Math.round(seconds))
  if (whole < MINUTE) return part(whole, 's')
  if (whole < HOUR) return two(whole, MINUTE, 'min', 1, 's')
  if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'min')
  return two(whole, DAY, 'd', HOUR, 'h')
}

/** Writes a span in its largest unit only, for narrow columns. Worked: 15_000 -> 4 h, 59 -> 59
 *  s. */
export function formatShortSpan(seconds: number | null): string {
  if (seconds === null) return NOTHING
  const whole = Math.max(0, Math.round(seconds))
  if (whole < MINUTE) return part(whole, 's')
  if (whole < HOUR) return part(Math.floor(whole / MINUTE), 'min')
  if (whole < DAY) return part(Math.floor(whole / HOUR), 'h')
  return part(Math.floor(whole / DAY), 'd')
}

/** Writes how long ago an instant was, or how far ahead it lies. Worked: 12 minutes before now
 *  -> 12 min ago. */
export function formatRelative(atMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - atMs) / 1000)
  if (Math.abs(seconds) < 2) return 'just now'
  return seconds > 0 ? `${formatShortSpan(seconds)} ago` : `in ${formatShortSpan(-seconds)}`
}

/** Writes an instant in full with its zone. Worked (UTC): 24 Nov 2026, 10:41:05 UTC. */
export function formatInstant(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs)
}

/** Writes an instant without year, seconds and zone, for columns and axes. Worked (UTC): 24 Nov,
 *  10:41. */
export function formatMoment(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs)
}

/** Writes the time of day of an instant. Worked (UTC): 10:41:05. */
export function formatTimeOfDay(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs)
}

function two(whole: number, big: number, bigUnit: string, small: number, smallUnit: string) {
  const rest = Math.floor((whole % big) / small)
  const head = part(Math.floor(whole / big), bigUnit)
  return rest === 0 ? head : `${head} ${part(rest, smallUnit)}`
}

function part(count: number, unit: string): string {
  return `${count}${SPACE}${unit}`
}
