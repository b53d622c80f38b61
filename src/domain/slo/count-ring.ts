/**
 * The buckets of one step for a page of slots, and the running sums of the windows over them.
 * Column-major: one bucket of all slots lies together, so that moving time on reads memory in
 * order, and a checkpoint writes only the columns that changed. Exact: a count that does not fit
 * its column goes to a map. A bucket is named by its number, end / step. Held are the buckets (head
 * - length, head]; a slot's windows end at its own edge, edge <= head, and a count that lands in a
 * bucket at or before the edge moves the sums with it.
 */
import { assert } from '../../core/assert.ts'
import type { ByteArena } from './byte-arena.ts'

export const PAGE_SLOTS = 256

/** The greatest value of a column stands for "see the map". */
const BAD_ESCAPE = 0xffff

/** Where each slot's edge is to go: scratch of one call. */
const targets = new Int32Array(PAGE_SLOTS)

export interface RingShape {
  readonly stepTicks: number
  readonly spans: readonly number[]
  readonly length: number
  /** How wide a total is: 32 bits for events, 16 for slices, of which an hour has 60. */
  readonly wide: boolean
}

export class CountRing {
  readonly stepTicks: number
  readonly spans: readonly number[]
  readonly length: number
  /** The newest bucket held; -1 before time has begun. */
  head = -1
  readonly edges = new Int32Array(PAGE_SLOTS)
  /** Per span, per slot. */
  readonly spanTotals: readonly Float64Array[]
  readonly spanBads: readonly Float64Array[]
  /** Columns changed since the flag was last cleared. */
  readonly dirty: Uint8Array
  readonly #totals: Uint32Array | Uint16Array
  readonly #bads: Uint16Array
  /** The same columns as bytes. */
  readonly #totalBytes: Uint8Array
  readonly #badBytes: Uint8Array
  readonly #largeTotals = new Map<number, number>()
  readonly #largeBads = new Map<number, number>()
  readonly #totalEscape: number
  readonly #slack: number
  #lowestEdge = 0

  constructor({ stepTicks, spans, length, wide }: RingShape) {
    this.stepTicks = stepTicks
    this.spans = spans
    this.length = length
    this.spanTotals = spans.map(() => new Float64Array(PAGE_SLOTS))
    this.spanBads = spans.map(() => new Float64Array(PAGE_SLOTS))
    this.dirty = new Uint8Array(length)
    const cells = length * PAGE_SLOTS
    this.#totals = wide ? new Uint32Array(cells) : new Uint16Array(cells)
    this.#totalEscape = wide ? 0xffff_ffff : 0xffff
    this.#bads = new Uint16Array(cells)
    this.#totalBytes = new Uint8Array(this.#totals.buffer)
    this.#badBytes = new Uint8Array(this.#bads.buffer)
    this.#slack = length - Math.max(0, ...spans)
  }

  /** Tells the bucket that a tick belongs to. */
  bucketOf(tick: number): number {
    return Math.ceil(tick / this.stepTicks)
  }

  holds(bucket: number): boolean {
    return bucket <= this.head && bucket > this.head - this.length
  }

  total(slot: number, bucket: number): number {
    return this.holds(bucket) ? this.#totalAt((bucket % this.length) * PAGE_SLOTS + slot) : 0
  }

  bad(slot: number, bucket: number): number {
    return this.holds(bucket) ? this.#badAt((bucket % this.length) * PAGE_SLOTS + slot) : 0
  }

  /** Adds to a bucket, and to the windows that hold it. Amounts may be negative. Returns false,
   *  adding nothing, when it is no longer held. */
  add(slot: number, bucket: number, total: number, bad: number): boolean {
    assert(bucket <= this.head, 'a bucket that has begun')
    if (bucket <= this.head - this.length) return false
    const column = bucket % this.length
    const at = column * PAGE_SLOTS + slot
    if (total !== 0) this.#putTotal(at, this.#totalAt(at) + total)
    if (bad !== 0) this.#putBad(at, this.#badAt(at) + bad)
    this.dirty[column] = 1
    const edge = this.edges[slot]!
    if (bucket > edge) return true
    for (let i = 0; i < this.spans.length; i += 1) {
      if (bucket <= edge - this.spans[i]!) continue
      this.spanTotals[i]![slot]! += total
      this.spanBads[i]![slot]! += bad
    }
    return true
  }

