/**
 * What windows count for a decision: their sums, without the buckets that exclusions touch. A
 * window of long buckets leaves out whole ones, so that nothing has to be read from disk in a tick.
 */
import { holdingPairs, type PairMask, type WindowCounts } from './decide.ts'
import type { Objective } from './objective.ts'
import type { SlotPage } from './slot-page.ts'
import type { Exclusions } from './tick-range.ts'

/** Counts and the place in them that is a slot's. */
export interface Judged {
  readonly counts: WindowCounts
  readonly place: number
}

export interface JudgedSlo {
  readonly objective: Objective
  readonly exclusions: Exclusions
}

/** Tells whether an SLO's windows hold anything that is excluded. Cost: one look. */
export function isCorrected(page: SlotPage, place: number, { exclusions }: JudgedSlo): boolean {
  const last = exclusions.at(-1)
  if (last === undefined) return false
  return last.toTick > page.settledTicks[place]! - page.longestWindowTicks
}

/** Tells what the windows of a slot count. Ownership: the answer is scratch that the next call
 *  writes over, unless it is the page itself. Cost: without exclusions nothing; with them a look
 *  at every bucket that they touch. */
export function judgedCounts(page: SlotPage, place: number, slo: JudgedSlo): Judged {
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
  const { objective } = slo
  if (!isCorrected(page, place, slo)) return holdingPairs(page, place, objective)
  const isCandidate = objective.pairs.some(
    ({ long, minBadEvents }) => page.bads[long]![place]! >= minBadEvents,
  )
  if (!isCandidate) return 0
  const judged = judgedCounts(page, place, slo)
  return holdingPairs(judged.counts, judged.place, objective)
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
