/**
 * How many observations lie at or below a time, of histograms in however many layouts. Pure. At a
 * bound that a layout has its count is exact; between two of its bounds it lies between theirs.
 */
export interface Bucket {
  /** Upper bound, Infinity included. */
  readonly leSeconds: number
  /** Observations at or below the bound. */
  readonly count: number
}

/** One histogram or several of one layout: rising by bound, the last one Infinity. */
export type Layout = readonly Bucket[]

/** What lies at or below a time, over all layouts. Always least <= likely <= most. */
export interface Counts {
  /** However observations lie in their buckets. */
  readonly least: number
  readonly most: number
  /** As if they lay evenly in their bucket, and nowhere above the last finite bound. */
  readonly likely: number
}

/** Makes counts rise with the bound: parts of a histogram may come in different writes. */
export function risen(layout: Layout): Layout {
  let most = 0
  return layout.map(({ leSeconds, count }) => {
    most = Math.max(most, count)
    return { leSeconds, count: most }
  })
}

export function totalOf(layout: Layout): number {
  return layout.at(-1)?.count ?? 0
}

/** Lists the bounds of all layouts, rising. */
export function boundsOf(layouts: readonly Layout[]): number[] {
  const bounds = new Set(layouts.flatMap((layout) => layout.map(({ leSeconds }) => leSeconds)))
  return [...bounds].toSorted((a, b) => a - b)
}

/**
 * Worked: 200 ms over [{0.1, 10}, {0.3, 30}, {Infinity, 30}]: at least 10, at most 30, likely 20.
 */
export function countsAt(layouts: readonly Layout[], seconds: number): Counts {
  const counts = { least: 0, most: 0, likely: 0 }
  for (const layout of layouts) {
    counts.least += leastAt(layout, seconds)
    counts.most += mostAt(layout, seconds)
    counts.likely += likelyAt(layout, seconds)
  }
  return counts
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
    count: layouts.reduce((sum, layout) => sum + leastAt(layout, leSeconds), 0),
  }))
}

function leastAt(layout: Layout, seconds: number): number {
  return layout.findLast(({ leSeconds }) => leSeconds <= seconds)?.count ?? 0
}

function mostAt(layout: Layout, seconds: number): number {
  return layout.find(({ leSeconds }) => leSeconds >= seconds)?.count ?? totalOf(layout)
}

function likelyAt(layout: Layout, seconds: number): number {
  const index = layout.findIndex(({ leSeconds }) => leSeconds >= seconds)
  const above = layout[index]
  if (above === undefined) return totalOf(layout)
  const below = layout[index - 1] ?? { leSeconds: 0, count: 0 }
  if (above.leSeconds === seconds) return above.count
  if (above.leSeconds === Infinity) return below.count
  const share = (seconds - below.leSeconds) / (above.leSeconds - below.leSeconds)
  return below.count + Math.max(0, share) * (above.count - below.count)
}
