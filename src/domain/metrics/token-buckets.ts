/**
 * Token buckets, one a tenant: a rate that holds in the long run, and a burst that may come at
 * once. What is larger than the burst is admitted by a full bucket, which then owes the rest: so
 * that everything gets its turn and the rate holds all the same. A clock that steps back refills
 * nothing and is followed from there. Units: tokens, tokens a second, epoch milliseconds.
 * Worked: 100 a second, burst 200, full: 150 are taken (50 left); 100 more wait 500 ms.
 */
import { SECOND_MS } from '../../core/time.ts'

export interface BucketLimit {
  readonly perSecond: number
  readonly burst: number
}

const STRIDE = 2
/** Beside the tokens: when the bucket was last filled; NaN before the first time. */
const FILLED_AT_MS = 1

export class TokenBuckets {
  #buckets = new Float64Array(64 * STRIDE).fill(NaN)

  /** Takes an amount, whole or not at all. */
  take(index: number, amount: number, limit: BucketLimit, nowMs: number): boolean {
    const tokens = this.tokens(index, limit, nowMs)
    if (tokens < Math.min(amount, limit.burst)) return false
    this.#buckets[index * STRIDE] = tokens - amount
    return true
  }

  /** Tells what is in a bucket now. Below 0: what it owes. */
  tokens(index: number, { perSecond, burst }: BucketLimit, nowMs: number): number {
    const at = index * STRIDE
    if (at >= this.#buckets.length) this.#grow(index)
    const buckets = this.#buckets
    const filledAtMs = buckets[at + FILLED_AT_MS]!
    buckets[at + FILLED_AT_MS] = nowMs
    const gained = (Math.max(0, nowMs - filledAtMs) * perSecond) / SECOND_MS
    const tokens = Number.isNaN(filledAtMs) ? burst : Math.min(burst, buckets[at]! + gained)
    buckets[at] = tokens
    return tokens
  }

  /** Tells after how many milliseconds an amount would be admitted, if nothing else comes. */
  waitMs(index: number, amount: number, limit: BucketLimit, nowMs: number): number {
    const lacking = Math.min(amount, limit.burst) - this.tokens(index, limit, nowMs)
    return Math.max(0, (lacking * SECOND_MS) / limit.perSecond)
  }

  #grow(index: number): void {
    const grown = new Float64Array(STRIDE * 2 ** Math.ceil(Math.log2(index + 1))).fill(NaN)
    grown.set(this.#buckets)
    this.#buckets = grown
  }
}
