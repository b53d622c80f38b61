/**
 * How fast a budget is spent, and whether that is too fast. Rates are for reading; decisions are
 * exact: a pair's threshold times the budget is reduced once to a fraction, and a window exceeds it
 * when bad x denominator > numerator x total.
 */
import { TenantryError } from '../../core/errors.ts'
import { PPM } from '../../core/units.ts'
import { SLO_ERRORS } from './errors.ts'

export interface BurnInput {
  readonly errorRatio: number
  readonly targetPpm: number
}

/** Tells how fast the budget burns: 1 spends it exactly by the period's end. Units: ratio and
 *  parts per million in, multiple out.
 *  Throws SLO_TARGET when nothing may fail. Source: SRE Workbook ch. 5. Worked: 0.002 over
 *  999_000 ppm = 2. */
export function burnRate({ errorRatio, targetPpm }: BurnInput): number {
  return (errorRatio * PPM) / budgetPpm(targetPpm)
}

/** Tells the burn of a window, or null when nothing was counted in it. A negative bad count
 *  (more good than total) reads as none. */
export function windowBurn(bad: number, total: number, targetPpm: number): number | null {
  if (total <= 0) return null
  return burnRate({ errorRatio: Math.max(0, bad) / total, targetPpm })
}

/** Tells how much of a million may fail. Throws SLO_TARGET unless something may fail and
 *  something must succeed. */
export function budgetPpm(targetPpm: number): number {
  if (Number.isInteger(targetPpm) && targetPpm > 0 && targetPpm < PPM) return PPM - targetPpm
  throw new TenantryError(
    SLO_ERRORS.SLO_TARGET,
    `an objective of ${String(targetPpm)} ppm leaves no budget to burn`,
  )
}

export interface PairInput {
  readonly sharePpm: number
  readonly periodSeconds: number
  readonly longSeconds: number
}

/** Tells the burn at which the long window alone spends its share of the budget. Worked: 2 % of
 *  30 days in 1 h = 14.4. */
export function burnThreshold({ sharePpm, periodSeconds, longSeconds }: PairInput): number {
  return (sharePpm * periodSeconds) / (PPM * longSeconds)
}

/** Tells the share of the budget at whose burn a pair lets go of what it raised: half of its own,
 *  but never less than the period bears, so that what is within the objective keeps nothing open.
 *  Worked: over 30 days 14.4 times lets go at 7.2, 6 at 3, 3 at 1.5, 1 at 1. */
export function releaseSharePpm({ sharePpm, periodSeconds, longSeconds }: PairInput): number {
  return Math.max(Math.ceil(sharePpm / 2), Math.ceil((PPM * longSeconds) / periodSeconds))
}

/** The largest bad share that a window may have, as a reduced fraction. */
export interface Limit {
  readonly numerator: number
  readonly denominator: number
  /** Up to this count both products are exact in a double. */
  readonly safeTo: number
}

/** Turns a pair and an objective into the limit of its windows. Worked: 14.4 x 0.001 = 0.0144 =
 *  9 / 625. */
export function badLimit(pair: PairInput, targetPpm: number): Limit {
  const numerator =
    BigInt(pair.sharePpm) * BigInt(pair.periodSeconds) * BigInt(budgetPpm(targetPpm))
  const denominator = BigInt(PPM) * BigInt(pair.longSeconds) * BigInt(PPM)
  const divisor = greatestCommonDivisor(numerator, denominator)
  const reduced = {
    numerator: Number(numerator / divisor),
    denominator: Number(denominator / divisor),
  }
  const larger = Math.max(reduced.numerator, reduced.denominator)
  return { ...reduced, safeTo: Math.floor(Number.MAX_SAFE_INTEGER / larger) }
}

/** Tells whether a window's bad share is above the limit, exactly. An empty window never is. */
export function exceeds(bad: number, total: number, limit: Limit): boolean {
  if (total <= 0) return false
  if (total <= limit.safeTo && bad <= limit.safeTo) {
    return bad * limit.denominator > total * limit.numerator
  }
  return BigInt(bad) * BigInt(limit.denominator) > BigInt(total) * BigInt(limit.numerator)
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
