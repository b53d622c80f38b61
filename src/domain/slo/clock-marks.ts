/**
 * When a clock that runs against a limit asks for what: at each mark its alert grows more urgent.
 * Nothing is known yet of what it will count as, so there is no burn: this is a warning, while
 * something can still be done. Pure.
 */
import type { Action } from '../../core/condition.ts'
import type { SliClock } from '../../core/sli-source.ts'
import type { Speed } from './windows.ts'

export interface ClockMark {
  /** Of the limit. */
  readonly percent: number
  readonly speed: Speed
  readonly action: Action
}

/** Earliest first. Worked, of 4 h: after 2 h, 3 h and 3 h 36 min. */
export const CLOCK_MARKS: readonly ClockMark[] = [
  { percent: 50, speed: 'slow', action: 'report' },
  { percent: 75, speed: 'medium', action: 'ticket' },
  { percent: 90, speed: 'fast', action: 'page' },
]

/** Tells the last mark that a clock has reached. Null before the first. */
export function markOfClock({
  elapsedSeconds,
  limitSeconds,
}: Pick<SliClock, 'elapsedSeconds' | 'limitSeconds'>): ClockMark | null {
  const reached = CLOCK_MARKS.findLast(
    ({ percent }) => elapsedSeconds * 100 >= percent * limitSeconds,
  )
  return reached ?? null
}
