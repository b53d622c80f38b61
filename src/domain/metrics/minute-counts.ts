/**
 * What came of each tenant minute by minute over the last hour: new series, samples. In memory
 * only: after a restart it begins anew.
 */
import { MINUTE_MS } from '../../core/time.ts'

const MINUTES = 60

interface Ring {
  /** The minute that was noted last, since the epoch. */
  minute: number
  readonly counts: Float64Array
}

export class MinuteCounts {
  /** By tenant. */
  readonly #rings: (Ring | undefined)[] = []

  note(tenant: number, atMs: number, amount: number): void {
    const ring = this.#turned(tenant, atMs)
    const place = ring.minute % MINUTES
    ring.counts[place] = ring.counts[place]! + amount
  }

  /** Shape: sixty minutes, the present one last. */
  minutes(tenant: number, nowMs: number): number[] {
    if (this.#rings[tenant] === undefined) return Array.from({ length: MINUTES }, () => 0)
    const { minute, counts } = this.#turned(tenant, nowMs)
    return Array.from(counts, (_, index) => counts[(minute + 1 + index) % MINUTES]!)
  }

  /**
   * Clears the minutes that passed since the last call. Time that steps back stays in its minute.
   */
  #turned(tenant: number, atMs: number): Ring {
    const minute = Math.floor(atMs / MINUTE_MS)
    const ring = (this.#rings[tenant] ??= { minute, counts: new Float64Array(MINUTES) })
    const passed = Math.min(MINUTES, minute - ring.minute)
    for (let step = 1; step <= passed; step += 1) ring.counts[(ring.minute + step) % MINUTES] = 0
    ring.minute = Math.max(ring.minute, minute)
    return ring
  }
}
