/**
 * Estimates quantiles from the buckets of histograms, however many layouts they come in, and tells
 * between which bounds the true value lies. Pure.
 *
 * At a bound that a layout has, its count is exact; between two of its bounds it lies between their
 * counts. Added up over all layouts this gives at every bound the least and the most that can lie
 * at or below it, and so the bounds that the quantile cannot be outside of:
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
export interface Bucket {
  /** Upper bound, Infinity included. */
  readonly leSeconds: number
  /** Observations at or below the bound. */
  readonly count: number
}

/** One histogram or several of one layout: rising by bound, the last one Infinity. */
export type Layout = readonly Bucket[]

export interface Quantile {
  readonly valueSeconds: number
  /** The true value is above it; 0 where nothing is known to be below. */
  readonly lowerSeconds: number
  /** The true value is not above it; Infinity where the highest bound lies below the rank. */
  readonly upperSeconds: number
}

/** What lies at or below one bound, over all layouts. */
interface Step {
  readonly leSeconds: number
  readonly least: number
  readonly most: number
  readonly likely: number
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

/**
 * Merges histograms of different layouts into one over all their bounds. A layout that lacks a
 * bound gives what it counted at its next lower bound, so counts are never too high, rise with the
 * bound, and are exact where all layouts agree.
 */
export function mergeLayouts(layouts: readonly Layout[]): Bucket[] {
  if (layouts.length === 1) return [...layouts[0]!]
  return boundsOf(layouts).map((leSeconds) => ({
    leSeconds,
    count: layouts.reduce((sum, buckets) => sum + leastAt(buckets, leSeconds), 0),
  }))
}

/** Counts rise with the bound, though parts of a histogram may come in different writes. */
function risen(layout: Layout): Layout {
  let most = 0
  return layout.map(({ leSeconds, count }) => {
    most = Math.max(most, count)
    return { leSeconds, count: most }
  })
}

function totalOf(layout: Layout): number {
  return layout.at(-1)?.count ?? 0
}

/** Worked: half of 5 observations is rank 3; a hair above 3 that comes from rounding is 3. */
function wholeRank(rank: number, total: number): number {
  const whole = Math.ceil(rank * (1 - 1e-12))
  return Math.min(Math.max(whole, Math.min(1, total)), total)
}

function boundsOf(layouts: readonly Layout[]): number[] {
  const bounds = new Set(layouts.flatMap((layout) => layout.map(({ leSeconds }) => leSeconds)))
  return [...bounds].toSorted((a, b) => a - b)
}

function stepsOf(layouts: readonly Layout[]): Step[] {
  if (layouts.length === 1) return layouts[0]!.map(exactly)
  return boundsOf(layouts).map((leSeconds) => {
    const step = { leSeconds, least: 0, most: 0, likely: 0 }
    for (const layout of layouts) {
      step.least += leastAt(layout, leSeconds)
      step.most += mostAt(layout, leSeconds)
      step.likely += likelyAt(layout, leSeconds)
    }
    return step
  })
}

function exactly({ leSeconds, count }: Bucket): Step {
  return { leSeconds, least: count, most: count, likely: count }
}

function leastAt(layout: Layout, leSeconds: number): number {
  return layout.findLast((bucket) => bucket.leSeconds <= leSeconds)?.count ?? 0
}

function mostAt(layout: Layout, leSeconds: number): number {
  return layout.find((bucket) => bucket.leSeconds >= leSeconds)?.count ?? totalOf(layout)
}

/** Observations are taken to lie evenly in their bucket; above the last finite bound nowhere. */
function likelyAt(layout: Layout, leSeconds: number): number {
  const index = layout.findIndex((bucket) => bucket.leSeconds >= leSeconds)
  const above = layout[index]
  if (above === undefined) return totalOf(layout)
  const below = layout[index - 1] ?? { leSeconds: 0, count: 0 }
  if (above.leSeconds === leSeconds) return above.count
  if (above.leSeconds === Infinity) return below.count
  const share = (leSeconds - below.leSeconds) / (above.leSeconds - below.leSeconds)
  return below.count + Math.max(0, share) * (above.count - below.count)
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
