/**
 * In which steps counts are kept on disk, and for how long: data. Minutes for a look at what just
 * happened, five minutes for the period and its corrections, quarters of an hour for looking back
 * over two quarters of a year. Every zone's offset is a multiple of a quarter of an hour, so days,
 * weeks and months of any zone are exact as long as anything is kept. Pure.
 */
import { TICKS_PER_HOUR, TICKS_PER_MINUTE } from './windows.ts'

/** Five minutes. */
export const HISTORY_COARSE_TICKS = 30
/** A quarter of an hour. */
export const HISTORY_LONG_TICKS = 90

/** A row has so many hours. `covers: period` is kept as long as the longest period where that is
 *  longer, so that it can be corrected. A day at one step is at most a few KiB. */
export const HISTORY_STEPS = [
  { stepTicks: TICKS_PER_MINUTE, rowHours: 6, keptDays: 8, covers: 'days' },
  { stepTicks: HISTORY_COARSE_TICKS, rowHours: 24, keptDays: 30, covers: 'period' },
  { stepTicks: HISTORY_LONG_TICKS, rowHours: 7 * 24, keptDays: 200, covers: 'period' },
] as const
export type HistoryStep = (typeof HISTORY_STEPS)[number]

const HOURS_PER_DAY = 24

export function historyStep(stepTicks: number): HistoryStep {
  return HISTORY_STEPS.find((step) => step.stepTicks === stepTicks)!
}

/** Tells which row of a step is the oldest that is kept. Rows are numbered by the hours since the
 *  epoch, divided by the hours of a row. */
export function oldestStretch(
  { rowHours, keptDays, covers }: HistoryStep,
  {
    headTick,
    longestPeriodDays,
  }: { readonly headTick: number; readonly longestPeriodDays: number },
): number {
  const days = covers === 'period' ? Math.max(keptDays, longestPeriodDays) : keptDays
  const hour = Math.floor(headTick / TICKS_PER_HOUR)
  return Math.floor((hour - days * HOURS_PER_DAY) / rowHours)
}
