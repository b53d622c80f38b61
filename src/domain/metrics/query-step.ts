/**
 * Chooses the step of a query and the resolution that serves it: the coarsest that divides the
 * step, so that least is read. Pure.
 */
import {
  DAY_MS,
  floorToStep,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type TimeRange,
} from '../../core/time.ts'
import { RESOLUTION_NAMES, RESOLUTIONS, type Resolution } from './resolutions.ts'

/** Steps that people read easily, rising. */
const STEPS_MS = [
  ...[10, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 7, 14, 28, 56].map((days) => days * DAY_MS),
]

export interface StepInput extends TimeRange {
  /** The most points wanted. Used where no step is given. */
  readonly points: number
  /** At least this, a multiple of ten seconds. */
  readonly stepMs?: number | undefined
  /** From when on each resolution holds what there was. */
  readonly wholeFromMs: Readonly<Record<Resolution, number>>
}

export interface Step {
  readonly stepMs: number
  readonly resolution: Resolution
}

/**
 * Chooses. A step that is finer than what is still kept at the range's begin becomes coarser; where
 * nothing reaches back that far, what reaches back furthest serves. Worked: 30 days at 240 points
 * -> three hours, read from hours.
 */
export function chooseStep({ fromMs, toMs, points, stepMs, wholeFromMs }: StepInput): Step {
  const reachMs = Math.max(fromMs, Math.min(...RESOLUTION_NAMES.map((name) => wholeFromMs[name])))
  const finest = RESOLUTION_NAMES.find((name) => wholeFromMs[name] <= reachMs)!
  const leastMs = RESOLUTIONS[finest]
  if (stepMs !== undefined) {
    const wholeMs = Math.ceil(stepMs / leastMs) * leastMs
    return { stepMs: wholeMs, resolution: coarsestFor(wholeMs, finest) }
  }
  const wanted = Math.max(leastMs, (toMs - fromMs) / points)
  const chosen = STEPS_MS.find((each) => each >= wanted && each % leastMs === 0)
  const chosenMs = chosen ?? Math.ceil(wanted / DAY_MS) * DAY_MS
  return { stepMs: chosenMs, resolution: coarsestFor(chosenMs, finest) }
}

/** Never finer than what reaches back. */
function coarsestFor(stepMs: number, finest: Resolution): Resolution {
  return RESOLUTION_NAMES.findLast((name) => stepMs % RESOLUTIONS[name] === 0) ?? finest
}

/** Widens a range to whole steps. */
export function wholeSteps({ fromMs, toMs }: TimeRange, stepMs: number): TimeRange {
  return {
    fromMs: floorToStep(fromMs, stepMs),
    toMs: Math.max(Math.ceil(toMs / stepMs) * stepMs, floorToStep(fromMs, stepMs) + stepMs),
  }
}
