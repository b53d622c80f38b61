/**
 * Which source of a tenant's signal counts. A feed is a (tenant, signal, source) and, where the
 * signal has resources that add up, the resource. Of the feeds of one tenant, signal and resource
 * one is active: the one with the lowest rank, until it has been silent for ten minutes by the time
 * of the samples; then the next one that reports.
 *
 * One that takes over from one that has counted begins at the last sample of that one: what it
 * gained over a time that reaches further back was counted already. What fell between the two is
 * not guessed.
 */
import { assert } from '../../core/assert.ts'
import { SIGNALS, type SignalName } from './cell.ts'
import { floatColumn } from './columns.ts'
import { ranksOf } from './mapping.ts'
import { SOURCE_ROWS } from './signals.ts'
import type { SourceRow } from './signals/source-row.ts'
import { Words } from './words.ts'

const RANKS = ranksOf(SOURCE_ROWS)

/** A feed's samples of the day lie beside what each of its samples reads anyway. */
const STRIDE = 4
const LAST_MS = 0
/** 0 for no; 1 for yes; the time from which it counts for one that took over lately. */
const ACTIVE = 1
const YES = 1
const SAMPLES = 2
const BYTES = 3

const UNMAPPED_STRIDE = 2

/** What a feed is, beside its tenant. */
export interface FeedSpec {
  readonly signal: SignalName
  readonly source: string
  readonly resource?: string
}

interface Feed {
  readonly tenantIndex: number
  readonly signal: SignalName
  readonly source: string
  /** Empty where a signal has only one. */
  readonly resource: string
  /** Infinity for a source that is gone. */
  rank: number
  /** All feeds of the same tenant, signal and resource. */
  readonly rivals: number[]
}

export class Sources {
  readonly words = new Words()
  readonly column = floatColumn(STRIDE)
  /** By tenant: samples and bytes of the day that no signal takes. */
  readonly unmapped = floatColumn(UNMAPPED_STRIDE)
  /** Of the request that is being counted. */
  bytesPerSample = 0
  readonly #feeds: Feed[] = []
  /** Few a tenant: a new series finds its feed without a text made of its parts. */
  readonly #byTenant: number[][] = []
  readonly #rivals = new Map<string, number[]>()
  readonly #silenceMs: number
  readonly #hasGained: (feed: number) => boolean
  #ownRanks: ReadonlyMap<string, number> = new Map()

  constructor(silenceMs: number, hasGained: (feed: number) => boolean) {
    this.#silenceMs = silenceMs
    this.#hasGained = hasGained
  }

  /** Tells the number of a feed and gives it one when it is new. */
  number(tenantIndex: number, { signal, source, resource = '' }: FeedSpec): number {
    for (const known of this.#byTenant[tenantIndex] ?? []) {
      const feed = this.#feeds[known]!
      if (feed.signal === signal && feed.source === source && feed.resource === resource) {
        return known
      }
    }
    const word = `${tenantIndex}/${signal}/${source}`
    return this.#number(resource === '' ? word : `${word}/${resource}`)
  }

  /** Lists the feeds of a tenant, in the order in which they first reported. */
  ofTenant(tenantIndex: number): readonly number[] {
    return this.#byTenant[tenantIndex] ?? []
  }

  /** Ranks the sources of the operator's own rows. One that is gone counts no longer. */
  setOwn(rows: readonly SourceRow[]): void {
    this.#ownRanks = ranksOf(rows)
    for (const [number, feed] of this.#feeds.entries()) {
      feed.rank = this.#rankOf(feed.source)
      if (feed.rank !== Infinity || !this.isActive(number)) continue
      this.column.data[number * STRIDE + ACTIVE] = 0
      this.column.mark(number)
    }
  }

  restoreWord(word: string): void {
    this.words.restore(word)
    this.#number(word)
  }

  feed(number: number): Readonly<Feed> {
    return this.#feeds[number]!
  }

  isActive(number: number): boolean {
    return this.column.data[number * STRIDE + ACTIVE] !== 0
  }

  /** Tells the time of a feed's newest sample, 0 before the first. */
  lastMs(number: number): number {
    return this.column.data[number * STRIDE + LAST_MS]!
  }

