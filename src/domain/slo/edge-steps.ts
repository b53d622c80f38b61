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
  { belowSeconds: 1_800, stepSeconds: 10 },
  { belowSeconds: 7_200, stepSeconds: 60 },
  { belowSeconds: 86_400, stepSeconds: 300 },
  { belowSeconds: Infinity, stepSeconds: 3_600 },
]

/** Tells the step on which a window of a length ends. Worked: 5 m by 10 s, 1 h by a minute, 6 h by
 *  five minutes, 30 d by the hour. */
export function edgeStepSeconds(windowSeconds: number): number {
  return EDGE_STEPS.find(({ belowSeconds }) => windowSeconds < belowSeconds)!.stepSeconds
}
