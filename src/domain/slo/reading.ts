/** Reads one SLO's numbers out of its slots: status, conditions, sentences. Runs for what is
 *  asked about or raised, not for every slot. */
import { assert } from '../../core/assert.ts'
import type { Condition } from '../../core/condition.ts'
import type { SloId, TenantId } from '../../core/ids.ts'
import { SECOND_MS } from '../../core/time.ts'
import { PPM } from '../../core/units.ts'
import { LABELS } from '../../core/names/labels.ts'
import {
  allowedPpm,
  budgetLeftEvents,
  budgetLeftRatio,
  exhaustsInSeconds,
  type AllowedPpm,
  type Counted,
} from './budget.ts'
import { windowBurn } from './burn.ts'
import { burningPairs, type PairMask } from './decide.ts'
import type { ExclusionBook } from './exclusions.ts'
import { clockStatus, furthest, type SourceClocks } from './source-clocks.ts'
import {
  guardCount,
  judgedCounts,
  judgedLingering,
  judgedPairs,
  withoutLoaded,
  type JudgedSlo,
} from './judged-counts.ts'
import { LiveExclusions } from './live-exclusions.ts'
import { weighted } from './composite.ts'
import type { PeriodCounts } from './period-counts.ts'
import { stretchesOf } from './model/objective-history.ts'
import type { JudgedPair, Objective } from './objective.ts'
import type { RecomputedStatus } from './recompute/recompute.ts'
import type { RaisedAction, Voice } from './raise.ts'
import {
  NO_DATA_BIT,
  NO_SLOT,
  PLACE_MASK,
  type Slots,
  type SloTenant,
  type TenantPart,
  type TenantSlo,
} from './slots.ts'
import { isSilent, SILENT_MS, stateOf, type Moment } from './state.ts'
import type { SloBudget } from './slo-budget.ts'
import type {
  BurnStatus,
  ExclusionStatus,
  SloState,
  SloStatus,
  UncorrectedStatus,
} from './status.ts'
import { common, NO_EXCLUSIONS, type Exclusions } from './tick-range.ts'
import { NO_DATA_ACTION, thresholdOf, unitOf } from './template.ts'
import {
  budgetInWords,
  spanInWords,
  timesInWords,
  verdictOf,
  type VerdictFacts,
} from './verdict.ts'
import { COMMON_WINDOWS } from './window-plan.ts'
import { DAY_WINDOW, HOUR_WINDOW, TICK_MS } from './windows.ts'

/** What is told of a cause's page or ticket. */
export interface BurnTold {
  readonly cause: string
  readonly action: RaisedAction
  readonly voice: Voice
  readonly holds: boolean
}

export const NO_DATA_KEY = 'no-data'
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

/** A period's counts, and what of them may fail. */
export interface BudgetFigures {
  readonly period: Counted
  readonly allowed: AllowedPpm
}

export interface PeriodFigures extends BudgetFigures {
  readonly uncorrected: BudgetFigures | null
}

type Recomputed = (tenantId: TenantId, sloId: SloId) => RecomputedStatus | null

export class Reading {
  readonly #slots: Slots
  readonly #counts: PeriodCounts
  readonly #exclusions: ExclusionBook
  readonly #clocks: SourceClocks
  readonly #recomputed: Recomputed
  readonly #live = new LiveExclusions()

  constructor(parts: {
    slots: Slots
    counts: PeriodCounts
    exclusions: ExclusionBook
    clocks: SourceClocks
    recomputed: Recomputed
  }) {
    this.#recomputed = parts.recomputed
    this.#slots = parts.slots
    this.#clocks = parts.clocks
    this.#counts = parts.counts
    this.#exclusions = parts.exclusions
  }

  count(slot: number, window: number): Counted {
    const page = this.#slots.page(slot)
    const place = slot & PLACE_MASK
    return { bad: page.bads[window]![place]!, total: page.totals[window]![place]! }
  }

