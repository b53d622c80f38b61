/**
 * Which source of a tenant's signal counts. A feed is a (tenant, signal, source). Of the feeds of
 * one tenant and signal one is active: the one with the lowest rank, until it has been silent for
 * ten minutes by the time of the samples; then the next one that reports.
 */
import { assert } from '../../core/assert.ts'
import { SIGNALS, type SignalName } from './cell.ts'
import { floatColumn } from './columns.ts'
import { NATIVE_ROWS, SOURCE_ROWS } from './signals.ts'
import { Words } from './words.ts'

const STRIDE = 2
const LAST_MS = 0
const ACTIVE = 1

const RANKS = new Map([...SOURCE_ROWS, ...NATIVE_ROWS].map((row) => [row.source, row.rank]))

interface Feed {
  readonly tenantIndex: number
  readonly signal: SignalName
  readonly source: string
  readonly rank: number
  /** All feeds of the same tenant and signal. */
  readonly rivals: number[]
}

export class Sources {
  readonly words = new Words()
  readonly column = floatColumn(STRIDE)
  readonly #feeds: Feed[] = []
  /** Few a tenant: a new series finds its feed without a text made of its parts. */
  readonly #byTenant: number[][] = []
  readonly #rivals = new Map<string, number[]>()
  readonly #silenceMs: number

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs
  }

  /** Tells the number of a feed and gives it one when it is new. */
  number(tenantIndex: number, signal: SignalName, source: string): number {
    for (const known of this.#byTenant[tenantIndex] ?? []) {
      const feed = this.#feeds[known]!
      if (feed.signal === signal && feed.source === source) return known
    }
    return this.#number(`${tenantIndex}/${signal}/${source}`)
  }

  restoreWord(word: string): void {
    this.words.restore(word)
    this.#number(word)
  }

  feed(number: number): Readonly<Feed> {
    return this.#feeds[number]!
  }

  isActive(number: number): boolean {
    return this.column.data[number * STRIDE + ACTIVE] === 1
  }

  /** Tells the time of a feed's newest sample. */
  lastMs(number: number): number {
    return this.column.data[number * STRIDE + LAST_MS]!
  }

  /** Notes a sample of a feed and tells whether it counts. Hot: mostly two comparisons. */
  touch(number: number, atMs: number): boolean {
    const data = this.column.data
    const at = number * STRIDE
    if (atMs > data[at]!) {
      data[at] = atMs
      this.column.mark(number)
    }
    return data[at + ACTIVE] === 1 || this.#contend(number)
  }

  #contend(number: number): boolean {
    const data = this.column.data
    const { rivals, rank } = this.#feeds[number]!
    const active = rivals.find((rival) => data[rival * STRIDE + ACTIVE] === 1)
    if (active !== undefined) {
      const silentMs = data[number * STRIDE]! - data[active * STRIDE + LAST_MS]!
      if (this.#feeds[active]!.rank <= rank && silentMs <= this.#silenceMs) return false
      data[active * STRIDE + ACTIVE] = 0
      this.column.mark(active)
    }
    data[number * STRIDE + ACTIVE] = 1
    this.column.mark(number)
    return true
  }

  #number(word: string): number {
    const number = this.words.number(word)
    if (number < this.#feeds.length) return number
    const [tenantText, signal, source] = word.split('/') as [string, string, string]
    assert(signal in SIGNALS, 'a signal that is known')
    const key = `${tenantText}/${signal}`
    const rivals = this.#rivals.get(key) ?? []
    rivals.push(number)
    this.#rivals.set(key, rivals)
    const ofTenant = (this.#byTenant[Number(tenantText)] ??= [])
    ofTenant.push(number)
    this.#feeds.push({
      tenantIndex: Number(tenantText),
      signal: signal as SignalName,
      source,
      rank: RANKS.get(source) ?? Infinity,
      rivals,
    })
    this.column.reserve(1)
    return number
  }
}
