/**
 * Whose the samples of one write are: how many each tenant has in it, and how many of those were
 * not counted. Reused by the next write. Cost: one pass over the write, a few ns a sample; the
 * rows that it reads are those that counting reads next.
 */
import type { HaSender } from './ha-senders.ts'
import { ROLE_STRIDE, TENANT, type SeriesTable } from './series-table.ts'
import { PART, type Entries } from './entries.ts'

const STRIDE = 4
const LOST = 1
const EXCUSED = 2

export class Shares {
  /** The tenants that have samples, by index, in the order in which they came. */
  readonly tenants: number[] = []
  /** Of all tenants. */
  total = 0
  readonly #block = new Int32Array(128)
  /** Of each tenant what it has, side by side: samples, and of those lost and excused ones. */
  #counts = new Float64Array(64 * STRIDE)

  /**
   * Counts a write that was walked. `tenants` is how many have an index; what `counts` says of a
   * sender that names a replica tells whether its samples are asked about.
   */
  count(
    staged: Entries,
    series: SeriesTable,
    tenants: number,
    counts: (sender: HaSender) => boolean,
  ): void {
    this.clear()
    if (tenants * STRIDE > this.#counts.length) this.#grow(tenants)
    const { list, stretches } = staged.senders
    let from = 0
    let isAsked = true
    for (const { fromEntry, sender } of stretches) {
      this.#countStretch(staged, series, from, fromEntry, isAsked)
      from = fromEntry
      isAsked = counts(list[sender]!)
    }
    this.#countStretch(staged, series, from, staged.count, isAsked)
  }

  #countStretch(
    { slots, flags }: Entries,
    { roles }: SeriesTable,
    start: number,
    end: number,
    isAsked: boolean,
  ): void {
    const { data } = roles
    const block = this.#block
    for (let from = start; from < end; from += block.length) {
      const to = Math.min(end, from + block.length)
      // By itself, so that all rows are on their way from memory at once.
      for (let entry = from; entry < to; entry += 1) {
        block[entry - from] = data[slots[entry]! * ROLE_STRIDE + TENANT]!
      }
      this.#countBlock(flags, from, to)
      if (!isAsked) this.#excuseBlock(flags, from, to)
    }
  }

  #countBlock(flags: Uint8Array, from: number, to: number): void {
    const counts = this.#counts
    let counted = 0
    for (let entry = from; entry < to; entry += 1) {
      if (flags[entry] === PART) continue
      const tenant = this.#block[entry - from]!
      const samples = counts[tenant * STRIDE]!
      if (samples === 0) this.tenants.push(tenant)
      counts[tenant * STRIDE] = samples + 1
      counted += 1
    }
    this.total += counted
  }

  #excuseBlock(flags: Uint8Array, from: number, to: number): void {
    for (let entry = from; entry < to; entry += 1) {
      if (flags[entry] === PART) continue
      const at = this.#block[entry - from]! * STRIDE + EXCUSED
      this.#counts[at] = this.#counts[at]! + 1
    }
  }

  /**
   * Tells how many samples of a tenant are asked about: not those of a replica that will not count.
   */
  askedOf(tenant: number): number {
    return this.#counts[tenant * STRIDE]! - this.#counts[tenant * STRIDE + EXCUSED]!
  }

  samplesOf(tenant: number): number {
    return this.#counts[tenant * STRIDE]!
  }

  /** Says that a sample of a tenant is a duplicate, or discarded. */
  lose(tenant: number): void {
    const at = tenant * STRIDE + LOST
    this.#counts[at] = this.#counts[at]! + 1
  }

  lostOf(tenant: number): number {
    return this.#counts[tenant * STRIDE + LOST]!
  }

  /** Takes a tenant's samples out of the write. Returns how many they were. */
  drop(tenant: number): number {
    const samples = this.samplesOf(tenant)
    this.#counts[tenant * STRIDE] = 0
    this.#counts[tenant * STRIDE + EXCUSED] = 0
    this.total -= samples
    return samples
  }

  clear(): void {
    for (const tenant of this.tenants) {
      const at = tenant * STRIDE
      this.#counts[at] = 0
      this.#counts[at + LOST] = 0
      this.#counts[at + EXCUSED] = 0
    }
    this.tenants.length = 0
    this.total = 0
  }

  #grow(tenants: number): void {
    this.#counts = new Float64Array(STRIDE * 2 ** Math.ceil(Math.log2(tenants)))
  }
}
