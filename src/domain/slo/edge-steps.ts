/**
 * On which edges windows end: the longer a window, the coarser its step. Data, published as it
 * stands. Pure.
 */

export interface EdgeStep {
  /** Windows shorter than this end on the step. */
  readonly belowSeconds: number
  readonly stepSeconds: number
}

/** The longest period that counts are kept for. */
export const LONGEST_PERIOD_SECONDS = 400 * 86_400

/** Shortest first. A window of a length that is no multiple of its step is refused. */
export const EDGE_STEPS: readonly EdgeStep[] = [
  { belowSeconds: 5_400, stepSeconds: 10 },
  { belowSeconds: 7_200, stepSeconds: 60 },
  { belowSeconds: 86_400, stepSeconds: 300 },
  { belowSeconds: Infinity, stepSeconds: 3_600 },
]

/** Periods are read by people, to the closed minute. */
const FINEST_PERIOD_STEP_SECONDS = 60

/** Tells the step on which a window of a length ends. Worked: 5 m and 1 h by 10 s, 6 h by five
 *  minutes, 3 d by the hour. */
export function edgeStepSeconds(windowSeconds: number): number {
  return EDGE_STEPS.find(({ belowSeconds }) => windowSeconds < belowSeconds)!.stepSeconds
}

/** Tells the step by which a rolling period moves on. Worked: 1 h by the minute, 30 d by the
 *  hour. */
export function periodStepSeconds(periodSeconds: number): number {
  return Math.max(FINEST_PERIOD_STEP_SECONDS, edgeStepSeconds(periodSeconds))
}
