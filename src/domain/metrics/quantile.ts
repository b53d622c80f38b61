/**
 * Estimates quantiles from the buckets of classic histograms, by linear interpolation inside the
 * bucket that holds the rank. The true value lies in the same bucket, so the error is at most the
 * bucket's width. Pure. Source: Prometheus' histogram_quantile.
 */
export interface Bucket {
  /** Upper bound, Infinity included. */
  readonly leSeconds: number
  /** Observations at or below the bound. */
  readonly count: number
}

/**
 * Tells the value below which a share `q` of the observations lies, or null without observations.
 * Shape: buckets rise by bound and end with Infinity. Units: q 0..1, seconds out. A rank in the
 * last bucket gives the highest finite bound.
 * Worked: 0.5 over [{0.1, 10}, {0.2, 30}, {Infinity, 30}] -> rank 15, a quarter into 0.1..0.2 ->
 * 0.125.
 */
export function quantileFromBuckets(buckets: readonly Bucket[], q: number): number | null {
  const total = buckets.at(-1)?.count ?? 0
  if (total <= 0) return null
  const rank = q * total
  const index = buckets.findIndex((bucket) => bucket.count >= rank)
  const { leSeconds, count } = buckets[index]!
  const below = buckets[index - 1] ?? { leSeconds: 0, count: 0 }
  if (leSeconds === Infinity) return index === 0 ? null : below.leSeconds
  if (count === below.count) return below.leSeconds
  return (
    below.leSeconds + ((leSeconds - below.leSeconds) * (rank - below.count)) / (count - below.count)
  )
}

/**
 * Merges histograms of different layouts into one over all their bounds. A layout that lacks a
 * bound gives what it counted at its next lower bound, so counts are never too high, rise with the
 * bound, and are exact where all layouts agree.
 */
export function mergeLayouts(layouts: readonly (readonly Bucket[])[]): Bucket[] {
  if (layouts.length === 1) return [...layouts[0]!]
  const bounds = new Set(layouts.flatMap((buckets) => buckets.map((bucket) => bucket.leSeconds)))
  return [...bounds]
    .toSorted((a, b) => a - b)
    .map((leSeconds) => ({
      leSeconds,
      count: layouts.reduce((sum, buckets) => sum + countAtOrBelow(buckets, leSeconds), 0),
    }))
}

function countAtOrBelow(buckets: readonly Bucket[], leSeconds: number): number {
  return buckets.findLast((bucket) => bucket.leSeconds <= leSeconds)?.count ?? 0
}
