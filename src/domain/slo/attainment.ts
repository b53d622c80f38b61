/**
 * What of its objective an SLO kept in a stretch of the past, whole and day by day: for reviews.
 * The stretch stands for itself, whatever the SLO's own period: its budget is what may fail of what
 * was counted in it, by the objectives of its hours.
 *
 *   spent = bad / allowed     burn of a day = bad of the day / allowed of the day
 *
 * Worked: 30 bad of 100,000 at 99.9 % spend 30 of 100: 0.3. A stretch that is the SLO's own period
 * tells what `Reading.status` told at its end.
 */
import type { TenantId } from '../../core/ids.ts'
import { PPM } from '../../core/units.ts'
import { budgetSpentRatio, isWithin, type AllowedPpm, type Counted } from './budget.ts'
import {
  added,
  stepsOfParts,
  stepsOfOne,
  sumOf,
  type CountedSteps,
  type Grid,
} from './counted-steps.ts'
import type { ExcludedFor, ExclusionBook } from './exclusions.ts'
import { HISTORY_LONG_TICKS } from './history-steps.ts'
import { promisedObjective, versionAt, type PromisedObjective } from './model/objective-history.ts'
import type { PeriodCounts } from './period-counts.ts'
import type { SloTenant, TenantSlo } from './slots.ts'
import { common, merged, type TickRange } from './tick-range.ts'
import { thresholdOf, type SloKind, type SloTier } from './template.ts'
import { TICK_MS } from './windows.ts'

/** Counts of a stretch with what they mean for its budget. Units: events, or slices of the SLO's
 *  kind. */
export interface AttainedCounts {
  readonly good: number
  readonly bad: number
  readonly total: number
  /** What may fail of the total; a fraction of an event may be in it. */
  readonly mayFail: number
  /** Null without events. */
  readonly sliRatio: number | null
  /** Null where nothing may fail. */
  readonly spentRatio: number | null
  /** Whether no more failed than may fail. Null without events. */
  readonly isMet: boolean | null
}

/** A correction's occurrence within the stretch, uncut. */
export interface AttainmentExclusion {
  readonly correctionId: string
  /** Null: of all tenants. */
  readonly tenantId: TenantId | null
  readonly reason: string
  readonly fromMs: number
  readonly toMs: number
}

/** One step of the stretch, a day as a rule. */
export interface AttainedStep {
  /** The step is (fromMs, endsMs]. */
  readonly fromMs: number
  readonly endsMs: number
  readonly bad: number
  readonly total: number
  readonly excludedBad: number
  readonly excludedTotal: number
  readonly mayFail: number
  /** Of the stretch's budget. Null where nothing may fail. */
  readonly spentRatio: number | null
  /** Null without events. */
  readonly burn: number | null
}

export interface SloAttainment {
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly tier: SloTier
  readonly sloId: string
  readonly title: string
  readonly noun: string
  readonly kind: SloKind
  readonly thresholdSeconds: number | null
  /** (fromMs, toMs]. */
  readonly fromMs: number
  readonly toMs: number
  /** By which most of the stretch's last hour was judged. */
  readonly objectivePpm: number
  /** In force within the stretch, oldest first. */
  readonly objectives: readonly PromisedObjective[]
  readonly corrected: AttainedCounts
  /** Null where nothing is corrected. */
  readonly uncorrected: AttainedCounts | null
  readonly steps: readonly AttainedStep[]
  readonly exclusions: readonly AttainmentExclusion[]
}

/** A stretch and where it is cut: ends of steps in ascending order, the last one its end. Shape:
 *  full quarters of an hour, as the midnights of every zone are. */
export interface AttainmentSteps {
  readonly fromMs: number
  readonly endsMs: readonly number[]
}

export class Attainments {
  readonly #counts: PeriodCounts
  readonly #exclusions: ExclusionBook

  constructor(parts: { counts: PeriodCounts; exclusions: ExclusionBook }) {
    this.#counts = parts.counts
    this.#exclusions = parts.exclusions
  }

