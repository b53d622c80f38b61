/**
 * Which stretches of time are excluded for whom. They are worked out of the corrections once an
 * hour and when something changes, as far back as the longest period, and lie ready at every SLO.
 */
import type { SloId } from '../../core/ids.ts'
import { DAY_MS, HOUR_MS, type TimeRange } from '../../core/time.ts'
import { concerns, type Correction } from './corrections/correction.ts'
import type { Corrections } from './corrections/corrections.ts'
import { occurrencesIn } from './corrections/recurrence.ts'
import { merged, NO_EXCLUSIONS, type Exclusions, type TickRange } from './tick-range.ts'
import { HISTORY_COARSE_TICKS } from './history-steps.ts'
import type { Slots, SloTenant } from './slots.ts'
import { sliceSecondsOf } from './template.ts'
import { TICK_MS, TICK_SECONDS } from './windows.ts'

/** A quarter is worked out again in each hour; occurrences that begin meanwhile are known. */
const AHEAD_MS = 2 * HOUR_MS
const SPARE_MS = DAY_MS

/** A correction's occurrence as a budget sees it. */
export interface Excluded extends TickRange {
  readonly correction: Correction
}

/** Tells what is excluded for an SLO of a tenant. */
export type ExcludedFor = (tenant: SloTenant, sloId: SloId) => readonly Excluded[]

export class ExclusionBook {
  readonly #corrections: Corrections | null
  readonly #slots: Slots
  /** What the last round was worked out of. */
  #seen = ''
  /** Occurrences of all corrections in force, uncut. */
  #occurrences: readonly Excluded[] = []

  constructor(slots: Slots, corrections: Corrections | null) {
    this.#slots = slots
    this.#corrections = corrections
  }

  /** Follows the clock, the corrections and the tenants. Cost: nothing while none of them moved on;
   *  without corrections a look. */
  refresh(nowMs: number): void {
    const corrections = this.#corrections
    if (corrections === null) return
    const hour = corrections.all().length === 0 ? 0 : Math.floor(nowMs / HOUR_MS)
    const seen = `${hour} ${corrections.generation()} ${this.#slots.version}`
    if (seen === this.#seen) return
    this.#seen = seen
    this.#expand(corrections, nowMs)
    this.#lay()
  }

  /**
   * Works out what is excluded in a range that may lie before all that is ready. Shape: rounded
   * outwards to steps of so many ticks. Cost: expands every correction.
   */
  during(range: TickRange, stepTicks: number): ExcludedFor {
    const corrections = this.#corrections
    if (corrections === null) return () => []
    const inMs = { fromMs: range.fromTick * TICK_MS, toMs: range.toTick * TICK_MS }
    return this.#concerning(occurrencesOf(corrections, inMs, stepTicks))
  }

  /** Lists what is excluded for an SLO of a tenant within a range, with the reasons. */
  within(tenant: SloTenant, sloId: SloId, { fromTick, toTick }: TickRange): readonly Excluded[] {
    return this.#concerning(this.#occurrences)(tenant, sloId).filter(
      (one) => one.fromTick < toTick && one.toTick > fromTick,
    )
  }

  #expand(corrections: Corrections, nowMs: number): void {
    const seconds = this.#slots.templates.map(({ periodSeconds }) => periodSeconds)
    const backMs = Math.max(0, ...seconds) * 1_000 + SPARE_MS
    const range = { fromMs: nowMs - backMs, toMs: nowMs + AHEAD_MS }
    this.#occurrences = occurrencesOf(corrections, range, HISTORY_COARSE_TICKS)
  }

  /** Slices that a correction touches are excluded whole. */
  #concerning(occurrences: readonly Excluded[]): ExcludedFor {
    return ({ tenantId, tier }, sloId) => {
      const own = occurrences.filter(({ correction }) => {
        return concerns(correction, { tenantId, tier, sloId })
      })
      const template = this.#slots.templates.find((one) => one.sloId === sloId)
      const seconds = template === undefined ? null : sliceSecondsOf(template)
      if (own.length === 0 || seconds === null) return own
      const ticks = commonTicks(seconds / TICK_SECONDS, HISTORY_COARSE_TICKS)
      return ticks === HISTORY_COARSE_TICKS ? own : own.map((one) => widened(one, ticks))
    }
  }

  /** Puts the stretches to the SLOs. Those that corrections of all or of a tier concern share
   *  theirs. */
  #lay(): void {
    const shared = new Map<string, Exclusions>()
    const named = new Set(this.#occurrences.flatMap(({ correction }) => correction.tenantId ?? []))
    for (const tenant of this.#slots.tenants) {
      tenant.slos.forEach((slo) => {
        const { sloId } = slo.objective.template
        const key = named.has(tenant.tenantId) ? '' : `${tenant.tier}/${sloId}`
        let exclusions = key === '' ? undefined : shared.get(key)
        if (exclusions === undefined) {
          exclusions = this.#of(tenant, sloId)
          if (key !== '') shared.set(key, exclusions)
        }
        slo.exclusions = exclusions
      })
    }
  }

  #of(tenant: SloTenant, sloId: SloId): Exclusions {
    if (this.#occurrences.length === 0) return NO_EXCLUSIONS
    const own = this.within(tenant, sloId, { fromTick: -Infinity, toTick: Infinity })
    return own.length === 0 ? NO_EXCLUSIONS : merged(own)
  }
}

function occurrencesOf(
  corrections: Corrections,
  range: TimeRange,
  stepTicks: number,
): readonly Excluded[] {
  return corrections
    .all()
    .filter(({ revokedAtMs }) => revokedAtMs === null)
    .flatMap((correction) =>
      occurrencesIn(correction, range).map(({ fromMs, toMs }) => ({
        correction,
        fromTick: Math.floor(fromMs / TICK_MS / stepTicks) * stepTicks,
        toTick: Math.ceil(toMs / TICK_MS / stepTicks) * stepTicks,
      })),
    )
}

/** Rounds outwards. */
function widened(excluded: Excluded, ticks: number): Excluded {
  const { fromTick, toTick } = excluded
  return {
    ...excluded,
    fromTick: Math.floor(fromTick / ticks) * ticks,
    toTick: Math.ceil(toTick / ticks) * ticks,
  }
}

/** Tells the shortest span that is whole slices and whole steps. */
function commonTicks(sliceTicks: number, stepTicks: number): number {
  let ticks = sliceTicks
  while (ticks % stepTicks !== 0) ticks += sliceTicks
  return ticks
}
