/**
 * Which windows are kept, on which edges they end, and which pairs of them raise a condition. Data,
 * published as it stands. A window ends at the last settled edge of its step and is left-open: (end
 * - seconds, end]. Source: SRE Workbook ch. 5, table 5-8, with the fourth pair of the Google 30-day
 * set; thresholds are not written down but follow from the share of the budget and the period.
 */
import type { Action } from '../../core/condition.ts'
import { DAY_MS, SECOND_MS } from '../../core/time.ts'
import { assert } from '../../core/assert.ts'

/** The finest step: increments come in buckets of ten seconds. A tick number is a bucket's end
 *  in tens of seconds since the epoch. */
export const TICK_SECONDS = 10
export const TICK_MS = TICK_SECONDS * SECOND_MS
export const TICKS_PER_MINUTE = 6
export const TICKS_PER_HOUR = 360
export const MINUTES_PER_HOUR = 60
const MINUTE_SECONDS = TICKS_PER_MINUTE * TICK_SECONDS

export const PERIOD_SECONDS = (30 * DAY_MS) / SECOND_MS

export const WINDOWS = [
  { name: '5m', seconds: 300, stepSeconds: 10 },
  { name: '30m', seconds: 1_800, stepSeconds: 10 },
  { name: '1h', seconds: 3_600, stepSeconds: 10 },
  { name: '2h', seconds: 7_200, stepSeconds: 300 },
  { name: '6h', seconds: 21_600, stepSeconds: 300 },
  { name: '1d', seconds: 86_400, stepSeconds: 3_600 },
  { name: '3d', seconds: 259_200, stepSeconds: 3_600 },
  { name: 'period', seconds: PERIOD_SECONDS, stepSeconds: 3_600 },
] as const
export type WindowName = (typeof WINDOWS)[number]['name']

/** Tells the place of a window in WINDOWS. */
export function windowIndex(name: WindowName): number {
  const index = WINDOWS.findIndex((window) => window.name === name)
  assert(index >= 0, `a window named ${name}`)
  return index
}

export const HOUR_WINDOW = windowIndex('1h')
export const DAY_WINDOW = windowIndex('1d')

export const SPEEDS = ['fast', 'medium', 'slow', 'long'] as const
export type Speed = (typeof SPEEDS)[number]

export const PAIR_ACTIONS = ['page', 'ticket'] as const satisfies readonly Action[]
export type PairAction = (typeof PAIR_ACTIONS)[number]

export interface BurnPair {
  readonly speed: Speed
  readonly action: PairAction
  readonly longSeconds: number
  readonly shortSeconds: number
  /** The share of the period's budget that is gone when the long window has burned at the
   *  threshold throughout. */
  readonly sharePpm: number
  /** Null: what the SLO asks for. */
  readonly minBadEvents: number | null
  readonly minTotalEvents: number | null
}

/** Fastest first. Worked over 30 days: 2 % in 1 h is 14.4 times, 5 % in 6 h 6 times, 10 % in 1 d
 *  3 times, 10 % in 3 d once. */
export const BURN_PAIRS: readonly BurnPair[] = [
  usualPair('fast', 'page', ['1h', '5m'], 20_000),
  usualPair('medium', 'page', ['6h', '30m'], 50_000),
  usualPair('slow', 'ticket', ['1d', '2h'], 100_000),
  usualPair('long', 'ticket', ['3d', '6h'], 100_000),
]

function usualPair(
  speed: Speed,
  action: PairAction,
  [long, short]: readonly [WindowName, WindowName],
  sharePpm: number,
): BurnPair {
  const longSeconds = WINDOWS[windowIndex(long)]!.seconds
  const shortSeconds = WINDOWS[windowIndex(short)]!.seconds
  const least = { minBadEvents: null, minTotalEvents: null }
  return { speed, action, longSeconds, shortSeconds, sharePpm, ...least }
}

/** One ring of buckets of a common step, and the windows that it serves. */
export interface RingPlan {
  readonly stepTicks: number
  /** Places in the plan, and their lengths in buckets. */
  readonly windows: readonly number[]
  readonly spans: readonly number[]
  /** Buckets kept: the longest span and room for what is not settled yet. */
  readonly length: number
}

/** How far the slowest tenant's settled edge may lie behind the newest bucket: 15 seconds of
 *  settling, rounded up, and two spare ticks. */
export const LAG_TICKS = 6

/** Groups the windows by step. Slices of a minute know no finer step, so their five-minute
 *  window ends on minutes as well. An hour of minutes is kept whether windows end on them or not:
 *  the history is made of them. */
export function planRings(
  kept: readonly { readonly seconds: number; readonly stepSeconds: number }[],
  {
    finestSeconds,
    extraMinutes,
  }: { readonly finestSeconds: number; readonly extraMinutes: number },
): readonly RingPlan[] {
  const bySteps = new Map<number, number[]>([
    [finestSeconds, []],
    [MINUTE_SECONDS, []],
  ])
  kept.forEach((window, index) => {
    const step = Math.max(window.stepSeconds, finestSeconds)
    bySteps.set(step, [...(bySteps.get(step) ?? []), index])
  })
  return [...bySteps].map(([stepSeconds, windows]) => {
    const stepTicks = stepSeconds / TICK_SECONDS
    const spans = windows.map((index) => kept[index]!.seconds / stepSeconds)
    const lag = Math.ceil(LAG_TICKS / stepTicks) + (stepTicks > 1 ? 1 : 0)
    const isMinutes = stepTicks === TICKS_PER_MINUTE
    const longest = Math.max(...spans, isMinutes ? MINUTES_PER_HOUR : 0)
    return { stepTicks, windows, spans, length: longest + lag + (isMinutes ? extraMinutes : 0) }
  })
}
