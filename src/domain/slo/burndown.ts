/**
 * How the budget of a period was spent, step by step, out of the counts that are kept. Read when
 * asked for. The line begins with the whole budget and ends with what `Reading.status` tells: both
 * divide by what may fail of all that the period counted.
 *
 *   left(t) = 1 - bad(t) / allowed        bad(t): from the period's begin to t
 *   even(t) = 1 - allowed(t) / allowed    what a burn of exactly 1 would have left
 *
 * Worked: 10 of 10,000 may fail; after a first step of 4 bad of 2,500 left is 0.6 and even 0.75.
 */
import type { TenantId } from '../../core/ids.ts'
import { budgetLeftRatio, type AllowedPpm, type Counted } from './budget.ts'
import { burndownEdges } from './burndown-edges.ts'
import { stepsOfParts, stepsOfOne, type CountedSteps, type Grid } from './counted-steps.ts'
import type { ExclusionBook } from './exclusions.ts'
import { promisedObjective, type PromisedObjective } from './model/objective-history.ts'
import type { PeriodCounts } from './period-counts.ts'
import type { BudgetFigures, PeriodFigures, Periods } from './periods.ts'
import type { SloTenant, TenantSlo } from './slots.ts'
import type { ExclusionStatus } from './status.ts'
import { common, type TickRange } from './tick-range.ts'
import { unitOf, type SloKind, type SloUnit } from './template.ts'
import { TICK_MS, TICK_SECONDS } from './windows.ts'

/** A stretch that no budget is charged for, with what was counted in it. */
export interface BurndownExclusion extends ExclusionStatus {
  /** Null of a composite. */
  bad: number | null
  total: number | null
}

/** Shape: the lists have an entry a step, oldest first; step i is (endsMs[i - 1], endsMs[i]], the
 *  first begins at fromMs. */
export interface SloBurndown {
  tenantId: TenantId
  sloId: string
  title: string
  kind: SloKind
  unit: SloUnit
  objectivePpm: number
  /** The period as it is read: (fromMs, toMs]. */
  fromMs: number
  toMs: number
  stepSeconds: number
  endsMs: number[]
  /** Counted in the step and charged to the budget. */
  bad: number[]
  total: number[]
  /** Counted in the step and excluded by corrections. */
  excludedBad: number[]
  excludedTotal: number[]
  /** At the step's end. Null without events. */
  budgetLeftRatio: (number | null)[]
  /** What would be left had the budget been spent at a burn of exactly 1. */
  evenLeftRatio: (number | null)[]
  /** Without corrections. Null where nothing is corrected. */
  uncorrectedLeftRatio: (number | null)[] | null
  /** Newest first, the newest fifty. */
  exclusions: BurndownExclusion[]
  /** What was and will be promised, oldest first. */
  objectives: PromisedObjective[]
}

/** An SLO's counts by step, with the period's figures that they add up to. */
interface Track extends CountedSteps {
  readonly figures: PeriodFigures
}

/** What a line is drawn of: the charged counts, or all of them. */
interface Line {
  readonly bad: readonly number[]
  readonly budget: BudgetFigures
  /** What is left where nothing was counted. */
  readonly ofNothing: number | null
}

const EXCLUSIONS_TOLD = 50

export class Burndown {
  readonly #counts: PeriodCounts
  readonly #exclusions: ExclusionBook
  readonly #periods: Periods

  constructor(parts: { counts: PeriodCounts; exclusions: ExclusionBook; periods: Periods }) {
    this.#counts = parts.counts
    this.#exclusions = parts.exclusions
    this.#periods = parts.periods
  }

