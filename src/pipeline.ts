/**
 * One tick of the data flow, and the one transaction that turns conditions into alerts and
 * deliveries. Data goes one way: samples were added up as they came; a tick rolls them up,
 * evaluates, holds budgets against their policies, raises, and wakes the deliverer.
 */
import type { Condition } from './core/condition.ts'
import type { Clock } from './core/ports.ts'
import type { Alert, ForeignAlerts, Incidents } from './domain/incidents/incidents.ts'
import type { Metrics } from './domain/metrics/metrics.ts'
import type { Routing } from './domain/routing/routing.ts'
import type { BudgetPolicies, Slo } from './domain/slo/slo.ts'
import { inTransaction, type Database } from './machinery/storage/database.ts'

export interface Stages {
  readonly clock: Clock
  readonly control: Database
  readonly metrics: Metrics
  readonly slo: Slo
  readonly policies: BudgetPolicies
  readonly incidents: Incidents
  readonly foreign: Pick<ForeignAlerts, 'fallSilent'>
  readonly routing: Routing
  /** Replaces what somebody else decides on: the rules in a tenant's engine. Nothing without it. */
  readonly decide?: (
    conditions: readonly Condition[],
    firing: readonly Alert[],
    nowMs: number,
  ) => readonly Condition[]
}

/**
 * After how long an evaluation gives other work a turn: a step and the look at the clock stay
 * within 8 ms.
 */
export const SLICE_MS = 3

/** Conditions that are raised in one transaction: a storm's take some milliseconds. */
const RAISED_AT_ONCE = 64
/** Cells that are new to the SLOs, learned at once. */
const LEARNED_AT_ONCE = 128

/**
 * Runs one tick. Cost: main-thread time is returned in milliseconds, waiting between slices not
 * counted.
 */
export async function tick(stages: Stages): Promise<number> {
  const { clock, metrics, slo, policies } = stages
  let busyMs = await inSlices(clock, metrics.gather())
  busyMs += await inSlices(clock, learn(stages))
  const nowMs = clock.nowMs()
  busyMs += await inSlices(clock, beginTick(stages, nowMs))
  for (let complete = false; !complete;) {
    busyMs += measured(clock, () => {
      const untilMs = clock.monotonicMs() + SLICE_MS
      complete = slo.evaluateSlice(() => clock.monotonicMs() >= untilMs)
    })
    if (!complete) await clock.sleep(0)
  }
  let isRound = false
  const followPolicies = function* (): Generator<void, void> {
    isRound = yield* policies.round(nowMs)
  }
  busyMs += await inSlices(clock, followPolicies())
  const raiseAll = function* (): Generator<void, void> {
    yield* raise(stages, yield* conditionsOf(stages, isRound, nowMs), nowMs)
  }
  busyMs += await inSlices(clock, raiseAll())
  busyMs += measured(clock, () => raiseSilence(stages, nowMs))
  stages.routing.wake()
  return busyMs
}

/**
 * The steps that bind cells that are new, so that few are left to be bound at one instant. No
 * evaluation may be under way: where one may begin between two steps, they end with it.
 */
export function* learn(
  { metrics, slo }: Pick<Stages, 'metrics' | 'slo'>,
  mayGoOn: () => boolean = () => true,
): Generator<void, void> {
  while (mayGoOn() && slo.learn(metrics.cells(), LEARNED_AT_ONCE)) yield
}

/**
 * The steps of a tick up to its evaluation, which they begin: of what was drained in the same step.
 */
export function* beginTick(
  stages: Pick<Stages, 'metrics' | 'slo'>,
  nowMs: number,
): Generator<void, void> {
  const { metrics, slo } = stages
  rollUp(stages, nowMs)
  slo.beginEvaluation(
    nowMs,
    (tenantId) => metrics.settledToMs(tenantId, nowMs),
    (tenantId) => metrics.lastSampleAtMs(tenantId),
  )
  yield
  yield* metrics.minutePieces(nowMs)
}

/**
 * Takes steps until they are done, and gives other work a turn after each slice of them. Returns
 * the milliseconds that they took.
 */
export async function inSlices(clock: Clock, steps: Iterator<void, void>): Promise<number> {
  let busyMs = 0
  for (let complete = false; !complete;) {
    const sliceMs = measured(clock, () => {
      const untilMs = clock.monotonicMs() + SLICE_MS
      do complete = steps.next().done === true
      while (!complete && clock.monotonicMs() < untilMs)
    })
    busyMs += sliceMs
    if (sliceMs >= SLICE_MS) await clock.sleep(0)
  }
  return busyMs
}

/** What the engine tells, as urgent as policies make it, and after a round what they tell. */
function* conditionsOf(
  { slo, policies, incidents, decide = (conditions) => conditions }: Stages,
  isRound: boolean,
  nowMs: number,
): Generator<void, Condition[]> {
  const firing = incidents.firing()
  yield
  const told = policies.prioritized(decide(slo.conditions(), firing, nowMs), firing, nowMs)
  yield
  return [
    ...told,
    ...slo.clockConditions(firing, nowMs),
    ...slo.rollUpConditions(firing, nowMs),
    ...(isRound ? policies.notices(firing, nowMs) : []),
  ]
}

/**
 * Books what counters gained since the last call into rollups and SLO buckets. After it nothing is
 * pending: a checkpoint may follow.
 */
export function rollUp({ metrics, slo }: Pick<Stages, 'metrics' | 'slo'>, nowMs: number): void {
  const increments = metrics.drain(nowMs)
  slo.learn(metrics.cells())
  slo.book(increments)
}

/**
 * Turns conditions into alert states and deliveries, some in a transaction: each whole or not at
 * all.
 */
export function* raise(
  { control, incidents, routing }: Pick<Stages, 'control' | 'incidents' | 'routing'>,
  conditions: readonly Condition[],
  nowMs: number,
): Generator<void, void> {
  for (let from = 0; from < conditions.length; from += RAISED_AT_ONCE) {
    const some = conditions.slice(from, from + RAISED_AT_ONCE)
    inTransaction(control, () => routing.enqueue(incidents.observe(some, nowMs), nowMs))
    yield
  }
}

/** Raises what sources of other alerts say no more: as they are at that instant. */
function raiseSilence({ control, foreign, incidents, routing }: Stages, nowMs: number): void {
  inTransaction(control, () => {
    const conditions = foreign.fallSilent(nowMs)
    if (conditions.length > 0) routing.enqueue(incidents.observe(conditions, nowMs), nowMs)
  })
}

function measured(clock: Clock, call: () => void): number {
  const startMs = clock.monotonicMs()
  call()
  return clock.monotonicMs() - startMs
}
