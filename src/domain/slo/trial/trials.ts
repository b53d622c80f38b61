/** Tries another promise against what is stored of a tenant's SLO. */
import { TenantryError } from '../../../core/errors.ts'
import { DAY_MS } from '../../../core/time.ts'
import { SLO_ERRORS } from '../errors.ts'
import { forEveryTier } from '../model/tiers.ts'
import { objectiveOf, type Objective } from '../objective.ts'
import { PLACE_MASK, type SloTenant, type TenantSlo } from '../slots.ts'
import type { SloTemplate } from '../template.ts'
import { TICK_MS, TICKS_PER_HOUR, TICK_SECONDS } from '../windows.ts'
import { readStored, type StoredParts } from './stored-counts.ts'
import { beginOf, judgeTrial, type SloTrial } from './trial.ts'
import { periodRange } from '../page-period.ts'

/** What is tried. What is left out is as it is for the tenant now. */
export interface TrialAsked {
  /** In millionths. */
  readonly targetPpm?: number | undefined
  readonly period?: SloTemplate['period'] | undefined
  readonly periodSeconds?: number | undefined
  readonly pairs?: SloTemplate['pairs'] | undefined
  readonly minBadEvents?: number | undefined
  readonly minTotalEvents?: number | undefined
  readonly days: number
}

/** Judges what is stored by what is promised now and by what is tried. Shape: each yield is a place
 *  to pause. Throws SLO_TRIAL_COUNTS of an SLO that counts nothing itself. */
export function* tryPromise(
  parts: StoredParts,
  { tenant, slo, nowMs }: { tenant: SloTenant; slo: TenantSlo; nowMs: number },
  asked: TrialAsked,
): Generator<void, SloTrial> {
  const { objective } = slo
  if (objective.template.counting.from !== 'cells') {
    const what = `the SLO ${objective.template.sloId} is made of others`
    throw new TenantryError(SLO_ERRORS.SLO_TRIAL_COUNTS, `trying another promise: ${what}`)
  }
  const page = parts.slots.page(slo.upper)
  const { toTick } = periodRange(page, slo.upper & PLACE_MASK)
  const fromTick =
    Math.floor((toTick - (asked.days * DAY_MS) / TICK_MS) / TICKS_PER_HOUR) * TICKS_PER_HOUR
  const current = promised(tenant, objective, { days: asked.days }, nowMs)
  const tried = promised(tenant, objective, asked, nowMs)
  const begins = [current, tried].flatMap(({ template, pairs }) => [
    beginOf(template.period, fromTick),
    ...pairs.map(({ longSeconds }) => fromTick - longSeconds / TICK_SECONDS),
  ])
  const wanted = { fromTick: Math.min(...begins) - TICKS_PER_HOUR, toTick }
  const counts = yield* readStored(parts, slo, wanted)
  const judged = { fromTick: Math.max(fromTick, counts.fromTick), toTick, current, tried }
  return yield* judgeTrial(counts, judged)
}

/** Makes an objective that holds throughout. */
function promised(
  { tier }: SloTenant,
  { template, targetPpm: present, minBadEvents, minTotalEvents }: Objective,
  asked: TrialAsked,
  nowMs: number,
): Objective {
  const { targetPpm = present, period, periodSeconds, pairs } = asked
  const version = { fromMs: 0, targetPpm, recompute: false }
  const tried: SloTemplate = {
    ...template,
    period: period ?? template.period,
    periodSeconds: periodSeconds ?? template.periodSeconds,
    pairs: pairs ?? template.pairs,
    objectives: forEveryTier([version]),
    minBadEvents: forEveryTier(asked.minBadEvents ?? minBadEvents),
    minTotalEvents: forEveryTier(asked.minTotalEvents ?? minTotalEvents),
  }
  return objectiveOf(tried, { tier, override: undefined, nowMs })
}