  /**
   * Moves time on: opens buckets up to `head`, and moves the first `used` slots' edges to the last
   * bucket that ended at or before their tick. Edges never move back. Asks that no tick lies
   * further behind than the ring's slack. Cost: a few ns a slot and step.
   */
  advance(head: number, ticks: Int32Array, used: number): void {
    if (head - this.head >= this.length) {
      this.#begin(head, ticks, used)
      return
    }
    for (let opened = this.head + 1; opened <= head; opened += 1) {
      if (this.#lowestEdge < opened - this.#slack) this.#roll(opened - 1, ticks, used)
      this.#clearColumn(opened % this.length)
      this.head = opened
    }
    this.#roll(head, ticks, used)
  }

  /** Sets where the windows of a slot that has counted nothing end. */
  openSlot(slot: number, tick: number): void {
    this.edges[slot] = Math.floor(tick / this.stepTicks)
    this.#lowestEdge = Math.min(this.#lowestEdge, this.edges[slot]!)
  }

  /** Sets where the windows of the first `used` slots end, and recounts them from the buckets.
   *  Used after columns were loaded. */
  recount(ticks: Int32Array, used: number): void {
    for (let slot = 0; slot < used; slot += 1) {
      this.edges[slot] = Math.floor(ticks[slot]! / this.stepTicks)
    }
    this.#lowestEdge = Math.min(this.head, ...this.edges.subarray(0, used))
    for (let bucket = this.head - this.length + 1; bucket <= this.head; bucket += 1) {
      for (let slot = 0; slot < used; slot += 1) this.#recountBucket(slot, bucket)
    }
  }

  /** Tells which bucket lies in a column now. */
  bucketIn(column: number): number {
    const behind = (((this.head - column) % this.length) + this.length) % this.length
    return this.head - behind
  }

  /** Writes one column of the first `used` slots. Shape: little-endian totals, then bads, then
   *  (at, value) pairs of what did not fit. */
  packColumn(column: number, used: number, arena: ByteArena): Uint8Array {
    const from = column * PAGE_SLOTS
    const large = [
      ...escapesOf(this.#largeTotals, from, 0),
      ...escapesOf(this.#largeBads, from, PAGE_SLOTS),
    ]
    const totalBytes = used * this.#totals.BYTES_PER_ELEMENT
    const bytes = arena.take(totalBytes + 2 * used + 8 * large.length)
    const totalsFrom = from * this.#totals.BYTES_PER_ELEMENT
    bytes.set(this.#totalBytes.subarray(totalsFrom, totalsFrom + totalBytes))
    bytes.set(this.#badBytes.subarray(2 * from, 2 * (from + used)), totalBytes)
    if (large.length > 0) {
      bytes.set(new Uint8Array(Float64Array.from(large).buffer), totalBytes + 2 * used)
    }
    return bytes
  }

  /** Reads what packColumn wrote. Returns false when the bytes cannot be a column of so many
   *  slots. */
  loadColumn(column: number, used: number, bytes: Uint8Array): boolean {
    const totalBytes = this.#totals.BYTES_PER_ELEMENT
    const large = bytes.length - used * (totalBytes + 2)
    if (large < 0 || large % 16 !== 0) return false
    const copy = bytes.slice().buffer
    const from = column * PAGE_SLOTS
    const Totals = totalBytes === 4 ? Uint32Array : Uint16Array
    this.#totals.set(new Totals(copy, 0, used), from)
    this.#bads.set(new Uint16Array(copy, used * totalBytes, used), from)
    const pairs = new Float64Array(copy.slice(used * (totalBytes + 2)))
    for (let i = 0; i < pairs.length; i += 2) {
      const at = pairs[i]!
      if (at < PAGE_SLOTS) this.#largeTotals.set(from + at, pairs[i + 1]!)
      else this.#largeBads.set(from + at - PAGE_SLOTS, pairs[i + 1]!)
    }
    return true
  }

  #begin(head: number, ticks: Int32Array, used: number): void {
    this.#totals.fill(0)
    this.#bads.fill(0)
    this.#largeTotals.clear()
    this.#largeBads.clear()
    for (const sums of [...this.spanTotals, ...this.spanBads]) sums.fill(0)
    this.head = head
    this.#lowestEdge = head
    for (let slot = 0; slot < used; slot += 1) {
      this.edges[slot] = Math.floor(ticks[slot]! / this.stepTicks)
      this.#lowestEdge = Math.min(this.#lowestEdge, this.edges[slot]!)
    }
  }

  /** Moves edges on to the last bucket at or before each slot's tick, none past `limit`. Slots
   *  mostly move together, and then by column. */
  #roll(limit: number, ticks: Int32Array, used: number): void {
    const { edges, stepTicks } = this
    let [behind, lowestEdge, highestEdge] = [false, limit, -1]
    let [lowestTarget, highestTarget] = [limit, -1]
    for (let slot = 0; slot < used; slot += 1) {
      const settled = Math.floor(ticks[slot]! / stepTicks)
      const edge = edges[slot]!
      let target = settled < limit ? settled : limit
      if (target > edge) behind = true
      else target = edge
      targets[slot] = target
      if (edge < lowestEdge) lowestEdge = edge
      if (edge > highestEdge) highestEdge = edge
      if (target < lowestTarget) lowestTarget = target
      if (target > highestTarget) highestTarget = target
    }
    this.#lowestEdge = lowestTarget
    if (!behind) return
    const together = lowestEdge === highestEdge && lowestTarget === highestTarget
    if (together) {
      for (let edge = lowestEdge + 1; edge <= lowestTarget; edge += 1) this.#step(edge, 0, used)
    } else {
      for (let slot = 0; slot < used; slot += 1) {
        const target = targets[slot]!
        for (let edge = edges[slot]! + 1; edge <= target; edge += 1) {
          this.#step(edge, slot, slot + 1)
        }
      }
    }
    edges.set(used === PAGE_SLOTS ? targets : targets.subarray(0, used))
  }

  /** Lets a bucket into the windows of some slots, and out of each the one that it pushes out. */
  #step(edge: number, from: number, to: number): void {
    const { spans, length } = this
    const entering = (edge % length) * PAGE_SLOTS
    for (let i = 0; i < spans.length; i += 1) {
      const leaving = ((edge - spans[i]!) % length) * PAGE_SLOTS
      const totals = this.spanTotals[i]!
      const bads = this.spanBads[i]!
      for (let slot = from; slot < to; slot += 1) {
        totals[slot]! += this.#totalAt(entering + slot) - this.#totalAt(leaving + slot)
        bads[slot]! += this.#badAt(entering + slot) - this.#badAt(leaving + slot)
      }
    }
  }

  #recountBucket(slot: number, bucket: number): void {
    const at = (bucket % this.length) * PAGE_SLOTS + slot
    const total = this.#totalAt(at)
    const bad = this.#badAt(at)
    const edge = this.edges[slot]!
    if ((total === 0 && bad === 0) || bucket > edge) return
    for (let i = 0; i < this.spans.length; i += 1) {
      if (bucket <= edge - this.spans[i]!) continue
      this.spanTotals[i]![slot]! += total
      this.spanBads[i]![slot]! += bad
    }
  }

  #totalAt(at: number): number {
    const value = this.#totals[at]!
    return value === this.#totalEscape ? this.#largeTotals.get(at)! : value
  }

