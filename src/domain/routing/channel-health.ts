/**
 * Whether a channel is worth trying. A receiver that throttles is left alone for as long as it
 * asks; one that fails several times in a row pauses the whole channel and is then probed with one
 * delivery. Times are monotonic: a wall clock that steps cannot prolong a pause.
 */
import type { Prng } from '../../core/prng.ts'
import type { SendOutcome } from './channels/channel.ts'
import { ROUTING_LIMITS } from './limits.ts'
import { askedPauseMs, jitteredBackoffMs } from './retry.ts'

export class ChannelHealth {
  readonly #prng: Prng
  #failures = 0
  #pausedUntilMs = 0

  constructor(prng: Prng) {
    this.#prng = prng
  }

  /** Tells how many deliveries may be under way now. */
  allowance(monotonicMs: number): number {
    if (monotonicMs < this.#pausedUntilMs) return 0
    return this.#isTroubled() ? 1 : ROUTING_LIMITS.inFlightPerChannel
  }

  /** Units: ms until the pause ends; 0 without one. */
  pauseLeftMs(monotonicMs: number): number {
    return Math.max(0, this.#pausedUntilMs - monotonicMs)
  }

  note(outcome: SendOutcome, monotonicMs: number): void {
    if (outcome.kind === 'delivered' || outcome.kind === 'permanent') {
      this.#failures = 0
      return
    }
    this.#failures += 1
    const trouble = this.#failures - ROUTING_LIMITS.failuresBeforePause + 1
    const pauseMs =
      trouble > 0 ? jitteredBackoffMs(trouble, ROUTING_LIMITS.pauseCapMs, this.#prng) : 0
    const untilMs = monotonicMs + Math.max(pauseMs, askedPauseMs(outcome))
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs)
  }

  #isTroubled(): boolean {
    return this.#failures >= ROUTING_LIMITS.failuresBeforePause
  }
}
