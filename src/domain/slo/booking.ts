/**
 * Adds what cells gained to the slots that they feed, in pieces: gains wait in columns, are put
 * together by slot and bucket, and then each ring is touched once. So a bucket never shows the slow
 * part of a histogram without the fast one, and whoever pauses between two pieces finds every slot
 * as it was or as it will be.
 */
import { assert } from '../../core/assert.ts'
import type { Counters } from '../../core/ports.ts'
import type { Increments } from '../metrics/cell.ts'
import {
  ADDS_BAD,
  addsOfFeed,
  slotOfFeed,
  STANDS_IN_BAD,
  STANDS_IN_GOOD,
  TAKES_BAD,
  TURNS_BAD,
  type Binding,
} from './binding.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import { PLACE_MASK, type Slots } from './slots.ts'
import { TICK_MS } from './windows.ts'

export type DiscardReason = 'older-than-period' | 'slice-closed' | 'too-far-ahead' | 'loaded'

/** Handled between two looks at the clock: about 0.1 ms. */
const GAINS_A_PIECE = 2_048
const SLOTS_A_PIECE = 1_024

/** What a slot gained in a bucket. */
export interface SlotGain {
  readonly slot: number
  readonly tick: number
  readonly total: number
  readonly bad: number
}

/** Takes gains in place of the pages; some are no events but stand in for them. */
export type TakeGain = (gain: SlotGain, standsIn: boolean) => void

export class Booking {
  readonly #slots: Slots
  readonly #binding: Binding
  readonly #counters: Counters
  readonly #takeGain: TakeGain
  /** Two places a slot, for even and for odd ticks: what comes in together is of two
   *  neighbouring buckets at most, as a rule. */
  #ticks = new Int32Array(0)
  #totals = new Float64Array(0)
  #bads = new Float64Array(0)
  #touched = new Int32Array(0)
  #touchedCount = 0
  /** What came and is not put together yet: from `#next` on. */
  #waiting = columnsFor(64)
  #next = 0
  /** By cell: the part of an event that gains of fractions have left over. */
  readonly #fractions = new Map<number, number>()

  constructor(slots: Slots, binding: Binding, counters: Counters, takeGain?: TakeGain) {
    this.#slots = slots
    this.#binding = binding
    this.#counters = counters
    this.#takeGain = takeGain ?? ((gain, standsIn) => this.#book(gain, standsIn))
  }

  /** Takes gains, to be booked by `pieces` or `flush`; what earlier ones left is booked first, so
   *  that never more than one call's wait. Cost: a copy. */
  take({ count, cellIds, bucketEndsMs, amounts }: Increments): void {
    this.flush()
    const waiting = withRoom(this.#waiting, count)
    waiting.cellIds.set(cellIds.subarray(0, count))
    waiting.bucketEndsMs.set(bucketEndsMs.subarray(0, count))
    waiting.amounts.set(amounts.subarray(0, count))
    waiting.count = count
    this.#waiting = waiting
    this.#next = 0
  }

  /** Books what waits. Shape: each yield is a place to pause. What is taken or flushed meanwhile
   *  leaves nothing behind and nothing twice. */
  *pieces(): Generator<void, void> {
    while (this.#next < this.#waiting.count || this.#touchedCount > 0) {
      while (this.#next < this.#waiting.count) {
        this.#gather(Math.min(this.#next + GAINS_A_PIECE, this.#waiting.count))
        yield
      }
      while (this.#touchedCount > 0) {
        this.#putLast(SLOTS_A_PIECE)
        yield
      }
    }
  }

  /** Books what waits, all at once. */
  flush(): void {
    for (const _ of this.pieces());
  }

  discarded(reason: DiscardReason, counts: number): void {
    if (counts > 0) this.#counters.add('tenantry_slo_discarded_total', counts, { reason })
  }

  /** Puts together what the next cells gained, up to a place in the columns. */
  #gather(to: number): void {
    this.#reserve(this.#slots.pages.length * PAGE_SLOTS)
    const { feeds, stride } = this.#binding
    const { cellIds, bucketEndsMs, amounts } = this.#waiting
    for (let i = this.#next; i < to; i += 1) {
      const first = cellIds[i]! * stride
      if (first >= feeds.length || feeds[first] === 0) continue
      const amount = amounts[i]!
      const events = Number.isInteger(amount) ? amount : this.#wholeEvents(cellIds[i]!, amount)
      const tick = Math.ceil(bucketEndsMs[i]! / TICK_MS)
      for (let k = first; k < first + stride && feeds[k] !== 0; k += 1) {
        this.#gain(slotOfFeed(feeds[k]!), tick, addsOfFeed(feeds[k]!), events)
      }
    }
    this.#next = to
  }

  #putLast(slots: number): void {
    const to = Math.max(0, this.#touchedCount - slots)
    for (let i = this.#touchedCount - 1; i >= to; i -= 1) {
      const at = this.#touched[i]!
      this.#put(at)
      this.#ticks[at] = 0
    }
    this.#touchedCount = to
  }

  #gain(slot: number, tick: number, adds: number, events: number): void {
    if (adds >= STANDS_IN_GOOD) {
      this.#standIn(slot, tick, events, adds === STANDS_IN_BAD ? events : 0)
      return
    }
    const at = 2 * slot + (tick & 1)
    if (this.#ticks[at] !== tick) this.#open(at, tick)
    if (adds === TAKES_BAD) {
      this.#bads[at]! -= events
      return
    }
    if (adds !== TURNS_BAD) this.#totals[at]! += events
    if (adds === ADDS_BAD || adds === TURNS_BAD) this.#bads[at]! += events
  }

  #open(at: number, tick: number): void {
    if (this.#ticks[at] === 0) this.#touched[this.#touchedCount++] = at
    else this.#put(at)
    this.#ticks[at] = tick
  }

  #put(at: number): void {
    const gain = {
      slot: at >> 1,
      tick: this.#ticks[at]!,
      total: this.#totals[at]!,
      bad: this.#bads[at]!,
    }
    this.#takeGain(gain, false)
    this.#totals[at] = 0
    this.#bads[at] = 0
  }

  /** Few: they are not put together. */
  #standIn(slot: number, tick: number, total: number, bad: number): void {
    this.#takeGain({ slot, tick, total, bad }, true)
  }

  #book({ slot, tick, total, bad }: SlotGain, standsIn: boolean): void {
    const page = this.#slots.page(slot)
    const place = slot & PLACE_MASK
    const booked = standsIn
      ? page.addStandIn(place, tick, total, bad)
      : page.add(place, tick, total, bad)
    if (booked === 'expired') this.discarded('older-than-period', 1)
    else if (booked === 'slice-closed' || booked === 'loaded') this.discarded(booked, 1)
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
    this.#touched = grown(this.#touched, new Int32Array(2 * slots))
    this.#ticks = grown(this.#ticks, new Int32Array(2 * slots))
    this.#totals = grown(this.#totals, new Float64Array(2 * slots))
    this.#bads = grown(this.#bads, new Float64Array(2 * slots))
  }
}

function withRoom(columns: Increments, count: number): Increments {
  return columns.cellIds.length >= count ? columns : columnsFor(Math.ceil(1.125 * count))
}

function columnsFor(room: number): Increments {
  return {
    count: 0,
    cellIds: new Int32Array(room),
    bucketEndsMs: new Float64Array(room),
    amounts: new Float64Array(room),
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from)
  return into
}
