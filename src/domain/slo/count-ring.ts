/**
 * The buckets of one step for a page of slots, and the running sums of the windows over them.
 * Column-major: one bucket of all slots lies together, so that moving time on reads memory in
 * order, and a checkpoint writes only the columns that changed. A bucket is named by its number,
 * end / step. Held are the buckets (head
 * - length, head]; a slot's windows end at its own edge, edge <= head, and a count that lands in a
 * bucket at or before the edge moves the sums with it.
 */
import { assert } from '../../core/assert.ts'
import type { ByteArena } from './byte-arena.ts'
import { CountColumns, PAGE_SLOTS, type CellWidth } from './count-columns.ts'

/** Where each slot's edge is to go: scratch of one call. */
const targets = new Int32Array(PAGE_SLOTS)

export interface RingShape {
  readonly stepTicks: number
  readonly spans: readonly number[]
  readonly length: number
  readonly totals: CellWidth
  readonly bads: CellWidth
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
  readonly #totals: CountColumns
  readonly #bads: CountColumns
  readonly #slack: number
  #lowestEdge = 0

  constructor({ stepTicks, spans, length, totals, bads }: RingShape) {
    this.stepTicks = stepTicks
    this.spans = spans
    this.length = length
    this.spanTotals = spans.map(() => new Float64Array(PAGE_SLOTS))
    this.spanBads = spans.map(() => new Float64Array(PAGE_SLOTS))
    this.dirty = new Uint8Array(length)
    this.#totals = new CountColumns(length, totals)
    this.#bads = new CountColumns(length, bads)
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
    return this.holds(bucket) ? this.#totals.at((bucket % this.length) * PAGE_SLOTS + slot) : 0
  }

  bad(slot: number, bucket: number): number {
    return this.holds(bucket) ? this.#bads.at((bucket % this.length) * PAGE_SLOTS + slot) : 0
  }

  /** Adds to a bucket, and to the windows that hold it. Amounts may be negative. Returns false,
   *  adding nothing, when it is no longer held. */
  add(slot: number, bucket: number, total: number, bad: number): boolean {
    assert(bucket <= this.head, 'a bucket that has begun')
    if (bucket <= this.head - this.length) return false
    const column = bucket % this.length
    const at = column * PAGE_SLOTS + slot
    if (total !== 0) this.#totals.put(at, this.#totals.at(at) + total)
    if (bad !== 0) this.#bads.put(at, this.#bads.at(at) + bad)
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
   *  (at, value) pairs of what did not fit; bads are at PAGE_SLOTS + slot. */
  packColumn(column: number, used: number, arena: ByteArena): Uint8Array {
    const bads = this.#bads.beyondStored(column)
    const large = [...this.#totals.beyondStored(column), ...bads.map(besideTotals)]
    const totalBytes = used * this.#totals.storedBytes
    const cellBytes = totalBytes + used * this.#bads.storedBytes
    const bytes = arena.take(cellBytes + 8 * large.length)
    this.#totals.pack(column, used, bytes.subarray(0, totalBytes))
    this.#bads.pack(column, used, bytes.subarray(totalBytes, cellBytes))
    if (large.length > 0) bytes.set(new Uint8Array(Float64Array.from(large).buffer), cellBytes)
    return bytes
  }

  /** Reads what packColumn wrote. Returns false when the bytes cannot be a column of so many
   *  slots. */
  loadColumn(column: number, used: number, bytes: Uint8Array): boolean {
    const totalBytes = used * this.#totals.storedBytes
    const cellBytes = totalBytes + used * this.#bads.storedBytes
    const large = bytes.length - cellBytes
    if (large < 0 || large % 16 !== 0) return false
    const copy = new Uint8Array(bytes)
    const pairs = new Float64Array(copy.slice(cellBytes).buffer)
    const [totals, bads] = [new Map<number, number>(), new Map<number, number>()]
    for (let i = 0; i < pairs.length; i += 2) {
      const at = pairs[i]!
      if (at < PAGE_SLOTS) totals.set(at, pairs[i + 1]!)
      else bads.set(at - PAGE_SLOTS, pairs[i + 1]!)
    }
    this.#totals.load(column, copy.subarray(0, totalBytes), totals)
    this.#bads.load(column, copy.subarray(totalBytes, cellBytes), bads)
    return true
  }

  #begin(head: number, ticks: Int32Array, used: number): void {
    this.#totals.clear()
    this.#bads.clear()
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
        totals[slot]! += this.#totals.at(entering + slot) - this.#totals.at(leaving + slot)
        bads[slot]! += this.#bads.at(entering + slot) - this.#bads.at(leaving + slot)
      }
    }
  }

  #recountBucket(slot: number, bucket: number): void {
    const at = (bucket % this.length) * PAGE_SLOTS + slot
    const total = this.#totals.at(at)
    const bad = this.#bads.at(at)
    const edge = this.edges[slot]!
    if ((total === 0 && bad === 0) || bucket > edge) return
    for (let i = 0; i < this.spans.length; i += 1) {
      if (bucket <= edge - this.spans[i]!) continue
      this.spanTotals[i]![slot]! += total
      this.spanBads[i]![slot]! += bad
    }
  }

  #clearColumn(column: number): void {
    this.#totals.clearColumn(column)
    this.#bads.clearColumn(column)
    this.dirty[column] = 0
  }
}

/** Moves the slots of flat pairs past those of the totals. */
function besideTotals(value: number, i: number): number {
  return i % 2 === 0 ? PAGE_SLOTS + value : value
}
