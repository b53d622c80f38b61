/**
 * What becomes of a delivery after an attempt: sent, tried again at some time, or given up. Pure:
 * randomness is handed in. Source: exponential backoff with full jitter, M. Brooker, "Exponential
 * Backoff and Jitter", AWS Architecture Blog, 2015.
 */
import type { Prng } from '../../core/prng.ts'
import type { SendOutcome } from './channels/channel.ts'
import { ROUTING_LIMITS } from './limits.ts'

export type Settlement =
  | { readonly state: 'sent' }
  | { readonly state: 'pending'; readonly nextAtMs: number }
  | { readonly state: 'dead'; readonly reason: 'permanent' | 'attempts' }

/** The longest that a retry can lie ahead: one that lies further was scheduled before the clock
 *  stepped back. */
export const LONGEST_WAIT_MS = Math.max(ROUTING_LIMITS.backoffCapMs, ROUTING_LIMITS.retryAfterCapMs)

/** Decides after the given attempt, counted from 1. A pause that the receiver asked for is kept
 *  whole, up to an hour. */
export function settlementOf(
  outcome: SendOutcome,
  attempt: number,
  nowMs: number,
  prng: Prng,
): Settlement {
  if (outcome.kind === 'delivered') return { state: 'sent' }
  if (outcome.kind === 'permanent') return { state: 'dead', reason: 'permanent' }
  if (attempt >= ROUTING_LIMITS.attempts) return { state: 'dead', reason: 'attempts' }
  const backoffMs = jitteredBackoffMs(attempt, ROUTING_LIMITS.backoffCapMs, prng)
  return { state: 'pending', nextAtMs: nowMs + Math.max(backoffMs, askedPauseMs(outcome)) }
}

/** Draws a wait from (0, min(cap, base x 2^(attempt - 1))], so that receivers that recover are not
 *  met by everybody at once. Units: ms. Worked: the third attempt waits up to 4 s. */
export function jitteredBackoffMs(attempt: number, capMs: number, prng: Prng): number {
  const doubled = ROUTING_LIMITS.backoffBaseMs * 2 ** Math.min(attempt - 1, 30)
  return 1 + prng.below(Math.min(capMs, doubled))
}

/** Tells the pause that the receiver asked for, cut at the limit; 0 without one. */
export function askedPauseMs(outcome: SendOutcome): number {
  return Math.min(outcome.retryAfterMs ?? 0, ROUTING_LIMITS.retryAfterCapMs)
}
