/**
 * Money is a bigint of minor units with its currency. A rate is a bigint coefficient x 10^-scale
 * per stated unit quantity. No JavaScript number ever holds money.
 */
import { assert } from './assert.ts'

export interface Money {
  readonly amountMinor: bigint
  /** ISO 4217, such as EUR. */
  readonly currency: string
}

/** Adds two amounts of one currency. */
export function addMoney(left: Money, right: Money): Money {
  assert(left.currency === right.currency, 'amounts of one currency')
  return { amountMinor: left.amountMinor + right.amountMinor, currency: left.currency }
}

/**
 * Splits an amount by weights so that the parts add up to it exactly: largest remainder, ties to
 * the earlier part.
 * Shape: one part per weight; weights are not negative and not all zero. Source: Hamilton's method.
 * Worked: 100 by [1n, 1n, 1n] -> [34n, 33n, 33n].
 */
export function splitMinor(amountMinor: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((total, weight) => total + weight, 0n)
  assert(sum > 0n, 'weights that are not all zero')
  const sign = amountMinor < 0n ? -1n : 1n
  const magnitude = amountMinor * sign
  const parts = weights.map((weight) => (magnitude * weight) / sum)
  const remainders = weights.map((weight, index) => ({
    index,
    remainder: (magnitude * weight) % sum,
  }))
  remainders.sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )
  let left = magnitude - parts.reduce((total, part) => total + part, 0n)
  for (const { index } of remainders) {
    if (left === 0n) break
    parts[index] = (parts[index] ?? 0n) + 1n
    left -= 1n
  }
  return parts.map((part) => part * sign)
}
