/**
 * Whether a group of tenants burns its budget together. As of one tenant, only that what may fail
 * differs by tenant: a window exceeds a pair's threshold when what was bad in it is more than so
 * many times what may fail of all that was counted. Exact. Pure.
 *
 *   burn = bad / allowed     allowed = the sum over tenants of total x (1 - objective)
 *
 * Worked: 30 bad of 1_000 at 99 % and none of 9_000 at 99.9 % burn 30 / (10 + 9) = 1.58 times.
 */
import { PPM } from '../../core/units.ts'
import type { AllowedPpm, Counted } from './budget.ts'
import { burnThreshold, releaseSharePpm } from './burn.ts'
import type { PairMask } from './decide.ts'
import { bitOf } from './objective.ts'
import type { BurnPair } from './windows.ts'

/** What a group counted in a window, and what of it may fail. */
export interface GroupCount extends Counted {
  readonly allowed: AllowedPpm
}

/** What the windows of a group count, by their length. */
export type GroupWindows = (seconds: number) => GroupCount

export interface GroupRules {
  readonly pairs: readonly BurnPair[]
  readonly periodSeconds: number
  /** How much one event or slice counts. */
  readonly units: number
  /** In events or slices: of pairs that say nothing else. */
  readonly minBadEvents: number
  readonly minTotalEvents: number
}

/** Tells how fast a group burns. Null where nothing was counted, or nothing may fail. */
export function groupBurn({ bad, allowed }: GroupCount): number | null {
  return allowed > 0 ? (Math.max(0, bad) * PPM) / allowed : null
}

/** Tells which pairs' rates are above their thresholds, whatever the counts. */
export function groupBurning(windows: GroupWindows, rules: GroupRules): PairMask {
  return maskOf(rules, (pair) => burns(windows, pair, rules))
}

/** Tells which pairs hold: they burn, and it was enough events. */
export function groupHolding(windows: GroupWindows, rules: GroupRules): PairMask {
  return maskOf(
    rules,
    (pair) => fewText(windows, pair, rules) === null && burns(windows, pair, rules),
  )
}

/** Tells which pairs have not recovered: what they raised is kept while their short window is above
 *  its release. */
export function groupLingering(windows: GroupWindows, rules: GroupRules): PairMask {
  const { periodSeconds } = rules
  return maskOf(rules, (pair) => {
    const sharePpm = releaseSharePpm({ ...pair, periodSeconds })
    return exceeds(windows(pair.shortSeconds), { ...pair, sharePpm }, periodSeconds)
  })
}

/**
 * Says why too few events were counted for a pair to raise anything; null where they are enough.
 */
export function fewText(windows: GroupWindows, pair: BurnPair, rules: GroupRules): string | null {
  const { units } = rules
  const { bad, total } = windows(pair.longSeconds)
  const minBad = pair.minBadEvents ?? rules.minBadEvents
  const minTotal = pair.minTotalEvents ?? rules.minTotalEvents
  const shown = (count: number): string => String(Number((count / units).toFixed(2)))
  const seen = `${shown(bad)} bad of ${shown(total)}`
  if (bad < minBad * units) return `${seen}: fewer than ${String(minBad)} bad`
  return total < minTotal * units ? `${seen}: fewer than ${String(minTotal)} altogether` : null
}

/** Tells at which burn a pair raises. */
export function thresholdOfPair(pair: BurnPair, { periodSeconds }: GroupRules): number {
  return burnThreshold({ ...pair, periodSeconds })
}

function maskOf({ pairs }: GroupRules, holds: (pair: BurnPair) => boolean): PairMask {
  return pairs.reduce((mask, pair) => (holds(pair) ? mask | bitOf(pair.speed) : mask), 0)
}

function burns(windows: GroupWindows, pair: BurnPair, { periodSeconds }: GroupRules): boolean {
  const above = (seconds: number): boolean => exceeds(windows(seconds), pair, periodSeconds)
  return above(pair.longSeconds) && above(pair.shortSeconds)
}

/** bad / allowed > share x period / long, without a rounding. */
function exceeds(
  { bad, allowed }: GroupCount,
  { sharePpm, longSeconds }: Pick<BurnPair, 'sharePpm' | 'longSeconds'>,
  periodSeconds: number,
): boolean {
  if (bad <= 0 || allowed <= 0) return false
  const left = BigInt(bad) * BigInt(PPM) * BigInt(PPM) * BigInt(longSeconds)
  return left > BigInt(sharePpm) * BigInt(periodSeconds) * BigInt(allowed)
}
