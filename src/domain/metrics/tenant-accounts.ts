/**
 * What became of every sample of each tenant since the beginning. For every tenant: received =
 * attributed + unattributed + duplicate + not-elected + discarded, as for all together in
 * accounts.ts. Rows are tenants, and the kinds of series that are no tenant's. What every write
 * adds to lies close together; of the rest, which name has which place is kept with the figures, so
 * that a later version may know other names.
 */
import { assert } from '../../core/assert.ts'
import { floatColumn } from './columns.ts'
import type { DiscardReason } from './reasons.ts'
import { Words } from './words.ts'

/** Outcomes that add up to `received`. */
export const SAMPLE_OUTCOMES = [
  'attributed',
  'unattributed',
  'duplicate',
  'not-elected',
  'discarded',
] as const
export type SampleOutcome = (typeof SAMPLE_OUTCOMES)[number]

/** Places of what every write adds to. `bytes` are of messages, by the share of their samples. */
const SHARES = { received: 0, attributed: 1, bytes: 2 } as const
const SHARE_STRIDE = 4

type Name =
  | keyof typeof SHARES
  | SampleOutcome
  | `discarded: ${DiscardReason}`
  /** Requests that were refused whole. */
  | `requests refused: ${string}`

/** Names that fit a row. */
const STRIDE = 48

export class TenantAccounts {
  readonly shares = floatColumn(SHARE_STRIDE)
  readonly words = new Words()
  readonly column = floatColumn(STRIDE)

  /** Counts a tenant's share of a write: how many came, and how many were attributed. Hot. */
  addShare(tenant: number, received: number, attributed: number, bytes: number): void {
    while (this.shares.rows <= tenant) this.shares.reserve(1)
    const { data } = this.shares
    const at = tenant * SHARE_STRIDE
    data[at + SHARES.received] = data[at + SHARES.received]! + received
    data[at + SHARES.attributed] = data[at + SHARES.attributed]! + attributed
    data[at + SHARES.bytes] = data[at + SHARES.bytes]! + bytes
    this.shares.mark(tenant)
  }

  add(tenant: number, name: Exclude<Name, keyof typeof SHARES>, amount: number): void {
    if (amount === 0) return
    while (this.column.rows <= tenant) this.column.reserve(1)
    const place = this.words.number(name)
    assert(place < STRIDE, 'a row has a place for every name')
    const at = tenant * STRIDE + place
    this.column.data[at] = this.column.data[at]! + amount
    this.column.mark(tenant)
  }

  /** Counts samples that came and are not kept. */
  discard(tenant: number, reason: DiscardReason, samples: number): void {
    this.add(tenant, 'discarded', samples)
    this.add(tenant, `discarded: ${reason}`, samples)
  }

  /** How many tenants may have figures. */
  get rows(): number {
    return Math.max(this.shares.rows, this.column.rows)
  }

  read(tenant: number, name: Name): number {
    if (isShare(name)) return this.shares.data[tenant * SHARE_STRIDE + SHARES[name]] ?? 0
    const place = this.words.find(name)
    if (place === undefined || tenant >= this.column.rows) return 0
    return this.column.data[tenant * STRIDE + place]!
  }

  /** Adds a name up over all tenants. */
  total(name: Name): number {
    let sum = 0
    for (let tenant = 0; tenant < this.rows; tenant += 1) sum += this.read(tenant, name)
    return sum
  }

  /**
   * Tells the figures of one tenant whose name begins with a prefix, under the rest of the name.
   */
  withPrefix(tenant: number, prefix: string): Readonly<Record<string, number>> {
    const found: Record<string, number> = {}
    for (let place = 0; place < this.words.size; place += 1) {
      const name = this.words.word(place)
      if (!name.startsWith(prefix) || tenant >= this.column.rows) continue
      const amount = this.column.data[tenant * STRIDE + place]!
      if (amount > 0) found[name.slice(prefix.length)] = amount
    }
    return found
  }
}

function isShare(name: Name): name is keyof typeof SHARES {
  return name in SHARES
}