  /** Counts a sample that was taken in, whether or not its source counts. Hot. */
  count(number: number): void {
    const data = this.column.data
    const at = number * STRIDE
    data[at + SAMPLES] = data[at + SAMPLES]! + 1
    data[at + BYTES] = data[at + BYTES]! + this.bytesPerSample
    this.column.mark(number)
  }

  countUnmapped(tenantIndex: number): void {
    const { unmapped } = this
    unmapped.reserve(Math.max(0, tenantIndex + 1 - unmapped.rows))
    const at = tenantIndex * UNMAPPED_STRIDE
    unmapped.data[at] = unmapped.data[at]! + 1
    unmapped.data[at + 1] = unmapped.data[at + 1]! + this.bytesPerSample
    unmapped.mark(tenantIndex)
  }

  /** Tells what a feed took in since `clearCounts`. */
  countOf(number: number): { samples: number; bytes: number } {
    const at = number * STRIDE
    return { samples: this.column.data[at + SAMPLES]!, bytes: this.column.data[at + BYTES]! }
  }

  unmappedOf(tenantIndex: number): { samples: number; bytes: number } {
    if (tenantIndex >= this.unmapped.rows) return { samples: 0, bytes: 0 }
    const at = tenantIndex * UNMAPPED_STRIDE
    return { samples: this.unmapped.data[at]!, bytes: this.unmapped.data[at + 1]! }
  }

  clearCounts(): void {
    for (let feed = 0; feed < this.#feeds.length; feed += 1) {
      this.column.data.fill(0, feed * STRIDE + SAMPLES, feed * STRIDE + BYTES + 1)
      this.column.mark(feed)
    }
    this.unmapped.data.fill(0)
    for (let index = 0; index < this.unmapped.rows; index += 1) this.unmapped.mark(index)
  }

  /**
   * Notes a sample of a feed and tells whether what it gained since `sinceMs` counts. Hot: mostly
   * two comparisons.
   */
  touch(number: number, atMs: number, sinceMs: number): boolean {
    const data = this.column.data
    const at = number * STRIDE
    if (atMs > data[at]!) {
      data[at] = atMs
      this.column.mark(number)
    }
    return data[at + ACTIVE] === YES || this.#contend(number, atMs, sinceMs)
  }

  #contend(number: number, atMs: number, sinceMs: number): boolean {
    const data = this.column.data
    const at = number * STRIDE + ACTIVE
    if (data[at] === 0 && !this.#takesOver(number)) return false
    const fromMs = data[at]!
    if (fromMs === YES) return true
    // By now every series of it has reported since
    if (atMs - fromMs > this.#silenceMs) {
      data[at] = YES
      this.column.mark(number)
    }
    return sinceMs >= fromMs
  }

  #takesOver(number: number): boolean {
    const data = this.column.data
    const { rivals, rank } = this.#feeds[number]!
    const active = rivals.find((rival) => data[rival * STRIDE + ACTIVE] !== 0)
    let fromMs = YES
    if (active !== undefined) {
      const lastMs = data[active * STRIDE + LAST_MS]!
      const silentMs = data[number * STRIDE + LAST_MS]! - lastMs
      if (this.#feeds[active]!.rank <= rank && silentMs <= this.#silenceMs) return false
      if (this.#hasGained(active)) fromMs = lastMs
      data[active * STRIDE + ACTIVE] = 0
      this.column.mark(active)
    }
    data[number * STRIDE + ACTIVE] = fromMs
    this.column.mark(number)
    return true
  }

  #rankOf(source: string): number {
    return this.#ownRanks.get(source) ?? RANKS.get(source) ?? Infinity
  }

  #number(word: string): number {
    const number = this.words.number(word)
    if (number < this.#feeds.length) return number
    const [tenantText, signal, source, resource = ''] = word.split('/') as [string, string, string]
    assert(signal in SIGNALS, 'a signal that is known')
    const key = `${tenantText}/${signal}/${resource}`
    const rivals = this.#rivals.get(key) ?? []
    rivals.push(number)
    this.#rivals.set(key, rivals)
    const ofTenant = (this.#byTenant[Number(tenantText)] ??= [])
    ofTenant.push(number)
    this.#feeds.push({
      tenantIndex: Number(tenantText),
      signal: signal as SignalName,
      source,
      resource,
      rank: this.#rankOf(source),
      rivals,
    })
    this.column.reserve(1)
    return number
  }
}