  #badAt(at: number): number {
    const value = this.#bads[at]!
    return value === BAD_ESCAPE ? this.#largeBads.get(at)! : value
  }

  #putTotal(at: number, value: number): void {
    this.#totals[at] = fitted(this.#largeTotals, at, value, this.#totalEscape)
  }

  #putBad(at: number, value: number): void {
    this.#bads[at] = fitted(this.#largeBads, at, value, BAD_ESCAPE)
  }

  #clearColumn(column: number): void {
    const from = column * PAGE_SLOTS
    this.#totals.fill(0, from, from + PAGE_SLOTS)
    this.#bads.fill(0, from, from + PAGE_SLOTS)
    for (const large of [this.#largeTotals, this.#largeBads]) {
      for (const at of large.keys()) if (at >= from && at < from + PAGE_SLOTS) large.delete(at)
    }
    this.dirty[column] = 0
  }
}

/** Keeps a count that its column cannot hold in the map, and says what the column holds. */
function fitted(large: Map<number, number>, at: number, value: number, escape: number): number {
  if (value >= 0 && value < escape) {
    if (large.size > 0) large.delete(at)
    return value
  }
  large.set(at, value)
  return escape
}

function escapesOf(large: ReadonlyMap<number, number>, from: number, base: number): number[] {
  if (large.size === 0) return NONE
  return [...large]
    .filter(([at]) => at >= from && at < from + PAGE_SLOTS)
    .flatMap(([at, value]) => [base + at - from, value])
}

const NONE: number[] = []
