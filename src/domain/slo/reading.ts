/** Reads one SLO's numbers out of its slots: how they stand, for people
 *  and for policies. Runs for what is
 *  asked about or raised, not for every slot. */
import type { SloId, TenantId } from '../../core/ids.ts'
import { SECOND_MS } from '../../core/time.ts'
import { budgetLeftEvents, budgetLeftRatio, exhaustsInSeconds, type Counted } from './budget.ts'
import { windowBurn } from './burn.ts'
import { burningPairs, type PairMask } from './decide.ts'
import type { ExclusionBook } from './exclusions.ts'
import {
  guardCount,
  judgedCounts,
  judgedLingering,
  judgedPairs,
  withoutLoaded,
  type JudgedSlo,
} from './judged-counts.ts'
import type { JudgedPair, Objective } from './objective.ts'
import type { PeriodCounts } from './period-counts.ts'
import { inUnits, type BudgetFigures, type Periods } from './periods.ts'
import type { RecomputedStatus } from './recompute/recompute.ts'
import type { SloBudget } from './slo-budget.ts'
import {
  NO_DATA_BIT,
  NO_SLOT,
  PLACE_MASK,
  type Slots,
  type SloTenant,
  type TenantSlo,
} from './slots.ts'
import { clockStatus, furthest, type SourceClocks } from './source-clocks.ts'
import { isSilent, silentSeconds, SILENT_MS, stateOf, type Moment } from './state.ts'
import type {
  BurnStatus,
  ExclusionStatus,
  SloState,
  SloStatus,
  UncorrectedStatus,
} from './status.ts'
import { thresholdOf, unitOf } from './template.ts'
import { verdictOf, type VerdictFacts } from './verdict.ts'
import { COMMON_WINDOWS } from './window-plan.ts'
import { DAY_WINDOW, HOUR_WINDOW, TICK_MS } from './windows.ts'
import { firstCountedTick, periodRange } from './page-period.ts'

/** Of an SLO's status. */
const EXCLUSIONS_TOLD = 50

/** How an SLO stands: a bit a pair. */
export interface SloOutcome {
  readonly state: SloState
  readonly holding: PairMask
  /** Whatever the counts. */
  readonly burning: PairMask
}

/** What a window counts that ends with a tick. */
export interface CountedWindow extends Counted {
  readonly name: string
  readonly endTick: number
}

type Recomputed = (tenantId: TenantId, sloId: SloId) => RecomputedStatus | null

export class Reading {
  readonly #slots: Slots
  readonly #counts: PeriodCounts
  readonly #periods: Periods
  readonly #exclusions: ExclusionBook
  readonly #clocks: SourceClocks
  readonly #recomputed: Recomputed

  constructor(parts: {
    slots: Slots
    counts: PeriodCounts
    periods: Periods
    exclusions: ExclusionBook
    clocks: SourceClocks
    recomputed: Recomputed
  }) {
    this.#recomputed = parts.recomputed
    this.#slots = parts.slots
    this.#clocks = parts.clocks
    this.#counts = parts.counts
    this.#periods = parts.periods
    this.#exclusions = parts.exclusions
  }

  count(slot: number, window: number): Counted {
    const page = this.#slots.page(slot)
    const place = slot & PLACE_MASK
    return { bad: page.bads[window]![place]!, total: page.totals[window]![place]! }
  }