  /** Reads the present period of a tenant's SLO. Cost: of a rolling period a look at every hour in
   *  memory; of the calendar's, and where something is excluded, a row of the disk a day. */
  read(tenant: SloTenant, slo: TenantSlo): SloBurndown {
    const { objective } = slo
    const { template, units } = objective
    const range = this.#counts.range(slo)
    const { endTicks, stepTicks } = burndownEdges(range)
    const track = this.#track(slo, { range, endTicks })
    const inUnits = (counts: readonly Counted[], of: 'bad' | 'total'): number[] =>
      counts.map((count) => count[of] / units)
    const { uncorrected } = track.figures
    const ofNothing = slo.sourced === null ? null : 1
    return {
      tenantId: tenant.tenantId,
      sloId: template.sloId,
      title: template.title,
      kind: template.kind,
      unit: unitOf(template),
      objectivePpm: objective.targetPpm,
      fromMs: range.fromTick * TICK_MS,
      toMs: range.toTick * TICK_MS,
      stepSeconds: stepTicks * TICK_SECONDS,
      endsMs: endTicks.map((tick) => tick * TICK_MS),
      bad: inUnits(track.charged, 'bad'),
      total: inUnits(track.charged, 'total'),
      excludedBad: inUnits(track.excluded, 'bad'),
      excludedTotal: inUnits(track.excluded, 'total'),
      budgetLeftRatio: leftRatios({
        bad: track.charged.map(({ bad }) => bad),
        budget: track.figures,
        ofNothing,
      }),
      evenLeftRatio: evenRatios(track.allowed, ofNothing),
      uncorrectedLeftRatio:
        uncorrected === null
          ? null
          : leftRatios({
              bad: track.charged.map(({ bad }, step) => bad + track.excluded[step]!.bad),
              budget: uncorrected,
              ofNothing,
            }),
      exclusions: this.#told(tenant, slo, range),
      objectives: objective.history.map(promisedObjective),
    }
  }

  #track(slo: TenantSlo, grid: Grid): Track {
    const figures = this.#periods.figures(slo)
    if (slo.parts === null) {
      const own = common(this.#counts.range(slo), grid.range)
      const { exclusions } = slo
      return { figures, ...stepsOfOne(this.#counts, { slo, exclusions, own }, grid) }
    }
    const parts = slo.parts.map(({ slo: part, weight }) => {
      const { figures: of, ...steps } = this.#track(part, grid)
      const { period: whole, uncorrected } = of
      return { weight, steps, whole, uncorrected: uncorrected?.period ?? whole }
    })
    return { figures, ...stepsOfParts(parts, slo.objective.targetPpm) }
  }

  #told(tenant: SloTenant, slo: TenantSlo, range: TickRange): BurndownExclusion[] {
    if (slo.exclusions.length === 0) return []
    const { objective, parts } = slo
    return this.#exclusions
      .within(tenant, objective.template.sloId, range)
      .toSorted((left, right) => right.fromTick - left.fromTick)
      .slice(0, EXCLUSIONS_TOLD)
      .map((exclusion) => {
        const cut = common(exclusion, range)
        const counted = cut === null ? { total: 0, bad: 0 } : this.#counts.read(slo, cut)
        const inUnits = (count: number): number | null =>
          parts === null ? count / objective.units : null
        const { fromTick, toTick, correction } = exclusion
        return {
          correctionId: correction.correctionId,
          reason: correction.reason,
          fromMs: fromTick * TICK_MS,
          toMs: toTick * TICK_MS,
          bad: inUnits(counted.bad),
          total: inUnits(counted.total),
        }
      })
  }
}

/** Tells what is left after each step. What the period counts and no step does, as after a change
 *  of its windows, was spent before the first one. */
function leftRatios({ bad, budget: { period, allowed }, ofNothing }: Line): (number | null)[] {
  let spent = period.bad - sumOf(bad)
  return bad.map((added) => {
    spent += added
    return budgetLeftRatio({ bad: spent, total: period.total }, allowed) ?? ofNothing
  })
}

function evenRatios(allowed: readonly AllowedPpm[], ofNothing: number | null): (number | null)[] {
  const all = sumOf(allowed)
  let sum = 0
  return allowed.map((added) => {
    sum += added
    return all > 0 ? 1 - sum / all : ofNothing
  })
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
