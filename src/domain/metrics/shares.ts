/**
 * Whose the samples of one write are: how many each tenant has in it, and how many of those were
 * not counted. Reused by the next write. Cost: one pass over the write, a few ns a sample; the
 * rows that it reads are those that counting reads next.
 */
import type { HaSender } from './ha-senders.ts'
import { ROLE_STRIDE, TENANT, type SeriesTable } from './series-table.ts'
import { PART, type Staging } from './staging.ts'

export class Shares {
  /** The tenants that have samples, by index, in the order in which they came. */
  readonly tenants: number[] = []
  /** Of all tenants. */
  total = 0
  readonly #block = new Int32Array(128)
  #samples = new Float64Array(64)
  #lost = new Float64Array(64)
  #excused = new Float64Array(64)

  /**
   * Counts a write that was walked. `tenants` is how many have an index; what `counts` says of a
   * sender that names a replica tells whether its samples are asked about.
   */
  count(
    staged: Staging,
    series: SeriesTable,
    tenants: number,
    counts: (sender: HaSender) => boolean,
  ): void {
    this.clear()
    if (tenants > this.#samples.length) this.#grow(tenants)
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
    { slots, flags }: Staging,
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
    const samples = this.#samples
    for (let entry = from; entry < to; entry += 1) {
      if (flags[entry] === PART) continue
      const tenant = this.#block[entry - from]!
      if (samples[tenant] === 0) this.tenants.push(tenant)
      samples[tenant] = samples[tenant]! + 1
      this.total += 1
    }
  }

  #excuseBlock(flags: Uint8Array, from: number, to: number): void {
    for (let entry = from; entry < to; entry += 1) {
      if (flags[entry] === PART) continue
      const tenant = this.#block[entry - from]!
      this.#excused[tenant] = this.#excused[tenant]! + 1
    }
  }

  /**
   * Tells how many samples of a tenant are asked about: not those of a replica that will not count.
   */
  askedOf(tenant: number): number {
    return this.#samples[tenant]! - this.#excused[tenant]!
  }

  samplesOf(tenant: number): number {
    return this.#samples[tenant]!
  }

  /** Says that a sample of a tenant is a duplicate, or discarded. */
  lose(tenant: number): void {
    this.#lost[tenant] = this.#lost[tenant]! + 1
  }

  lostOf(tenant: number): number {
    return this.#lost[tenant]!
  }

  /** Takes a tenant's samples out of the write. Returns how many they were. */
  drop(tenant: number): number {
    const samples = this.#samples[tenant]!
    this.#samples[tenant] = 0
    this.#excused[tenant] = 0
    this.total -= samples
    return samples
  }

  clear(): void {
    for (const tenant of this.tenants) {
      this.#samples[tenant] = 0
      this.#lost[tenant] = 0
      this.#excused[tenant] = 0
    }
    this.tenants.length = 0
    this.total = 0
  }

  #grow(tenants: number): void {
    const size = 2 ** Math.ceil(Math.log2(tenants))
    this.#samples = new Float64Array(size)
    this.#lost = new Float64Array(size)
    this.#excused = new Float64Array(size)
  }
}
