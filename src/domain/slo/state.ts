/** Which state an SLO is in, and when a tenant's silence is an alert of its own. */
import { MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import type { SloState } from './status.ts'

/** How long a tenant may be silent before it is. */
export const SILENT_MS = 5 * MINUTE_MS
/** After a pause of this length between evaluations nobody was listening: silence is counted
 *  anew. */
export const PAUSE_MS = 2 * MINUTE_MS

/** The moment that is judged. */
export interface Moment {
  readonly nowMs: number
  /** Since when samples could have been heard without a pause. */
  readonly listeningSinceMs: number
}

/** Tells whether a tenant that once was heard is silent. */
export function isSilent(lastSampleAtMs: number | null, moment: Moment): boolean {
  if (lastSampleAtMs === null) return false
  return moment.nowMs - Math.max(lastSampleAtMs, moment.listeningSinceMs) >= SILENT_MS
}

/** Tells for how long nothing was heard of a tenant; 0 where it never was. */
export function silentSeconds(
  { lastSampleAtMs }: { readonly lastSampleAtMs: number | null },
  { nowMs }: Moment,
): number {
  return lastSampleAtMs === null ? 0 : Math.max(0, nowMs - lastSampleAtMs) / SECOND_MS
}

export interface StateFacts {
  readonly silent: boolean
  /** The tenant's silence is an alert: it had traffic in the 24 hours before it fell silent. */
  readonly noData: boolean
  readonly hourTotal: number
  /** Some window counts fewer than no bad events, or more than all. */
  readonly impossible: boolean
  /** A pair holds for the pessimistic estimate and for the optimistic one does not. */
  readonly onlyLowerBurns: boolean
}

/** Tells the state: what makes the numbers unreliable goes before what they say. */
export function stateOf(facts: StateFacts): SloState {
  if (facts.noData) return 'no-data'
  if (facts.silent) return 'stale'
  if (facts.impossible) return 'inconsistent'
  if (facts.hourTotal === 0) return 'no-traffic'
  return facts.onlyLowerBurns ? 'uncertain' : 'ok'
}
