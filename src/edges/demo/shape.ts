/**
 * How traffic and response times of the sample platform look: pure functions of a customer's
 * profile and the time, used by the live platform and by the history alike.
 */
import { DAY_MS, HOUR_MS } from '../../core/time.ts'
import { KIB } from '../../core/units.ts'
import type { DemoProfile } from './profiles.ts'

/** The hour of the day, in UTC, at which a region is busiest. */
const PEAK_HOUR: Readonly<Record<DemoProfile['region'], number>> = {
  'eu-central': 13,
  'us-east': 19,
  'ap-south': 7,
}

/** Upper bounds of the duration histogram. 0.2 is among them: the response time objective is
 *  decided exactly there. Units: seconds. */
export const DURATION_BOUNDS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5,
] as const

/** What a request sends along, the code around the cursor, is this long on average. */
export const PROMPT_BYTES = 6 * KIB
/** An answer has the digest of the work as often as this. */
export const DIGESTS_A_COMPLETION = 24
const SUNDAY_COMPACTION_MS = 3 * HOUR_MS
/** An index on disk against the one in memory: with the sources and their history. */
const STORED_RATIO = 180
/** What a week's commits add until the index is compacted, early on Sunday (UTC). */
const WEEKLY_GROWTH = 0.14

/** Tells what a tenant's repositories and indexes take on disk. Shape: grows evenly over the
 *  week, then falls back. Units: bytes. */
export function storedBytes({ indexBytes }: DemoProfile, atMs: number): number {
  const sinceSunday = (atMs + 4 * DAY_MS - SUNDAY_COMPACTION_MS) % (7 * DAY_MS)
  return Math.round(indexBytes * STORED_RATIO * (1 + WEEKLY_GROWTH * (sinceSunday / (7 * DAY_MS))))
}

/** The spread of response times: the standard deviation of their logarithm. At a median of 60 ms
 *  0.13 % take longer than 200 ms. */
const SPREAD = 0.4

/** Tells how many requests a tenant sends at an instant when nothing is wrong. Units: a second.
 *  Shape: a sine over the day about the mean, scaled at weekends so that the week's mean stays what
 *  the profile says. */
export function expectedRequestsPerSecond(profile: DemoProfile, atMs: number): number {
  const hour = (atMs % DAY_MS) / HOUR_MS
  const angle = ((hour - PEAK_HOUR[profile.region] + 6) / 24) * 2 * Math.PI
  const daily = 1 + profile.swingRatio * Math.sin(angle)
  const weekMean = (5 + 2 * profile.weekendRatio) / 7
  const weekly = (isWeekend(atMs) ? profile.weekendRatio : 1) / weekMean
  return profile.requestsPerSecond * daily * weekly
}

/** Draws a response time, log-normal about the median. Units: seconds. Takes two numbers in [0, 1).
 *  Source: Box and Muller, 1958. */
export function drawSeconds(medianSeconds: number, first: number, second: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
  return medianSeconds * Math.exp(SPREAD * normal)
}

/** Tells the share of response times at or below each bound of the histogram. Worked: a median of
 *  0.2 gives 0.5 at 0.2. */
export function shareBelowBounds(medianSeconds: number): number[] {
  return DURATION_BOUNDS.map((bound) => normalShareBelow(Math.log(bound / medianSeconds) / SPREAD))
}

/** Tells the mean of response times with a given median. */
export function meanSeconds(medianSeconds: number): number {
  return medianSeconds * Math.exp((SPREAD * SPREAD) / 2)
}

/** The normal distribution's cumulative share, to 1.5e-7. Source: Abramowitz and Stegun, 7.1.26. */
function normalShareBelow(x: number): number {
  const scaled = Math.abs(x) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * scaled)
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  const tail = (series * Math.exp(-scaled * scaled)) / 2
  return x >= 0 ? 1 - tail : tail
}

/** 1970-01-01 was a Thursday. */
function isWeekend(atMs: number): boolean {
  const weekday = (Math.floor(atMs / DAY_MS) + 4) % 7
  return weekday === 0 || weekday === 6
}
