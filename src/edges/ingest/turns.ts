/**
 * Where writes wait: between the reading of a body and its walk. One is handled after the other, by
 * turns between owners (`fair-queue.ts`); after a few milliseconds everything else gets a turn of
 * the event loop, so that bodies that came meanwhile are read and take part.
 */
import type { Clock, Counters } from '../../core/ports.ts'
import { FairQueue } from './fair-queue.ts'

/** An owner's share: a request of usual size. */
const SHARE_MS = 2
/** After how long everything else gets a turn. */
const SLICE_MS = 2

export interface Turns {
  /** Does work when its owner's turn comes, and resolves with its result. */
  take<Result>(owner: string, work: () => Result | Promise<Result>): Promise<Result>
  /** Counts main-thread time that an owner's work took outside its turn. */
  charge(owner: string, milliseconds: number): void
}

export interface TurnsDeps {
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly counters: Pick<Counters, 'gauge' | 'observe'>
}

export function openTurns({ clock, counters }: TurnsDeps): Turns {
  const queue = new FairQueue<() => void>(SHARE_MS)
  let isRunning = false

  const run = async (): Promise<void> => {
    isRunning = true
    while (queue.size > 0) {
      await clock.sleep(0)
      const untilMs = clock.monotonicMs() + SLICE_MS
      let beganMs = clock.monotonicMs()
      while (beganMs < untilMs) {
        const next = queue.next()
        if (next === undefined) break
        next.work()
        const endedMs = clock.monotonicMs()
        queue.charge(next.owner, endedMs - beganMs)
        beganMs = endedMs
      }
    }
    isRunning = false
  }

  counters.gauge('tenantry_ingest_waiting_requests', () => queue.size)

  return {
    take(owner, work) {
      const cameMs = clock.monotonicMs()
      return new Promise((resolve, reject) => {
        queue.push(owner, () => {
          counters.observe('tenantry_ingest_wait_seconds', (clock.monotonicMs() - cameMs) / 1_000)
          try {
            resolve(work())
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        })
        if (!isRunning) void run()
      })
    },
    charge: (owner, milliseconds) => queue.charge(owner, milliseconds),
  }
}
