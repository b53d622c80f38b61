/**
 * What an SLO counted in its period and in stretches of it, whoever keeps the counts: slots in
 * memory and the history on disk, or a source, which is asked. Of both a person reads the period up
 * to the last closed minute: a rolling one from a full hour on, the calendar's from its begin. What
 * a source knows already belongs to the last minute as well, even if the wall clock is behind it.
 */
import type { SliCount } from '../../core/sli-source.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { Counted } from './budget.ts'
import { periodAt } from './calendar.ts'
import type { CountsBetween } from './counts-between.ts'
import type { Period } from './model/period.ts'
import { PLACE_MASK, type Slots, type SourcedCounts, type TenantSlo } from './slots.ts'
import { common, type Exclusions, type TickRange } from './tick-range.ts'
import { TICK_MS, TICKS_PER_HOUR, TICKS_PER_MINUTE } from './windows.ts'
import { periodCount, periodRange } from './page-period.ts'

export class PeriodCounts {
  readonly #slots: Slots
  readonly #between: CountsBetween
  /** By zone and unit: the calendar's period that holds a tick. All SLOs ask for the same one. */
  readonly #calendar = new Map<string, { readonly toTick: number; readonly fromTick: number }>()

  constructor(parts: { slots: Slots; between: CountsBetween }) {
    this.#slots = parts.slots
    this.#between = parts.between
  }

  /** Tells the period as a person reads it. */
  range({ upper, sourced, objective }: TenantSlo): TickRange {
    if (sourced === null) return periodRange(this.#slots.page(upper), upper & PLACE_MASK)
    const toTick = this.#lastMinute()
    return { fromTick: this.#begin(objective.template.period, toTick), toTick }
  }

  /** Counts the period. */
  period(slo: TenantSlo): Counted {
    const { upper, sourced } = slo
    if (sourced !== null) return this.read(slo, this.range(slo))
    return periodCount(this.#slots.page(upper), upper & PLACE_MASK)
  }

  /** Counts what lies in a range. See `CountsBetween.read` for what is exact of slots; a source is
   *  exact. */
  read({ upper, sourced }: TenantSlo, range: TickRange): Counted {
    if (sourced === null) return this.#between.read(upper, range)
    return this.#sourced(sourced, [range.fromTick, range.toTick])[0]!
  }

  /** Counts what lies between edges that follow each other. */
  steps({ upper, sourced }: TenantSlo, edges: readonly number[]): Counted[] {
    return sourced === null ? this.#between.steps(upper, edges) : this.#sourced(sourced, edges)
  }

  /** Counts what lies in exclusions within a range. */
  excluded({ upper, sourced }: TenantSlo, exclusions: Exclusions, range: TickRange): Counted {
    if (sourced === null) return this.#between.excluded(upper, exclusions, range)
    const sum = { total: 0, bad: 0 }
    for (const exclusion of exclusions) {
      const cut = common(exclusion, range)
      if (cut === null) continue
      const [{ total, bad }] = this.#sourced(sourced, [cut.fromTick, cut.toTick]) as [Counted]
      sum.total += total
      sum.bad += bad
    }
    return sum
  }

  #lastMinute(): number {
    const { endedTick } = this.#slots
    return Math.max(0, Math.floor(endedTick / TICKS_PER_MINUTE) * TICKS_PER_MINUTE)
  }

  #sourced({ source, tenantId }: SourcedCounts, edges: readonly number[]): Counted[] {
    const lastTick = this.#lastMinute()
    const edgesMs = edges.map((tick) => (tick < lastTick ? tick * TICK_MS : Infinity))
    return source.counts(tenantId, edgesMs).map(counted)
  }

  #begin(period: Period, toTick: number): number {
    if (period.kind === 'rolling') {
      const hourTick = Math.floor(toTick / TICKS_PER_HOUR) * TICKS_PER_HOUR
      return hourTick - (period.seconds * SECOND_MS) / TICK_MS
    }
    const key = `${period.unit} ${period.zone}`
    const known = this.#calendar.get(key)
    if (known?.toTick === toTick) return known.fromTick
    const { startMs } = periodAt(toTick * TICK_MS, period.unit, period.zone)
    const fromTick = startMs / TICK_MS
    this.#calendar.set(key, { toTick, fromTick })
    return fromTick
  }
}

function counted({ good, total }: SliCount): Counted {
  return { total, bad: total - good }
}
