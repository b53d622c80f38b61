/**
 * Adds what cells gained to the slots that they feed. The gains of one slot and bucket are put
 * together first, so that a bucket never sees the slow part of a histogram without the fast one,
 * and each ring is touched once.
 */
import { assert } from '../../core/assert.ts'
import type { Counters } from '../../core/ports.ts'
import type { Increments } from '../metrics/cell.ts'
import { ADDS_BAD, TAKES_BAD, type Binding } from './binding.ts'
import { PAGE_SLOTS } from './count-ring.ts'
import { PLACE_MASK, type Slots } from './slots.ts'
import { TICK_MS } from './windows.ts'

export type DiscardReason = 'older-than-period' | 'slice-closed' | 'too-far-ahead'

export class Booking {
  readonly #slots: Slots
  readonly #binding: Binding
  readonly #counters: Counters
  /** Two places a slot, for even and for odd ticks: what comes in together is of two
   *  neighbouring buckets at most, as a rule. */
  #ticks = new Int32Array(0)
  #totals = new Float64Array(0)
  #bads = new Float64Array(0)
  #touched = new Int32Array(0)
  #touchedCount = 0
  /** By cell: the part of an event that gains of fractions have left over. */
  readonly #fractions = new Map<number, number>()

  constructor(slots: Slots, binding: Binding, counters: Counters) {
    this.#slots = slots
    this.#binding = binding
    this.#counters = counters
  }

  book({ count, cellIds, bucketEndsMs, amounts }: Increments): void {
    this.#reserve(this.#slots.pages.length * PAGE_SLOTS)
    const { feeds, stride } = this.#binding
    for (let i = 0; i < count; i += 1) {
      const first = cellIds[i]! * stride
      if (first >= feeds.length || feeds[first] === 0) continue
      const amount = amounts[i]!
      const events = Number.isInteger(amount) ? amount : this.#wholeEvents(cellIds[i]!, amount)
      const tick = Math.ceil(bucketEndsMs[i]! / TICK_MS)
      for (let k = first; k < first + stride && feeds[k] !== 0; k += 1) {
        this.#gain((feeds[k]! >> 2) - 1, tick, feeds[k]! & 3, events)
      }
    }
    for (let i = 0; i < this.#touchedCount; i += 1) {
      const at = this.#touched[i]!
      this.#put(at)
      this.#ticks[at] = 0
    }
    this.#touchedCount = 0
  }

  discarded(reason: DiscardReason, counts: number): void {
    if (counts > 0) this.#counters.add('tenantry_slo_discarded_total', counts, { reason })
  }

  #gain(slot: number, tick: number, adds: number, events: number): void {
    const at = 2 * slot + (tick & 1)
    if (this.#ticks[at] !== tick) this.#open(at, tick)
    if (adds === TAKES_BAD) {
      this.#bads[at]! -= events
      return
    }
    this.#totals[at]! += events
    if (adds === ADDS_BAD) this.#bads[at]! += events
  }

  #open(at: number, tick: number): void {
    if (this.#ticks[at] === 0) this.#touched[this.#touchedCount++] = at
    else this.#put(at)
    this.#ticks[at] = tick
  }

  #put(at: number): void {
    const slot = at >> 1
    const page = this.#slots.page(slot)
    const total = this.#totals[at]!
    const bad = this.#bads[at]!
    const booked = page.add(slot & PLACE_MASK, this.#ticks[at]!, total, bad)
    if (booked === 'expired') this.discarded('older-than-period', 1)
    if (booked === 'slice-closed') this.discarded('slice-closed', 1)
    this.#totals[at] = 0
    this.#bads[at] = 0
  }

  /** Counts are whole events: a fraction waits until it makes one. */
  #wholeEvents(cellId: number, amount: number): number {
    assert(Number.isFinite(amount), 'a gain that is a number')
    const sum = amount + (this.#fractions.get(cellId) ?? 0)
    const whole = Math.floor(sum)
    this.#fractions.set(cellId, sum - whole)
    return whole
  }

  #reserve(slots: number): void {
    if (this.#ticks.length >= 2 * slots) return
    assert(this.#touchedCount === 0, 'nothing put together yet')
    this.#touched = new Int32Array(2 * slots)
    this.#ticks = new Int32Array(2 * slots)
    this.#totals = new Float64Array(2 * slots)
    this.#bads = new Float64Array(2 * slots)
  }
}
