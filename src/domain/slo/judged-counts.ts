/**
 * What windows count for a decision: their sums, without the buckets that exclusions touch. A
 * window of long buckets leaves out whole ones, so that nothing has to be read from disk in a tick.
 * Nothing is decided because of what was loaded, or counted again for the worse: a pair holds where
 * it holds without that as well.
 */
import type { Counted } from './budget.ts'
import { weighted } from './composite.ts'
import {
  burningPairs,
  holdingPairs,
  lingeringPairs,
  type PairMask,
  type WindowCounts,
} from './decide.ts'
import type { Objective } from './objective.ts'
import type { SlotPage } from './slot-page.ts'
import { merged, type Exclusions } from './tick-range.ts'
import { COMMON_WINDOWS } from './window-plan.ts'
import { TICKS_PER_HOUR } from './windows.ts'

/** Counts and the place in them that is a slot's. */
export interface Judged {
  readonly counts: WindowCounts
  readonly place: number
}

export interface JudgedSlo {
  readonly objective: Objective
  readonly exclusions: Exclusions
  readonly parts: readonly JudgedPart[] | null
}

export interface JudgedPart {
  readonly slo: JudgedSlo
  readonly weight: number
  readonly page: SlotPage
  readonly place: number
}

/** Tells whether an SLO's windows hold anything that is excluded. Cost: one look. */
export function isCorrected(page: SlotPage, place: number, { exclusions }: JudgedSlo): boolean {
  const last = exclusions.at(-1)
  if (last === undefined) return false
  return last.toTick > oldestJudged(page, place)
}

/** Tells where the longest window begins at the earliest: its end is a full hour. */
function oldestJudged(page: SlotPage, place: number): number {
  return page.settledTicks[place]! - page.longestWindowTicks - TICKS_PER_HOUR
}

/** Tells what the windows of a slot count. Ownership: the answer is scratch that the next call
 *  writes over, unless it is the page itself. Cost: without exclusions nothing; with them a look
 *  at every bucket that they touch. */
export function judgedCounts(page: SlotPage, place: number, slo: JudgedSlo): Judged {
  if (slo.parts !== null) return compositeCounts(slo.parts)
  if (!isCorrected(page, place, slo)) return { counts: page, place }
  const windows = page.plan.windows.length
  while (scratch.totals.length < windows) {
    scratch.totals.push(new Float64Array(1))
    scratch.bads.push(new Float64Array(1))
  }
  for (let window = 0; window < windows; window += 1) {
    const excluded = excludedIn(page, place, { window, exclusions: slo.exclusions })
    scratch.totals[window]![0] = page.totals[window]![place]! - excluded.total
    scratch.bads[window]![0] = page.bads[window]![place]! - excluded.bad
  }
  return { counts: scratch, place: 0 }
}

/**
 * Tells which pairs hold. Cost: with exclusions only where enough bad events were counted at all.
 */
export function judgedPairs(page: SlotPage, place: number, slo: JudgedSlo): PairMask {
  const pairs = allPairs(page, place, slo)
  if (pairs === 0) return 0
  const live = withoutPast(page, place, slo)
  return live === null ? pairs : pairs & allPairs(page, place, live)
}

/** Tells which pairs have not recovered. */
export function judgedLingering(page: SlotPage, place: number, slo: JudgedSlo): PairMask {
  const lingers = (judged: JudgedSlo): PairMask => {
    const { counts, place: at } = judgedCounts(page, place, judged)
    return lingeringPairs(counts, at, slo.objective)
  }
  const pairs = lingers(slo)
  const live = pairs === 0 ? null : withoutPast(page, place, slo)
  return live === null ? pairs : pairs & lingers(live)
}

/** Gives an SLO as it would be had nothing been loaded. Null where its windows hold nothing that
 *  was. */
export function withoutLoaded(page: SlotPage, place: number, slo: JudgedSlo): JudgedSlo | null {
  return without(page, place, slo, (of, at) => of.loadedTo.of(at))
}

/** Gives an SLO as decisions see it: without what was loaded, or counted again for the worse. Null
 *  where its windows hold none of it. */
export function withoutPast(page: SlotPage, place: number, slo: JudgedSlo): JudgedSlo | null {
  return without(page, place, slo, (of, at) => Math.max(of.loadedTo.of(at), of.recountedTo.of(at)))
}

