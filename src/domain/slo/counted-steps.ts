/**
 * What an SLO counted in the steps of a range, told apart by what budgets are charged for and what
 * corrections exclude, with what of the charged may fail by the objective of its time. What the
 * line of a budget and a look back are made of.
 */
import { allowedPpm, type AllowedPpm, type Counted } from './budget.ts'
import { weighted } from './composite.ts'
import { stretchesOf } from './model/objective-history.ts'
import type { PeriodCounts } from './period-counts.ts'
import type { TenantSlo } from './slots.ts'
import type { Exclusions, TickRange } from './tick-range.ts'
import { TICK_MS } from './windows.ts'

/** What all parts of an SLO are read by. Steps follow each other; the first begins with the
 *  range. */
export interface Grid {
  readonly range: TickRange
  readonly endTicks: readonly number[]
}

/** Shape: the lists have an entry a step. */
export interface CountedSteps {
  readonly charged: readonly Counted[]
  readonly excluded: readonly Counted[]
  /** What may fail of what was charged. */
  readonly allowed: readonly AllowedPpm[]
  /** What could have failed of what is excluded. */
  readonly excludedAllowed: readonly AllowedPpm[]
}

/** A part with the counts that its shares are of. */
export interface WeightedSteps {
  readonly weight: number
  readonly steps: CountedSteps
  readonly whole: Counted
  readonly uncorrected: Counted
}

/**
 * Counts an SLO that is made of no others. `own` is where it counted by today's rules; outside it
 * is nothing.
 */
export function stepsOfOne(
  counts: PeriodCounts,
  { slo, exclusions, own }: { slo: TenantSlo; exclusions: Exclusions; own: TickRange | null },
  grid: Grid,
): CountedSteps {
  const { objective } = slo
  const charged = grid.endTicks.map(() => ({ bad: 0, total: 0 }))
  const excluded = grid.endTicks.map(() => ({ bad: 0, total: 0 }))
  const allowed = grid.endTicks.map(() => 0)
  const excludedAllowed = grid.endTicks.map(() => 0)
  if (own === null) return { charged, excluded, allowed, excludedAllowed }
  const stretches = stretchesOf(objective.history, {
    fromMs: own.fromTick * TICK_MS,
    toMs: own.toTick * TICK_MS,
  })
  const edges = edgesWithin(own, [
    ...grid.endTicks,
    ...exclusions.flatMap(({ fromTick, toTick }) => [fromTick, toTick]),
    ...stretches.map(({ toMs }) => toMs / TICK_MS),
  ])
  const pieces = counts.steps(slo, edges)
  const at = { step: 0, exclusion: 0, stretch: 0 }
  pieces.forEach(({ bad, total }, piece) => {
    const toTick = edges[piece + 1]!
    while (grid.endTicks[at.step]! < toTick) at.step += 1
    while ((exclusions[at.exclusion]?.toTick ?? Infinity) < toTick) at.exclusion += 1
    while ((stretches[at.stretch]?.toMs ?? Infinity) < toTick * TICK_MS) at.stretch += 1
    const isExcluded = (exclusions[at.exclusion]?.fromTick ?? Infinity) < toTick
    const counted = (isExcluded ? excluded : charged)[at.step]!
    counted.bad += bad
    counted.total += total
    const targetPpm = stretches[at.stretch]?.targetPpm ?? objective.targetPpm
    const mayFail = isExcluded ? excludedAllowed : allowed
    mayFail[at.step]! += allowedPpm(total, targetPpm)
  })
  return { charged, excluded, allowed, excludedAllowed }
}

/** Puts parts together: each step's counts are shares of the part's whole, weighted. */
export function stepsOfParts(parts: readonly WeightedSteps[], targetPpm: number): CountedSteps {
  const charged = sharesOf(
    parts.map(({ weight, steps, whole }) => ({ weight, steps: steps.charged, of: whole })),
  )
  const all = sharesOf(
    parts.map(({ weight, steps, uncorrected }) => ({
      weight,
      steps: steps.charged.map((count, step) => added(count, steps.excluded[step]!)),
      of: uncorrected,
    })),
  )
  const excluded = all.map(({ bad, total }, step) => ({
    bad: bad - charged[step]!.bad,
    total: total - charged[step]!.total,
  }))
  return {
    charged,
    excluded,
    allowed: charged.map(({ total }) => allowedPpm(total, targetPpm)),
    excludedAllowed: excluded.map(({ total }) => allowedPpm(total, targetPpm)),
  }
}

export function added(left: Counted, right: Counted): Counted {
  return { bad: left.bad + right.bad, total: left.total + right.total }
}

export function sumOf(counts: readonly Counted[]): Counted {
  return counts.reduce(added, NOTHING)
}

const NOTHING: Counted = { total: 0, bad: 0 }

/** Shape: ascending, each once, from the range's begin to its end. */
function edgesWithin({ fromTick, toTick }: TickRange, ticks: readonly number[]): number[] {
  const inside = ticks.filter((tick) => tick > fromTick && tick < toTick)
  return [fromTick, ...new Set(inside.toSorted((left, right) => left - right)), toTick]
}

interface PartSteps {
  readonly weight: number
  readonly steps: readonly Counted[]
  /** What the shares are of. */
  readonly of: Counted
}

/** Tells what each step adds to the weighted mean of the parts. Units: millionths of a weight. */
function sharesOf(parts: readonly PartSteps[]): Counted[] {
  const steps = parts[0]?.steps.length ?? 0
  const sums = parts.map(() => ({ bad: 0, total: 0 }))
  let before = NOTHING
  return Array.from({ length: steps }, (_, step) => {
    parts.forEach((part, index) => {
      sums[index]!.bad += part.steps[step]!.bad
      sums[index]!.total += part.steps[step]!.total
    })
    const upTo = (of: 'bad' | 'total'): number =>
      weighted(
        parts.map(({ weight, of: { total } }, index) => {
          return { weight, count: { total, bad: sums[index]![of] } }
        }),
      ).bad
    const now = { bad: upTo('bad'), total: upTo('total') }
    const gained = { bad: now.bad - before.bad, total: now.total - before.total }
    before = now
    return gained
  })
}
