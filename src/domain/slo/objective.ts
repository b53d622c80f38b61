/** A template held against one tenant at one time: the objective with everything that follows from
 *  it, worked out once. */
import { PPM } from '../../core/units.ts'
import {
  badLimit,
  burnRate,
  burnThreshold,
  releaseSharePpm,
  type Limit,
  type PairInput,
} from './burn.ts'
import { versionAt, type ObjectiveHistory } from './model/objective-history.ts'
import { historyFor, type Override } from './model/slo-book.ts'
import { isRatioSignal } from '../../core/names/signals.ts'
import { inputOf, sliceOf, type SloTemplate, type SloTier } from './template.ts'
import { sliceUnits } from './time-slice.ts'
import { placeOf, planOf, type WindowPlan } from './window-plan.ts'
import { SPEEDS, type BurnPair, type Speed } from './windows.ts'

/** A pair of windows with what it is judged by. */
export interface JudgedPair extends Omit<BurnPair, 'minBadEvents' | 'minTotalEvents'> {
  /** Its bit in masks: see `bitOf`. */
  readonly bit: number
  /** Places in the plan. */
  readonly long: number
  readonly short: number
  readonly limit: Limit
  /** What the short window must fall to before the pair lets go of what was raised. */
  readonly release: Limit
  readonly threshold: number
  readonly minBadEvents: number
  readonly minTotalEvents: number
}

export interface Objective {
  readonly template: SloTemplate
  readonly tier: SloTier
  readonly plan: WindowPlan
  readonly targetPpm: number
  /** What was and will be promised. */
  readonly history: ObjectiveHistory
  /** How much one event or slice counts. */
  readonly units: number
  /** From then on another objective holds; Infinity where none follows. */
  readonly untilMs: number
  /** The burn when nothing succeeds. */
  readonly burnOfAllBad: number
  /** Fastest first. */
  readonly pairs: readonly JudgedPair[]
  /** In events or slices: of pairs that say nothing else, and of budget policies. */
  readonly minBadEvents: number
  readonly minTotalEvents: number
}

/** Masks have a bit a speed, so that they mean the same for SLOs of other pairs. */
export function bitOf(speed: Speed): number {
  return 1 << SPEEDS.indexOf(speed)
}

export interface HeldBy {
  readonly tier: SloTier
  readonly override: Override | undefined
  readonly nowMs: number
}

/** Works out what a tenant is promised now. Throws SLO_TARGET when nothing may fail. */
export function objectiveOf(template: SloTemplate, { tier, override, nowMs }: HeldBy): Objective {
  const { periodSeconds } = template
  const history = historyFor(template, tier, override)
  const { targetPpm } = versionAt(history, nowMs)
  const plan = planOf(template.period, template.pairs)
  const units = unitsOf(template)
  const minBadEvents = override?.minBadEvents ?? template.minBadEvents[tier]
  const minTotalEvents = override?.minTotalEvents ?? template.minTotalEvents[tier]
  return {
    template,
    tier,
    plan,
    targetPpm,
    history,
    units,
    untilMs: history.find(({ fromMs }) => fromMs > nowMs)?.fromMs ?? Infinity,
    burnOfAllBad: burnRate({ errorRatio: 1, targetPpm }),
    minBadEvents,
    minTotalEvents,
    pairs: template.pairs.map((pair) => ({
      ...pair,
      ...judged({ ...pair, periodSeconds }, targetPpm),
      bit: bitOf(pair.speed),
      long: placeOf(plan, pair.longSeconds),
      short: placeOf(plan, pair.shortSeconds),
      minBadEvents: units * (pair.minBadEvents ?? minBadEvents),
      minTotalEvents: units * (pair.minTotalEvents ?? minTotalEvents),
    })),
  }
}

/** Tells how much one event or slice counts; of a composite, a weight of one. Time is counted in
 *  microseconds, and told in seconds. */
export function unitsOf(template: Pick<SloTemplate, 'counting'>): number {
  if (template.counting.from === 'parts') return PPM
  const slice = sliceOf(template)
  if (slice !== null) return sliceUnits(slice)
  return isRatioSignal(inputOf(template)?.signal) ? PPM : 1
}

function judged(
  pair: PairInput,
  targetPpm: number,
): Pick<JudgedPair, 'limit' | 'release' | 'threshold'> {
  return {
    limit: badLimit(pair, targetPpm),
    release: badLimit({ ...pair, sharePpm: releaseSharePpm(pair) }, targetPpm),
    threshold: burnThreshold(pair),
  }
}
