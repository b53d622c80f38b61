/**
 * A clock that stands still until it is told to go on, for tests, for the demo's history and for
 * fault simulation. Elapsed time is exact; wall time is derived from it and may drift or be
 * stepped, as a machine's does. Timers hang on elapsed time and so are never moved by a step.
 */
import { assert } from '../../core/assert.ts'
import type { Clock } from '../../core/ports.ts'

export interface SimClock extends Clock {
  /** Lets a span of elapsed time pass. Timers fire in order of their due time, and of their
   *  making where that is equal; after each, promise chains run until they wait for a timer
   *  again. A timer's error is thrown here. */
  advance(spanMs: number): Promise<void>
  /** Moves the wall clock alone, backwards where negative, as an operator or NTP would. */
  step(jumpMs: number): void
  /** How many timers wait. */
  pending(): number
}

interface Timer {
  readonly dueMs: number
  readonly call: () => void
}

/** More timers than this at one instant are a loop that waits for nothing. */
const FIRED_AT_ONE_INSTANT_MAX = 100_000

/** Opens a simulated clock. Units: `driftPpm` is how much faster the wall clock runs than
 *  elapsed time, in parts per million. */
export function openSimClock(
  startMs: number,
  { driftPpm = 0 }: { driftPpm?: number } = {},
): SimClock {
  let monotonicMs = 0
  let steppedMs = 0
  let advancing = false
  const timers: Timer[] = []

  const after: Clock['after'] = (delayMs, call) => {
    const timer = { dueMs: monotonicMs + Math.max(0, delayMs), call }
    timers.splice(placeAfterEqual(timers, timer.dueMs), 0, timer)
    return () => {
      const index = timers.indexOf(timer)
      if (index >= 0) timers.splice(index, 1)
    }
  }

  return {
    nowMs: () => Math.round(startMs + steppedMs + monotonicMs * (1 + driftPpm / 1_000_000)),
    monotonicMs: () => monotonicMs,
    after,
    sleep(delayMs, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const cancel = after(delayMs, () => {
          signal?.removeEventListener('abort', wake)
          resolve()
        })
        const wake = (): void => {
          cancel()
          resolve()
        }
        signal?.addEventListener('abort', wake, { once: true })
      })
    },
    async advance(spanMs) {
      assert(spanMs >= 0, 'elapsed time does not go back')
      assert(!advancing, 'one advance at a time')
      advancing = true
      try {
        await settle()
        const untilMs = monotonicMs + spanMs
        let firedAtInstant = 0
        for (let next = timers[0]; next !== undefined && next.dueMs <= untilMs; next = timers[0]) {
          firedAtInstant = next.dueMs > monotonicMs ? 0 : firedAtInstant + 1
          assert(firedAtInstant < FIRED_AT_ONE_INSTANT_MAX, 'timers that let time pass')
          monotonicMs = next.dueMs
          timers.shift()
          next.call()
          await settle()
        }
        monotonicMs = untilMs
      } finally {
        advancing = false
      }
    },
    step(jumpMs) {
      steppedMs += jumpMs
    },
    pending: () => timers.length,
  }
}

/** Where a new timer goes: behind all that are due no later. */
function placeAfterEqual(timers: readonly Timer[], dueMs: number): number {
  let low = 0
  let high = timers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timers[middle]?.dueMs ?? 0) <= dueMs) low = middle + 1
    else high = middle
  }
  return low
}

/** One turn of the event loop: Node runs every promise chain to its end before it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
