/**
 * What the slots of a page counted in the calendar's present period. Counts are added as they are
 * booked, however late, so that no bucket has to be kept for a quarter: those of the period that
 * holds a slot's settled minute, and those of the one after it, which begins while the last minutes
 * of the old one settle.
 */
import { PAGE_SLOTS } from './count-columns.ts'
import { periodAt, type CalendarPeriod } from './calendar.ts'
import type { CalendarUnit } from './model/period.ts'
import { TICK_MS, TICKS_PER_MINUTE } from './windows.ts'

const MINUTE_MS = TICKS_PER_MINUTE * TICK_MS

/** Per slot: total and bad of the present period, then of the next; its end as a tick. */
const COLUMNS = 5

export class CalendarCounts {
  readonly #unit: CalendarUnit
  readonly #zone: string
  #columns = new Float64Array(COLUMNS * PAGE_SLOTS)
  /** The period that was asked for last: slots of a page are mostly in one. */
  #known: CalendarPeriod | null = null

  constructor({ unit, zone }: { readonly unit: CalendarUnit; readonly zone: string }) {
    this.#unit = unit
    this.#zone = zone
  }

  /** Sets in which period a slot that counted nothing begins. */
  open(slot: number, settledTick: number): void {
    this.#columns.fill(0, slot * COLUMNS, (slot + 1) * COLUMNS)
    this.#columns[slot * COLUMNS + 4] = this.#periodAt(minuteMs(settledTick)).endMs / TICK_MS
  }

  /** Tells the present period of a slot as ticks, (fromTick, toTick]. */
  period(slot: number): { readonly fromTick: number; readonly toTick: number } {
    const toTick = this.#columns[slot * COLUMNS + 4]!
    return { fromTick: this.#periodAt(toTick * TICK_MS).startMs / TICK_MS, toTick }
  }

  /** Adds to the period that a tick belongs to. Tells whether it is one of the two. */
  add(slot: number, tick: number, total: number, bad: number): boolean {
    const { fromTick, toTick } = this.period(slot)
    if (tick <= fromTick) return false
    const at = slot * COLUMNS + (tick <= toTick ? 0 : 2)
    this.#columns[at]! += total
    this.#columns[at + 1]! += bad
    return true
  }

  /** Counts what the present period of a slot holds, what is not settled included. */
  count(slot: number): { readonly total: number; readonly bad: number } {
    const at = slot * COLUMNS
    return { total: this.#columns[at]!, bad: this.#columns[at + 1]! }
  }

  /** Goes on to the period that holds a slot's settled minute. */
  advance(slot: number, settledTick: number): void {
    const at = slot * COLUMNS
    const columns = this.#columns
    const minute = minuteMs(settledTick)
    if (minute / TICK_MS <= columns[at + 4]!) return
    const next = this.#periodAt(columns[at + 4]! * TICK_MS + 1)
    columns.copyWithin(at, at + 2, at + 4)
    columns.fill(0, at + 2, at + 4)
    columns[at + 4] = next.endMs / TICK_MS
    if (minute > next.endMs) this.open(slot, settledTick)
  }

  /** Copies another page's slot of the same calendar. */
  copyFrom(from: CalendarCounts, fromSlot: number, slot: number): void {
    const own = from.#columns.subarray(fromSlot * COLUMNS, (fromSlot + 1) * COLUMNS)
    this.#columns.set(own, slot * COLUMNS)
  }

  /** The counts of the first slots, for a checkpoint. */
  pack(used: number): Float64Array {
    return this.#columns.subarray(0, used * COLUMNS)
  }

  /** Reads what `pack` gave. Returns false when it cannot be of so many slots. */
  load(columns: Float64Array, used: number): boolean {
    if (columns.length !== used * COLUMNS) return false
    this.#columns = new Float64Array(COLUMNS * PAGE_SLOTS)
    this.#columns.set(columns)
    return true
  }

  #periodAt(atMs: number): CalendarPeriod {
    const known = this.#known
    if (known !== null && known.startMs < atMs && atMs <= known.endMs) return known
    this.#known = periodAt(atMs, this.#unit, this.#zone)
    return this.#known
  }
}

/** The end of the last minute that closed at or before a tick. */
function minuteMs(tick: number): number {
  return Math.floor((tick * TICK_MS) / MINUTE_MS) * MINUTE_MS
}
