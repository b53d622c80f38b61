/**
 * An impact is a span in which a tenant had an alert that pages, over all its SLOs: from the first
 * that held to the resolution of the last. It is recovered when it ended within the limit. Each is
 * counted once, when that is known: a recovered one at its end, any other at the limit, whether it
 * has ended since or not. How long it lasted is elapsed time, which no step of the wall clock
 * moves. Pure.
 *
 *   known(impact) = openedAt + min(elapsed, limit)      good = ended and elapsed < limit
 *
 * Worked, limit 4 h: 10:00 to 10:40 is good at 10:40; 10:00 to 15:00 is bad at 14:00; open since
 * 10:00 counts as nothing until 14:00, then as bad.
 */
import { createHash } from 'node:crypto'
import type { TenantId } from '../../core/ids.ts'
import { IMPACT_LIMITS } from './limits.ts'

export interface Impact {
  readonly impactId: string
  readonly tenantId: TenantId
  readonly openedAtMs: number
  /** By the wall clock. Null while it is open. */
  readonly endedAtMs: number | null
  /** How long it lasted, or how long it is open. */
  readonly elapsedMs: number
}

export const IMPACT_OUTCOMES = ['running', 'overdue', 'recovered', 'late'] as const
/** `running` and `overdue` are open, within the limit and past it. */
export type ImpactOutcome = (typeof IMPACT_OUTCOMES)[number]

export interface KnownOutcome {
  readonly atMs: number
  readonly isGood: boolean
}

/** Begins an impact. Ids come from what they name, so that the same run gives the same ids. */
export function impactOpened(tenantId: TenantId, openedAtMs: number): Impact {
  const name = createHash('sha256')
    .update(`${tenantId}/${String(openedAtMs)}`)
    .digest('hex')
  const impactId = `imp_${name.slice(0, 24)}`
  return { impactId, tenantId, openedAtMs, endedAtMs: null, elapsedMs: 0 }
}

/** Tells whether a page now continues an impact that has ended: it came back as soon as an alert
 *  that is the same one would. A clock that stepped back before the end counts as soon after it. */
export function continues({ endedAtMs }: Impact, nowMs: number): boolean {
  return endedAtMs !== null && nowMs - endedAtMs < IMPACT_LIMITS.continuesWithinMs
}

/** Tells what an impact counts as, and since when. Null while that is open. */
export function knownOutcome(impact: Impact, limitMs: number): KnownOutcome | null {
  const { openedAtMs, endedAtMs, elapsedMs } = impact
  const isLate = elapsedMs >= limitMs
  if (!isLate && endedAtMs === null) return null
  return { atMs: openedAtMs + Math.min(elapsedMs, limitMs), isGood: !isLate }
}

export function outcomeOf({ endedAtMs, elapsedMs }: Impact, limitMs: number): ImpactOutcome {
  if (endedAtMs === null) return elapsedMs < limitMs ? 'running' : 'overdue'
  return elapsedMs < limitMs ? 'recovered' : 'late'
}