  /** Counts a window as decisions do: without what is excluded. */
  judged(slo: JudgedSlo, window: number, slot: number): Counted {
    const judged = judgedCounts(this.#slots.page(slot), slot & PLACE_MASK, slo)
    const { counts, place } = judged
    return { bad: counts.bads[window]![place]!, total: counts.totals[window]![place]! }
  }

  /** Tells whether any traffic of a tenant came in the last day. What was loaded did not come. */
  hadTraffic({ slos }: SloTenant): boolean {
    return slos.some((slo) => {
      const { upper } = slo
      if (upper === NO_SLOT) return false
      const place = upper & PLACE_MASK
      const live = withoutLoaded(this.#slots.page(upper), place, slo)
      return [DAY_WINDOW, HOUR_WINDOW].some((window) => {
        const { total } =
          live === null ? this.count(upper, window) : this.judged(live, window, upper)
        return total > 0
      })
    })
  }

  noDataRaised({ first: slot }: SloTenant): boolean {
    if (slot === NO_SLOT) return false
    return (this.#slots.page(slot).raised[slot & PLACE_MASK]! & NO_DATA_BIT) !== 0
  }

  /** Tells how an SLO's pairs stand, without a sentence. Cost: about a microsecond. */
  outcome(tenant: SloTenant, slo: TenantSlo, moment: Moment): SloOutcome {
    const { upper, objective, sourced } = slo
    if (sourced !== null) return { state: this.#state(tenant, slo, moment), holding: 0, burning: 0 }
    const judged = judgedCounts(this.#slots.page(upper), upper & PLACE_MASK, slo)
    return {
      state: this.#state(tenant, slo, moment),
      holding: this.holding(upper, slo),
      burning: burningPairs(judged.counts, judged.place, objective),
    }
  }

  /** Tells what the windows of an SLO count, as decisions see them, and its period as a person
   *  reads it. Of a composite the windows that its parts share. */
  windows(slo: TenantSlo): CountedWindow[] {
    const { toTick } = this.#counts.range(slo)
    const period = { name: 'period', endTick: toTick, ...this.#periods.corrected(slo) }
    return [...(slo.sourced === null ? this.#sliding(slo) : []), period]
  }

  #sliding(slo: TenantSlo): CountedWindow[] {
    const { objective, upper, parts } = slo
    const page = this.#slots.page(upper)
    const place = upper & PLACE_MASK
    const { plan } = objective
    const own = parts === null ? plan.windows : COMMON_WINDOWS
    return own.flatMap(({ name }, window) => {
      if (window === plan.period) return []
      const { ring } = page.windowRing(window)
      const endTick = ring.edges[place]! * ring.stepTicks
      return [{ name, endTick, ...this.judged(slo, window, slo.upper) }]
    })
  }

  /** Tells how much of the budget is left. Null where nothing was counted. */
  budgetLeft(slo: TenantSlo): number | null {
    return this.#leftRatio(slo, this.#periods.figures(slo))
  }

  /** Where a source counted nothing, nothing failed: the budget is whole. Of events that nobody saw
   *  that cannot be said. */
  #leftRatio({ sourced }: TenantSlo, { period, allowed }: BudgetFigures): number | null {
    return budgetLeftRatio(period, allowed) ?? (sourced === null ? null : 1)
  }

  status(tenant: SloTenant, slo: TenantSlo, moment: Moment): SloStatus {
    const { objective, sourced } = slo
    const { template, targetPpm } = objective
    const figures = this.#periods.figures(slo)
    const { period, allowed, uncorrected } = figures
    const leftRatio = this.#leftRatio(slo, figures)
    const clocks = this.#clocks.of(slo)
    const burns = this.#burns(slo)
    const exhausts = this.exhausts(slo, leftRatio)
    const state = this.#state(tenant, slo, moment)
    const verdict = verdictOf({
      template,
      targetPpm,
      state,
      holdingBurn: burns.find(({ holds }) => holds)?.longBurn ?? null,
      lingering: this.lingering(slo),
      leftRatio,
      badRatio: period.total > 0 ? period.bad / period.total : null,
      exhaustsInSeconds: exhausts,
      silentSeconds: silentSeconds(tenant, moment),
      sourced: sourced === null ? null : { source: sourced.source, clock: furthest(clocks) },
    })
    return {
      tenantId: tenant.tenantId,
      sloId: template.sloId,
      title: template.title,
      kind: template.kind,
      unit: unitOf(template),
      objectivePpm: targetPpm,
      periodSeconds: template.periodSeconds,
      thresholdSeconds: thresholdOf(template),
      state,
      verdict,
      sliRatio: period.total > 0 ? (period.total - period.bad) / period.total : null,
      good: (period.total - period.bad) / objective.units,
      bad: period.bad / objective.units,
      total: period.total / objective.units,
      budgetLeftRatio: leftRatio,
      budgetLeftEvents: inUnits(budgetLeftEvents(period, allowed), objective),
      exhaustsInSeconds: exhausts,
      uncorrected: uncorrected === null ? null : uncorrectedOf(uncorrected, objective),
      recomputed: this.#recomputed(tenant.tenantId, template.sloId),
      exclusions: this.#excluded(tenant, slo),
      burns,
      counted: sourced === null ? null : { one: sourced.source.one, many: sourced.source.many },
      clocks: clocks.map(clockStatus),
      evaluatedAtMs: moment.nowMs,
      settledToMs: this.#settledTick(slo) * TICK_MS,
    }
  }

  #settledTick(slo: TenantSlo): number {
    const { upper, sourced } = slo
    if (sourced !== null) return this.#counts.range(slo).toTick
    return this.#slots.page(upper).settledTicks[upper & PLACE_MASK]!
  }

  /** Tells what a policy judges an SLO's budget by. Cost: a tenth of `status`. */
  budget(tenant: SloTenant, slo: TenantSlo, moment: Moment): SloBudget {
    const { objective } = slo
    const { template, targetPpm, units } = objective
    const { period, allowed } = this.#periods.figures(slo)
    const live = this.#periods.liveFigures(slo)
    const { lastSampleAtMs } = tenant
    // Whether Tenantry listened meanwhile does not matter: a restart is no news of anybody.
    const isHeard = lastSampleAtMs !== null && moment.nowMs - lastSampleAtMs < SILENT_MS
    return {
      tenantId: tenant.tenantId,
      tenantName: tenant.name,
      tier: tenant.tier,
      sloId: template.sloId,
      title: template.title,
      noun: template.noun,
      objectivePpm: targetPpm,
      periodSeconds: template.periodSeconds,
      good: (period.total - period.bad) / units,
      bad: period.bad / units,
      total: period.total / units,
      leftRatio: budgetLeftRatio(period, allowed),
      leftEvents: inUnits(budgetLeftEvents(period, allowed), objective),
      counted: live.period,
      allowed: live.allowed,
      isReliable: isHeard && !isImpossible(period),
      hasTraffic: this.#hourTotal(slo) > 0,
      events: this.#periods.events(slo, (each) => this.#periods.liveFigures(each).period),
      countedRatio: () => this.#countedRatio(slo),
      minBadEvents: objective.minBadEvents,
      minTotalEvents: objective.minTotalEvents,
    }
  }

  /** Lists what is excluded from a period, newest first. */
  #excluded(tenant: SloTenant, slo: TenantSlo): ExclusionStatus[] {
    const { objective, exclusions } = slo
    if (exclusions.length === 0) return []
    const range = this.#counts.range(slo)
    return this.#exclusions
      .within(tenant, objective.template.sloId, range)
      .toSorted((left, right) => right.fromTick - left.fromTick)
      .slice(0, EXCLUSIONS_TOLD)
      .map(({ fromTick, toTick, correction }) => ({
        correctionId: correction.correctionId,
        reason: correction.reason,
        fromMs: fromTick * TICK_MS,
        toMs: toTick * TICK_MS,
      }))
  }

  /** Tells for which share of its length a period was counted so far; of a composite, the part that
   *  was counted longest. */
  #countedRatio({ upper, parts, objective }: TenantSlo): number {
    if (parts !== null) return Math.max(0, ...parts.map(({ slo }) => this.#countedRatio(slo)))
    const page = this.#slots.page(upper)
    const { toTick } = periodRange(page, upper & PLACE_MASK)
    const place = upper & PLACE_MASK
    const countedTicks = toTick - Math.max(firstCountedTick(page, place), page.loadedTo.of(place))
    const lengthTicks = (objective.template.periodSeconds * SECOND_MS) / TICK_MS
    return Math.min(1, Math.max(0, countedTicks / lengthTicks))
  }

  /** Counts the last hour as decisions do. */
  hour(slo: TenantSlo): Counted {
    return this.judged(slo, HOUR_WINDOW, slo.upper)
  }

  /** Counts the last hour of an SLO, or of its parts: whether there was traffic. */
  #hourTotal({ upper, parts }: TenantSlo): number {
    const slots = parts === null ? [upper] : parts.map(({ slo }) => slo.upper)
    return slots.reduce((sum, slot) => sum + this.count(slot, HOUR_WINDOW).total, 0)
  }

  /** Tells what keeps the alert that this SLO speaks for when no pair of it holds. */
  lingering(slo: TenantSlo): VerdictFacts['lingering'] {
    const { upper, objective, sourced } = slo
    if (sourced !== null) return null
    const page = this.#slots.page(upper)
    const lingering = judgedLingering(page, upper & PLACE_MASK, slo)
    const kept = page.raised[upper & PLACE_MASK]! & lingering
    const pair = objective.pairs.find(({ bit }) => (kept & bit) !== 0)
    if (pair === undefined) return null
    const burn = this.burnOf(slo, pair.short) ?? 0
    return { burn, window: objective.plan.windows[pair.short]!.name }
  }

  /** Tells how fast an SLO burns over a window. Null where nothing was counted. */
  burnOf(slo: TenantSlo, window: number): number | null {
    const { bad, total } = this.judged(slo, window, slo.upper)
    return windowBurn(bad, total, slo.objective.targetPpm)
  }

  #burns(slo: TenantSlo): BurnStatus[] {
    const { objective, upper, sourced } = slo
    if (sourced !== null) return []
    const judged = judgedCounts(this.#slots.page(upper), upper & PLACE_MASK, slo)
    const burning = burningPairs(judged.counts, judged.place, objective)
    const holding = this.holding(upper, slo)
    return objective.pairs.map((pair) => {
      const long = this.judged(slo, pair.long, slo.upper)
      const short = this.judged(slo, pair.short, slo.upper)
      const holds = (holding & pair.bit) !== 0
      const guarded = !holds && (burning & pair.bit) !== 0
      return {
        speed: pair.speed,
        action: pair.action,
        longSeconds: pair.longSeconds,
        shortSeconds: pair.shortSeconds,
        longBurn: windowBurn(long.bad, long.total, objective.targetPpm),
        shortBurn: windowBurn(short.bad, short.total, objective.targetPpm),
        longBad: long.bad / objective.units,
        longTotal: long.total / objective.units,
        shortBad: short.bad / objective.units,
        shortTotal: short.total / objective.units,
        threshold: pair.threshold,
        holds,
        suppressed: guarded ? suppressedText(this.#guard(slo, pair), pair, slo) : null,
      }
    })
  }

  #state(tenant: SloTenant, slo: TenantSlo, moment: Moment): SloState {
    const { upper, lower, sourced } = slo
    if (sourced !== null) return this.#counts.period(slo).total === 0 ? 'no-traffic' : 'ok'
    return stateOf({
      silent: isSilent(tenant.lastSampleAtMs, moment),
      noData: this.noDataRaised(tenant),
      hourTotal: this.#hourTotal(slo),
      impossible: slo.objective.plan.windows.some((_, window) =>
        isImpossible(this.count(upper, window)),
      ),
      onlyLowerBurns:
        lower !== NO_SLOT && this.holding(upper, slo) === 0 && this.holding(lower, slo) !== 0,
    })
  }

  #guard(slo: TenantSlo, { long }: JudgedPair): Counted {
    return guardCount(this.#slots.page(slo.upper), slo.upper & PLACE_MASK, slo, long)
  }

  /** Tells which pairs hold: a bit a pair. */
  holding(slot: number, slo: TenantSlo): number {
    return judgedPairs(this.#slots.page(slot), slot & PLACE_MASK, slo)
  }

  /** Tells in how many seconds nothing is left, at the burn of the last hour. Null where that is
   *  never, or where there are no windows. */
  exhausts(slo: TenantSlo, leftRatio: number | null): number | null {
    const { periodSeconds } = slo.objective.template
    if (slo.sourced !== null) return null
    return exhaustsInSeconds({ leftRatio, burn: this.burnOf(slo, HOUR_WINDOW), periodSeconds })
  }
}

function isImpossible({ bad, total }: Counted): boolean {
  return bad < 0 || bad > total
}

function suppressedText(
  { bad, total }: Counted,
  { minBadEvents, minTotalEvents }: JudgedPair,
  { objective }: TenantSlo,
): string {
  const unit = unitOf(objective.template)
  const what = unit === 'minute' || unit === 'slice' ? `${unit}s` : 'events'
  const shown = (count: number): string => String(Number((count / objective.units).toFixed(2)))
  const few =
    bad < minBadEvents ? `${shown(minBadEvents)} bad` : `${shown(minTotalEvents)} altogether`
  return `${shown(bad)} bad of ${shown(total)} ${what}: fewer than ${few}`
}

function uncorrectedOf(
  { period, allowed }: BudgetFigures,
  objective: Objective,
): UncorrectedStatus {
  const { units } = objective
  return {
    sliRatio: period.total > 0 ? (period.total - period.bad) / period.total : null,
    good: (period.total - period.bad) / units,
    bad: period.bad / units,
    total: period.total / units,
    budgetLeftRatio: budgetLeftRatio(period, allowed),
    budgetLeftEvents: inUnits(budgetLeftEvents(period, allowed), objective),
  }
}
