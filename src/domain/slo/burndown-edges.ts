/** Where the steps of a burndown end: whole steps on the clock, as fine as keeps their number
 *  bounded, and the end of the range. Pure. */
import { TICK_SECONDS } from './windows.ts'
import type { TickRange } from './tick-range.ts'

/** Counts of any age are kept by five minutes. */
const STEPS_SECONDS = [
  300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400,
] as const

/** A month by the hour, the longest period by twelve. The ends of the range add two at most. */
export const BURNDOWN_STEPS = 800

export interface BurndownEdges {
  readonly stepTicks: number
  /** Ascending; the last is the range's end. */
  readonly endTicks: readonly number[]
}

/** Cuts a range into steps. Worked: 30 days by the hour, 400 days by twelve hours. */
export function burndownEdges({ fromTick, toTick }: TickRange): BurndownEdges {
  const spanSeconds = (toTick - fromTick) * TICK_SECONDS
  const fits = STEPS_SECONDS.find((seconds) => spanSeconds / seconds <= BURNDOWN_STEPS)
  const stepTicks = (fits ?? STEPS_SECONDS.at(-1)!) / TICK_SECONDS
  const endTicks: number[] = []
  for (let tick = (Math.floor(fromTick / stepTicks) + 1) * stepTicks; tick < toTick;) {
    endTicks.push(tick)
    tick += stepTicks
  }
  return { stepTicks, endTicks: [...endTicks, toTick] }
}