  /** Counts a window as decisions do: without what is excluded. */
  #judged(slo: JudgedSlo, window: number, slot: number): Counted {
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
          live === null ? this.count(upper, window) : this.#judged(live, window, upper)
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
      holding: this.#holding(upper, slo),
      burning: burningPairs(judged.counts, judged.place, objective),
    }
  }

  /** Tells what the windows of an SLO count, as decisions see them, and its period as a person
   *  reads it. Of a composite the windows that its parts share. */
  windows(slo: TenantSlo): CountedWindow[] {
    const { toTick } = this.#counts.range(slo)
    const period = { name: 'period', endTick: toTick, ...this.correctedPeriod(slo) }
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
      return [{ name, endTick, ...this.#judged(slo, window, slo.upper) }]
    })
  }

  /** Tells how much of the budget is left. Null where nothing was counted. */
  budgetLeft(slo: TenantSlo): number | null {
    return this.#leftRatio(slo, this.periodFigures(slo))
  }

  /** Where a source counted nothing, nothing failed: the budget is whole. Of events that nobody saw
   *  that cannot be said. */
  #leftRatio({ sourced }: TenantSlo, { period, allowed }: BudgetFigures): number | null {
    return budgetLeftRatio(period, allowed) ?? (sourced === null ? null : 1)
  }

  status(tenant: SloTenant, slo: TenantSlo, moment: Moment): SloStatus {
    const { objective, sourced } = slo
    const { template, targetPpm } = objective
    const figures = this.periodFigures(slo)
    const { period, allowed, uncorrected } = figures
    const leftRatio = this.#leftRatio(slo, figures)
    const clocks = this.#clocks.of(slo)
    const burns = this.#burns(slo)
    const exhausts = this.#exhausts(slo, leftRatio)
    const state = this.#state(tenant, slo, moment)
    const verdict = verdictOf({
      template,
      targetPpm,
      state,
      holdingBurn: burns.find(({ holds }) => holds)?.longBurn ?? null,
      lingering: this.#lingering(slo),
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
    const { period, allowed } = this.periodFigures(slo)
    const live = this.#liveFigures(slo)
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
      events: this.#events(slo, (each) => this.#liveFigures(each).period),
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

  /** Writes the page or ticket of a cause, holding or ceased. The key stays over the alert's
   *  life; SLO, speed, numbers and sentence are those of the voice at the moment. */
  burnCondition(tenant: SloTenant, told: BurnTold, moment: Moment): Condition {
    const { cause, action, voice, holds } = told
    const slo = tenant.slos[voice.sloIndex]!
    const { objective } = slo
    const pair = pairAt(objective, voice)
    const { template, targetPpm } = objective
    const long = this.#judged(slo, pair.long, slo.upper)
    const short = this.#judged(slo, pair.short, slo.upper)
    const { period, allowed } = this.periodFigures(slo)
    const leftRatio = budgetLeftRatio(period, allowed)
    const leftEvents = inUnits(budgetLeftEvents(period, allowed), objective)
    const exhausts = this.#exhausts(slo, leftRatio)
    return {
      source: 'slo',
      tenantId: tenant.tenantId,
      key: `${cause}/${action}`,
      holds,
      action,
      summary: holds
        ? `${tenant.name} ${this.#burnInWords(slo, voice)}${budgetInWords(leftRatio, exhausts)}.`
        : `${tenant.name} no longer burns its ${template.noun} budget too fast.`,
      numbers: {
        longBurn: windowBurn(long.bad, long.total, targetPpm) ?? 0,
        shortBurn: windowBurn(short.bad, short.total, targetPpm) ?? 0,
        threshold: pair.threshold,
        good: (long.total - long.bad) / objective.units,
        bad: long.bad / objective.units,
        total: long.total / objective.units,
        shortGood: (short.total - short.bad) / objective.units,
        shortBad: short.bad / objective.units,
        shortTotal: short.total / objective.units,
        longSeconds: pair.longSeconds,
        shortSeconds: pair.shortSeconds,
        periodSeconds: template.periodSeconds,
        objective: targetPpm / PPM,
        ...(leftRatio === null ? {} : { budgetLeft: leftRatio }),
        ...(leftEvents === null ? {} : { budgetLeftEvents: leftEvents }),
        ...(exhausts === null ? {} : { exhaustsInSeconds: exhausts }),
      },
      labels: {
        [LABELS.slo]: template.sloId,
        [LABELS.speed]: pair.speed,
        [LABELS.tier]: tenant.tier,
      },
      atMs: moment.nowMs,
    }
  }

  /** Counts a period in events or minutes; of a composite, all those of its parts. */
  #events(slo: TenantSlo, periodOf: (slo: TenantSlo) => Counted): Counted {
    const { objective, parts } = slo
    if (parts === null) {
      const { bad, total } = periodOf(slo)
      return { bad: bad / objective.units, total: total / objective.units }
    }
    const each = parts.map((part) => this.#events(part.slo, periodOf))
    return each.reduce((sum, one) => ({ bad: sum.bad + one.bad, total: sum.total + one.total }), {
      bad: 0,
      total: 0,
    })
  }

  /** Tells for which share of its length a period was counted so far; of a composite, the part that
   *  was counted longest. */
  #countedRatio({ upper, parts, objective }: TenantSlo): number {
    if (parts !== null) return Math.max(0, ...parts.map(({ slo }) => this.#countedRatio(slo)))
    const page = this.#slots.page(upper)
    const { toTick } = page.periodRange(upper & PLACE_MASK)
    const place = upper & PLACE_MASK
    const countedTicks = toTick - Math.max(page.firstCountedTick(place), page.loadedTo(place))
    const lengthTicks = (objective.template.periodSeconds * SECOND_MS) / TICK_MS
    return Math.min(1, Math.max(0, countedTicks / lengthTicks))
  }

  /** Counts the last hour as decisions do. */
  hour(slo: TenantSlo): Counted {
    return this.#judged(slo, HOUR_WINDOW, slo.upper)
  }

  /** Counts a period with its corrections. */
  correctedPeriod(slo: TenantSlo): Counted {
    return this.periodFigures(slo).period
  }

  /** Counts a period as policies judge it: without what was loaded. */
  #liveFigures(slo: TenantSlo): BudgetFigures {
    const { upper, parts } = slo
    if (parts !== null) {
      return this.#compositePeriod(parts, slo, (part) => {
        return { ...this.#liveFigures(part), uncorrected: null }
      })
    }
    const page = this.#slots.page(upper)
    const place = upper & PLACE_MASK
    const { fromTick } = page.periodRange(place)
    if (page.loadedTo(place) <= fromTick) return this.periodFigures(slo)
    return this.periodFigures({ ...slo, exclusions: this.#live.of(page, place, slo.exclusions) })
  }

  /** Counts a period with its corrections, and without them where there are any. */
  periodFigures(slo: TenantSlo): PeriodFigures {
    const { exclusions, parts } = slo
    if (parts !== null) {
      return this.#compositePeriod(parts, slo, (part) => this.periodFigures(part))
    }
    const whole = this.#counts.period(slo)
    const range = this.#counts.range(slo)
    if (!exclusions.some((exclusion) => common(exclusion, range) !== null)) {
      return { period: whole, allowed: this.#allowed(slo, whole, NO_EXCLUSIONS), uncorrected: null }
    }
    const excluded = this.#counts.excluded(slo, exclusions, range)
    const period = { total: whole.total - excluded.total, bad: whole.bad - excluded.bad }
    const allowed = this.#allowed(slo, period, exclusions)
    const uncorrected = { period: whole, allowed: this.#allowed(slo, whole, NO_EXCLUSIONS) }
    return { period, allowed, uncorrected }
  }

  /** Puts the periods of parts together. The objective is the one in force. */
  #compositePeriod(
    parts: readonly TenantPart[],
    { objective }: TenantSlo,
    figuresOf: (slo: TenantSlo) => PeriodFigures,
  ): PeriodFigures {
    const figures = parts.map(({ slo, weight }) => ({ weight, ...figuresOf(slo) }))
    const budget = (of: (figure: PeriodFigures) => Counted): BudgetFigures => {
      const period = weighted(figures.map((each) => ({ weight: each.weight, count: of(each) })))
      return { period, allowed: allowedPpm(period.total, objective.targetPpm) }
    }
    const isCorrected = figures.some(({ uncorrected }) => uncorrected !== null)
    return {
      ...budget(({ period }) => period),
      uncorrected: isCorrected ? budget((each) => each.uncorrected?.period ?? each.period) : null,
    }
  }

  /** Counts the last hour of an SLO, or of its parts: whether there was traffic. */
  #hourTotal({ upper, parts }: TenantSlo): number {
    const slots = parts === null ? [upper] : parts.map(({ slo }) => slo.upper)
    return slots.reduce((sum, slot) => sum + this.count(slot, HOUR_WINDOW).total, 0)
  }

  /** Tells what may fail of a period: of every stretch what was promised in it. */
  #allowed(slo: TenantSlo, { total }: Counted, exclusions: Exclusions): AllowedPpm {
    const { history, targetPpm } = slo.objective
    if (history.length === 1) return allowedPpm(total, targetPpm)
    const { fromTick, toTick } = this.#counts.range(slo)
    const range = { fromMs: fromTick * TICK_MS, toMs: toTick * TICK_MS }
    const stretches = stretchesOf(history, range)
    if (stretches.length === 1) return allowedPpm(total, stretches[0]!.targetPpm)
    return stretches.reduce((sum, stretch) => {
      const ticks = { fromTick: stretch.fromMs / TICK_MS, toTick: stretch.toMs / TICK_MS }
      const counted = this.#counts.read(slo, ticks).total
      const excluded = this.#counts.excluded(slo, exclusions, ticks).total
      return sum + allowedPpm(counted - excluded, stretch.targetPpm)
    }, 0)
  }

  /** Says why the voice of an alert speaks: its pair holds, or has not recovered, or nothing was
   *  heard since. */
  #burnInWords(slo: TenantSlo, voice: Voice): string {
    const { template, plan } = slo.objective
    const { noun } = template
    const { long, bit } = pairAt(slo.objective, voice)
    if ((this.#holding(slo.upper, slo) & bit) !== 0) {
      const burn = this.#burnOf(slo, long) ?? 0
      return `burns its ${noun} budget ${timesInWords(burn)} over ${plan.windows[long]!.name}`
    }
    const lingering = this.#lingering(slo)
    if (lingering === null) return `burned its ${noun} budget too fast and fell silent`
    const rate = `${timesInWords(lingering.burn)} over ${lingering.window}`
    return `burned its ${noun} budget too fast and recovers: still ${rate}`
  }

  /** Tells what keeps the alert that this SLO speaks for when no pair of it holds. */
  #lingering(slo: TenantSlo): VerdictFacts['lingering'] {
    const { upper, objective, sourced } = slo
    if (sourced !== null) return null
    const page = this.#slots.page(upper)
    const lingering = judgedLingering(page, upper & PLACE_MASK, slo)
    const kept = page.raised[upper & PLACE_MASK]! & lingering
    const pair = objective.pairs.find(({ bit }) => (kept & bit) !== 0)
    if (pair === undefined) return null
    const burn = this.#burnOf(slo, pair.short) ?? 0
    return { burn, window: objective.plan.windows[pair.short]!.name }
  }

  #burnOf(slo: TenantSlo, window: number): number | null {
    const { bad, total } = this.#judged(slo, window, slo.upper)
    return windowBurn(bad, total, slo.objective.targetPpm)
  }

  /** Writes the condition of a tenant's silence. */
  silenceCondition(tenant: SloTenant, holds: boolean, moment: Moment): Condition {
    const seconds = silentSeconds(tenant, moment)
    return {
      source: 'slo',
      tenantId: tenant.tenantId,
      key: NO_DATA_KEY,
      holds,
      action: NO_DATA_ACTION[tenant.tier],
      summary: holds
        ? `${tenant.name} had traffic within a day and nothing is heard of it for ${spanInWords(seconds)}.`
        : `${tenant.name} is heard again.`,
      numbers: { silentSeconds: seconds },
      labels: { [LABELS.tier]: tenant.tier },
      atMs: moment.nowMs,
    }
  }

  #burns(slo: TenantSlo): BurnStatus[] {
    const { objective, upper, sourced } = slo
    if (sourced !== null) return []
    const judged = judgedCounts(this.#slots.page(upper), upper & PLACE_MASK, slo)
    const burning = burningPairs(judged.counts, judged.place, objective)
    const holding = this.#holding(upper, slo)
    return objective.pairs.map((pair) => {
      const long = this.#judged(slo, pair.long, slo.upper)
      const short = this.#judged(slo, pair.short, slo.upper)
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
        lower !== NO_SLOT && this.#holding(upper, slo) === 0 && this.#holding(lower, slo) !== 0,
    })
  }

  #guard(slo: TenantSlo, { long }: JudgedPair): Counted {
    return guardCount(this.#slots.page(slo.upper), slo.upper & PLACE_MASK, slo, long)
  }

  #holding(slot: number, slo: TenantSlo): number {
    return judgedPairs(this.#slots.page(slot), slot & PLACE_MASK, slo)
  }

  #exhausts(slo: TenantSlo, leftRatio: number | null): number | null {
    const { periodSeconds } = slo.objective.template
    if (slo.sourced !== null) return null
    return exhaustsInSeconds({ leftRatio, burn: this.#burnOf(slo, HOUR_WINDOW), periodSeconds })
  }
}

function silentSeconds({ lastSampleAtMs }: SloTenant, { nowMs }: Moment): number {
  return lastSampleAtMs === null ? 0 : Math.max(0, nowMs - lastSampleAtMs) / SECOND_MS
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

function inUnits(count: number | null, { units }: Objective): number | null {
  return count === null ? null : count / units
}

function pairAt({ pairs }: Objective, { speedIndex }: Voice): JudgedPair {
  const pair = pairs.find(({ bit }) => bit === 1 << speedIndex)
  assert(pair !== undefined, 'a pair of the speed that an SLO speaks with')
  return pair
}
