/**
 * Estimates quantiles from the buckets of histograms, however many layouts they come in, and tells
 * between which bounds the true value lies. Pure.
 *
 * At every bound it is known how many observations lie at or below it at least and at most
 * (layout-counts.ts), and so which bounds the quantile cannot be outside of:
 *
 *   upper = the first bound that at least the rank lies at or below, whatever the layouts hide
 *   lower = the last bound that fewer than the rank lie at or below, whatever the layouts hide
 *
 * The value is read where counts that are interpolated inside each layout's buckets reach the rank,
 * as Prometheus' histogram_quantile does for one layout; it is never outside of the two.
 *
 * How far apart they can be follows from the bounds alone. Native and exponential histograms are
 * read at fixed ones (native-layout.ts): a quarter of a doubling, so at most 18.9 % of the lower
 * one, from 1/16 s to 2 s, and a doubling elsewhere. A classic layout's is that of the bucket: the
 * default one of OpenTelemetry has none between 100 and 250 ms, so 150 % there.
 */
import {
  boundsOf,
  countsAt,
  risen,
  totalOf,
  type Bucket,
  type Counts,
  type Layout,
} from './layout-counts.ts'

export interface Quantile {
  readonly valueSeconds: number
  /** The true value is above it; 0 where nothing is known to be below. */
  readonly lowerSeconds: number
  /** The true value is not above it; Infinity where the highest bound lies below the rank. */
  readonly upperSeconds: number
}

interface Step extends Counts {
  readonly leSeconds: number
}

/**
 * Tells the value below which a share `q` of the observations lies: of n, the one of rank
 * ceil(q n), counted from 1. Null without observations or without a finite bound. Units: q 0..1.
 * Above the highest finite bound the value is that bound.
 * Worked: 0.5 over [{0.1, 10}, {0.2, 30}, {Infinity, 30}] -> rank 15, a quarter into 0.1..0.2 ->
 * 0.125, between 0.1 and 0.2.
 */
export function quantileOf(layouts: readonly Layout[], q: number): Quantile | null {
  const rising = layouts.map(risen).filter((layout) => totalOf(layout) > 0)
  const total = rising.reduce((sum, layout) => sum + totalOf(layout), 0)
  const steps = stepsOf(rising)
  if (total === 0 || steps.length < 2) return null
  const rank = q * total
  const whole = wholeRank(rank, total)
  const upper = steps.find(({ least }) => least >= whole) ?? steps.at(-1)!
  const lower = steps.findLast(({ most }) => most < whole)
  const lowerSeconds = lower?.leSeconds ?? 0
  return {
    valueSeconds: Math.max(lowerSeconds, interpolated(steps, rank, upper.leSeconds)),
    lowerSeconds,
    upperSeconds: upper.leSeconds,
  }
}

/** Worked: half of 5 observations is rank 3; a hair above 3 that comes from rounding is 3. */
function wholeRank(rank: number, total: number): number {
  const whole = Math.ceil(rank * (1 - 1e-12))
  return Math.min(Math.max(whole, Math.min(1, total)), total)
}

function stepsOf(layouts: readonly Layout[]): Step[] {
  if (layouts.length === 1) return layouts[0]!.map(exactly)
  return boundsOf(layouts).map((leSeconds) => ({ leSeconds, ...countsAt(layouts, leSeconds) }))
}

function exactly({ leSeconds, count }: Bucket): Step {
  return { leSeconds, least: count, most: count, likely: count }
}

function interpolated(steps: readonly Step[], rank: number, upperSeconds: number): number {
  const index = steps.findIndex(({ likely }) => likely >= rank)
  const { leSeconds, likely } = steps[index]!
  const below = steps[index - 1] ?? { leSeconds: 0, likely: 0 }
  if (leSeconds === Infinity || likely === below.likely) return below.leSeconds
  const share = (rank - below.likely) / (likely - below.likely)
  const value = below.leSeconds + share * (leSeconds - below.leSeconds)
  return Math.min(value, upperSeconds)
}