  /** Opens a look back over a stretch: corrections are worked out once for all that is read.
   *  Cost of each SLO: two rows of the disk a week, and one a day of the last thirty. */
  over({ fromMs, endsMs }: AttainmentSteps): (tenant: SloTenant, slo: TenantSlo) => SloAttainment {
    const endTicks = endsMs.map((endMs) => endMs / TICK_MS)
    const grid = { range: { fromTick: fromMs / TICK_MS, toTick: endTicks.at(-1)! }, endTicks }
    const excluded = this.#exclusions.during(grid.range, HISTORY_LONG_TICKS)
    return (tenant, slo) => this.#read(tenant, slo, { grid, excluded })
  }

  #read(tenant: SloTenant, slo: TenantSlo, look: Look): SloAttainment {
    const { objective } = slo
    const { template, units } = objective
    const { range, endTicks } = look.grid
    const counted = this.#steps(tenant, slo, look)
    const fromMs = range.fromTick * TICK_MS
    const toMs = range.toTick * TICK_MS
    const charged = sumOf(counted.charged)
    const allowed = sum(counted.allowed)
    const excluded = look.excluded(tenant, template.sloId)
    return {
      tenantId: tenant.tenantId,
      tenantName: tenant.name,
      tier: tenant.tier,
      sloId: template.sloId,
      title: template.title,
      noun: template.noun,
      kind: template.kind,
      thresholdSeconds: thresholdOf(template),
      fromMs,
      toMs,
      objectivePpm: versionAt(objective.history, toMs - 1).targetPpm,
      objectives: objective.history
        .filter((version, i) => version.fromMs < toMs && endOf(objective.history, i) > fromMs)
        .map(promisedObjective),
      corrected: attained(charged, allowed, units),
      uncorrected:
        excluded.length === 0
          ? null
          : attained(
              added(charged, sumOf(counted.excluded)),
              allowed + sum(counted.excludedAllowed),
              units,
            ),
      steps: counted.charged.map(({ bad, total }, step) => ({
        fromMs: step === 0 ? fromMs : endTicks[step - 1]! * TICK_MS,
        endsMs: endTicks[step]! * TICK_MS,
        bad: bad / units,
        total: total / units,
        excludedBad: counted.excluded[step]!.bad / units,
        excludedTotal: counted.excluded[step]!.total / units,
        mayFail: counted.allowed[step]! / PPM / units,
        spentRatio: budgetSpentRatio(bad, allowed),
        burn: total > 0 ? budgetSpentRatio(bad, counted.allowed[step]!) : null,
      })),
      exclusions: excluded.map(({ correction, fromTick, toTick }) => ({
        correctionId: correction.correctionId,
        tenantId: correction.tenantId,
        reason: correction.reason,
        fromMs: fromTick * TICK_MS,
        toMs: toTick * TICK_MS,
      })),
    }
  }

  #steps(tenant: SloTenant, slo: TenantSlo, look: Look): CountedSteps {
    const { grid } = look
    if (slo.parts === null) {
      const exclusions = merged(look.excluded(tenant, slo.objective.template.sloId))
      const own = common(this.#counted(slo), grid.range)
      return stepsOfOne(this.#counts, { slo, exclusions, own }, grid)
    }
    const parts = slo.parts.map(({ slo: part, weight }) => {
      const steps = this.#steps(tenant, part, look)
      const whole = sumOf(steps.charged)
      return { weight, steps, whole, uncorrected: added(whole, sumOf(steps.excluded)) }
    })
    return stepsOfParts(parts, slo.objective.targetPpm)
  }

  /** Finds where an SLO has counts: up to its last closed minute. */
  #counted(slo: TenantSlo): TickRange {
    return { fromTick: 0, toTick: this.#counts.range(slo).toTick }
  }
}

interface Look {
  readonly grid: Grid
  readonly excluded: ExcludedFor
}

function attained({ bad, total }: Counted, allowed: AllowedPpm, units: number): AttainedCounts {
  return {
    good: (total - bad) / units,
    bad: bad / units,
    total: total / units,
    mayFail: allowed / PPM / units,
    sliRatio: total > 0 ? (total - bad) / total : null,
    spentRatio: budgetSpentRatio(bad, allowed),
    isMet: total > 0 ? isWithin(bad, allowed) : null,
  }
}

function endOf(history: readonly { readonly fromMs: number }[], index: number): number {
  return history[index + 1]?.fromMs ?? Infinity
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
