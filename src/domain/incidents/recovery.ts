/** Recovery time as counts: of the impacts of a tenant, those that ended within the limit are good.
 *  What the SLO engine judges the guide's recovery objective by. */
import type { SliClock, SliCount, SliSource } from '../../core/sli-source.ts'
import { SECOND_MS } from '../../core/time.ts'
import { knownOutcome, type Impact } from './impact.ts'
import { IMPACT_LIMITS } from './limits.ts'

export interface RecoveredImpacts {
  readonly of: (tenantId: Impact['tenantId']) => readonly Impact[]
  readonly open: () => readonly Impact[]
}

/** Makes the source of impacts, wherever these come from. */
export function recoverySource({ of, open }: RecoveredImpacts): SliSource {
  const limitMs = IMPACT_LIMITS.recoveredWithinMs
  return {
    name: 'recovery',
    one: 'impact',
    many: 'impacts',
    counts: (tenantId, edgesMs) => impactCounts(of(tenantId), edgesMs, limitMs),
    clocks: () => open().map((impact) => clockOf(impact, limitMs)),
  }
}

/** Counts impacts by when it was known what they are, between edges. Shape: a count for each edge
 *  but the first. */
export function impactCounts(
  impacts: readonly Impact[],
  edgesMs: readonly number[],
  limitMs: number,
): SliCount[] {
  const counts = edgesMs.slice(1).map(() => ({ good: 0, total: 0 }))
  for (const impact of impacts) {
    const known = knownOutcome(impact, limitMs)
    if (known === null || known.atMs <= edgesMs[0]!) continue
    const step = stepOf(edgesMs, known.atMs)
    const count = counts[step]
    if (count === undefined) continue
    count.total += 1
    if (known.isGood) count.good += 1
  }
  return counts
}

/** Finds the step (edge, next edge] that holds an instant after the first edge. */
function stepOf(edgesMs: readonly number[], atMs: number): number {
  let low = 1
  let high = edgesMs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edgesMs[middle]! < atMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

function clockOf(impact: Impact, limitMs: number): SliClock {
  return {
    tenantId: impact.tenantId,
    clockId: impact.impactId,
    startedAtMs: impact.openedAtMs,
    elapsedSeconds: impact.elapsedMs / SECOND_MS,
    limitSeconds: limitMs / SECOND_MS,
  }
}
