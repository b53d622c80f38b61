/**
 * How windows are staged by resolution, on the steps on which the engine's own windows end: what is
 * shorter than two hours is read from the series themselves every minute; what is shorter than a
 * day is added up from tiles of five minutes, the rest from tiles of an hour. A tile is the count
 * of a span that touches the one before: a group records one each interval, so that a sum over time
 * counts every event once. Source: `EDGE_STEPS`.
 */
import { EDGE_STEPS } from '../../domain/slo/edge-steps.ts'
import { assert } from '../../core/assert.ts'

export interface Stage {
  readonly name: string
  /** How often its group is evaluated, and how long its tiles are. */
  readonly everySeconds: number
  /** It records the windows that are shorter. */
  readonly belowSeconds: number
}

/** Shortest first. The first has no tiles: it reads what there is. */
export type Stages = readonly Stage[]

/** What is alerted on or shown is recorded that often. */
const FINEST_SECONDS = 60
const NAMES = new Map([
  [60, 'minute'],
  [300, 'five-minutes'],
  [3_600, 'hour'],
])

export const STAGES: Stages = EDGE_STEPS.filter(
  ({ stepSeconds }) => stepSeconds >= FINEST_SECONDS,
).map(({ stepSeconds, belowSeconds }) => {
  const name = NAMES.get(stepSeconds)
  assert(name !== undefined, 'a stage has a name')
  return { name, everySeconds: stepSeconds, belowSeconds }
})

/** Tells which stage records a window. Worked: 1 h the first, 6 h the second, 30 d the third. */
export function stageOf(stages: Stages, windowSeconds: number): number {
  const index = stages.findIndex(({ belowSeconds }) => windowSeconds < belowSeconds)
  assert(index >= 0, 'the last stage has no end')
  return index
}
