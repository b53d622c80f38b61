/** What an SLO's period counts, and what of it may fail: with and without corrections, with and
 *  without what was loaded, alone and of parts. */
import { allowedPpm, type AllowedPpm, type Counted } from './budget.ts'
import { weighted } from './composite.ts'
import { LiveExclusions } from './live-exclusions.ts'
import { stretchesOf } from './model/objective-history.ts'
import type { Objective } from './objective.ts'
import type { PeriodCounts } from './period-counts.ts'
import { PLACE_MASK, type Slots, type TenantPart, type TenantSlo } from './slots.ts'
import { common, NO_EXCLUSIONS, type Exclusions } from './tick-range.ts'
import { TICK_MS } from './windows.ts'
import { periodRange } from './page-period.ts'

/** A period's counts, and what of them may fail. */
export interface BudgetFigures {
  readonly period: Counted
  readonly allowed: AllowedPpm
}

export interface PeriodFigures extends BudgetFigures {
  readonly uncorrected: BudgetFigures | null
}

export class Periods {
  readonly #slots: Slots
  readonly #counts: PeriodCounts
  readonly #live = new LiveExclusions()

  constructor(parts: { slots: Slots; counts: PeriodCounts }) {
    this.#slots = parts.slots
    this.#counts = parts.counts
  }

  /** Counts a period with its corrections, and without them where there are any. */
  figures(slo: TenantSlo): PeriodFigures {
    const { exclusions, parts } = slo
    if (parts !== null) {
      return this.#ofParts(parts, slo, (part) => this.figures(part))
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
  #ofParts(
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

  /** Counts a period with its corrections. */
  corrected(slo: TenantSlo): Counted {
    return this.figures(slo).period
  }

  /** Counts a period as policies judge it: without what was loaded. */
  liveFigures(slo: TenantSlo): BudgetFigures {
    const { upper, parts } = slo
    if (parts !== null) {
      return this.#ofParts(parts, slo, (part) => {
        return { ...this.liveFigures(part), uncorrected: null }
      })
    }
    const page = this.#slots.page(upper)
    const place = upper & PLACE_MASK
    const { fromTick } = periodRange(page, place)
    if (page.loadedTo.of(place) <= fromTick) return this.figures(slo)
    return this.figures({ ...slo, exclusions: this.#live.of(page, place, slo.exclusions) })
  }

  /** Counts a period in events or minutes; of a composite, all those of its parts. */
  events(slo: TenantSlo, periodOf: (slo: TenantSlo) => Counted): Counted {
    const { objective, parts } = slo
    if (parts === null) {
      const { bad, total } = periodOf(slo)
      return { bad: bad / objective.units, total: total / objective.units }
    }
    const each = parts.map((part) => this.events(part.slo, periodOf))
    return each.reduce((sum, one) => ({ bad: sum.bad + one.bad, total: sum.total + one.total }), {
      bad: 0,
      total: 0,
    })
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
}

/** Turns a count into events or minutes. */
export function inUnits(count: number | null, { units }: Objective): number | null {
  return count === null ? null : count / units
}
