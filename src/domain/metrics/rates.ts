/**
 * Tells how a tenant is served now, from minutes in memory: requests a second, share of server
 * errors, quantiles of response time.
 */
import { bucketEndMs, floorToStep, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { BUCKET_MS, type Cell, type SignalName } from './cell.ts'
import { apdexOf, type Apdex } from './apdex.ts'
import type { Bucket } from './layout-counts.ts'
import { quantileOf, type Quantile } from './quantile.ts'

export interface Rates {
  /** Null where the span holds no time in which the tenant was observed. */
  readonly requestsPerSecond: number | null
  /** 5xx over all. Null without requests. */
  readonly errorRatio: number | null
  /** Null without observations; see quantile.ts for how far the bounds can be apart. */
  quantile(q: number): Quantile | null
  /** Null without observations. */
  apdex(thresholdSeconds: number): Apdex | null
  /** What a counter gained a second, all its cells. Null where nothing reports it. */
  perSecond(signal: SignalName): number | null
}

export interface RatesInput {
  readonly cells: readonly Cell[]
  readonly value: (cellId: number, minuteEndMs: number) => number
  readonly firstSampleAtMs: number | null
  readonly lastSampleAtMs: number | null
  /** How long a tenant without samples is still read at its last sample and not at now. */
  readonly staleMs: number
}

/**
 * Tells the rates over a span that ends with the last closed bucket before the tenant's last
 * sample, so that neither the way of the samples nor the minute that has just begun makes a rate
 * look low. Units: whole minutes in, rounded up; the first is cut to when the tenant was first
 * seen.
 */
export function ratesOf(input: RatesInput, nowMs: number, spanSeconds: number): Rates {
  const { cells, value } = input
  const { fromMs, toMs } = spanOf(input, nowMs, spanSeconds)
  const gained = (cell: Cell): number => {
    let sum = 0
    for (
      let endMs = floorToStep(fromMs, MINUTE_MS) + MINUTE_MS;
      endMs < toMs + MINUTE_MS;
      endMs += MINUTE_MS
    ) {
      const amount = value(cell.cellId, endMs)
      if (!Number.isNaN(amount)) sum += amount
    }
    return sum
  }
  const seconds = (toMs - fromMs) / SECOND_MS
  let known: Bucket[][] | undefined
  const layouts = (): Bucket[][] => (known ??= bucketsByLayout(cells, gained))
  const perSecond = (of: readonly Cell[]): number | null =>
    seconds > 0 && of.length > 0 ? of.reduce((sum, cell) => sum + gained(cell), 0) / seconds : null
  const requests = cells.filter((cell) => cell.signal === 'requests')
  const total = requests.reduce((sum, cell) => sum + gained(cell), 0)
  const errors = requests
    .filter((cell) => cell.statusClass === '5xx')
    .reduce((sum, cell) => sum + gained(cell), 0)
  const errorRatio = total > 0 ? errors / total : null
  return {
    requestsPerSecond: seconds > 0 && requests.length > 0 ? total / seconds : null,
    errorRatio,
    quantile: (q) => quantileOf(layouts(), q),
    apdex: (thresholdSeconds) => apdexOf(layouts(), thresholdSeconds, errorRatio),
    perSecond: (signal) => perSecond(cells.filter((cell) => cell.signal === signal)),
  }
}

/** Groups the buckets of a tenant's histograms by layout. Shape: each rises by bound. */
export function bucketsByLayout(
  cells: readonly Cell[],
  count: (cell: Cell) => number,
  signal: SignalName = 'duration',
): Bucket[][] {
  const layouts = new Map<string, Bucket[]>()
  for (const cell of cells) {
    if (cell.signal !== signal) continue
    const key = `${cell.source} ${cell.layout}`
    const buckets = layouts.get(key) ?? []
    buckets.push({ leSeconds: cell.leSeconds!, count: count(cell) })
    layouts.set(key, buckets)
  }
  return [...layouts.values()].map((buckets) =>
    buckets.toSorted((a, b) => a.leSeconds - b.leSeconds),
  )
}

function spanOf(
  { firstSampleAtMs, lastSampleAtMs, staleMs }: RatesInput,
  nowMs: number,
  spanSeconds: number,
): { fromMs: number; toMs: number } {
  if (firstSampleAtMs === null || lastSampleAtMs === null) return { fromMs: nowMs, toMs: nowMs }
  const lastMs = nowMs - lastSampleAtMs > staleMs ? nowMs : Math.min(lastSampleAtMs, nowMs)
  const toMs = bucketEndMs(lastMs, BUCKET_MS)
  const spanMs = bucketEndMs(spanSeconds * SECOND_MS, MINUTE_MS)
  const fromMs = bucketEndMs(toMs, MINUTE_MS) - spanMs
  return { fromMs: Math.min(Math.max(fromMs, firstSampleAtMs), toMs), toMs }
}