function without(
  page: SlotPage,
  place: number,
  slo: JudgedSlo,
  pastTo: (page: SlotPage, place: number) => number,
): JudgedSlo | null {
  if (slo.parts !== null) {
    const parts = slo.parts.map((part) => {
      const live = without(part.page, part.place, part.slo, pastTo)
      return live === null ? part : { ...part, slo: live }
    })
    return parts.every((part, i) => part === slo.parts![i]) ? null : { ...slo, parts }
  }
  const toTick = pastTo(page, place)
  if (toTick <= oldestJudged(page, place)) return null
  return { ...slo, exclusions: merged([{ fromTick: 0, toTick }, ...slo.exclusions]) }
}

function allPairs(page: SlotPage, place: number, slo: JudgedSlo): PairMask {
  const { objective } = slo
  if (slo.parts !== null) return compositePairs(slo.parts, objective)
  if (!isCorrected(page, place, slo)) return holdingPairs(page, place, objective)
  const isCandidate = objective.pairs.some(
    ({ long, minBadEvents }) => page.bads[long]![place]! >= minBadEvents,
  )
  if (!isCandidate) return 0
  const judged = judgedCounts(page, place, slo)
  return holdingPairs(judged.counts, judged.place, objective)
}

/**
 * Tells what the parts of an SLO counted in a window, all together: what a pair's minimum is about.
 * Units: of the SLO's counts.
 */
export function guardCount(page: SlotPage, place: number, slo: JudgedSlo, window: number): Counted {
  if (slo.parts === null) {
    const judged = judgedCounts(page, place, slo)
    return countAt(judged, window)
  }
  const { units } = slo.objective
  return slo.parts.reduce(
    (sum, part) => {
      const { total, bad } = countAt(judgedCounts(part.page, part.place, part.slo), window)
      const scale = units / part.slo.objective.units
      return { total: sum.total + scale * total, bad: sum.bad + scale * bad }
    },
    { total: 0, bad: 0 },
  )
}

function countAt({ counts, place }: Judged, window: number): Counted {
  return { total: counts.totals[window]![place]!, bad: counts.bads[window]![place]! }
}

/** The windows that all plans have: those that a composite's pairs may be of. */
function compositeCounts(parts: readonly JudgedPart[]): Judged {
  const counted = parts.map((part) => {
    const judged = judgedCounts(part.page, part.place, part.slo)
    const counts = COMMON_WINDOWS.map((_, window) => countAt(judged, window))
    return { weight: part.weight, counts }
  })
  const sums = COMMON_WINDOWS.map((_, window) =>
    weighted(counted.map(({ weight, counts }) => ({ weight, count: counts[window]! }))),
  )
  const counts = {
    totals: sums.map(({ total }) => Float64Array.of(total)),
    bads: sums.map(({ bad }) => Float64Array.of(bad)),
  }
  return { counts, place: 0 }
}

/** Cost: nothing much while no part has a bad event in a long window. */
function compositePairs(parts: readonly JudgedPart[], objective: Objective): PairMask {
  const isCandidate = objective.pairs.some(({ long }) =>
    parts.some(({ page, place }) => page.bads[long]![place]! > 0),
  )
  if (!isCandidate) return 0
  const { counts, place } = compositeCounts(parts)
  const slo = { objective, exclusions: [], parts }
  return objective.pairs.reduce((mask, pair) => {
    const { total, bad } = guardCount(parts[0]!.page, parts[0]!.place, slo, pair.long)
    if (bad < pair.minBadEvents || total < pair.minTotalEvents) return mask
    return mask | (burningPairs(counts, place, { ...objective, pairs: [pair] }) & pair.bit)
  }, 0)
}

const scratch: { totals: Float64Array[]; bads: Float64Array[] } = { totals: [], bads: [] }

/** Adds up the buckets of a window that exclusions touch, each once. */
function excludedIn(
  page: SlotPage,
  place: number,
  { window, exclusions }: { readonly window: number; readonly exclusions: Exclusions },
): { total: number; bad: number } {
  const { ring, span } = page.windowRing(window)
  const { stepTicks } = ring
  const edge = ring.edges[place]!
  const sum = { total: 0, bad: 0 }
  let next = edge - span + 1
  for (const { fromTick, toTick } of exclusions) {
    const last = Math.min(edge, Math.ceil(toTick / stepTicks))
    next = Math.max(next, Math.floor(fromTick / stepTicks) + 1)
    for (; next <= last; next += 1) {
      sum.total += ring.total(place, next)
      sum.bad += ring.bad(place, next)
    }
  }
  return sum
}
