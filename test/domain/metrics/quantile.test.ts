import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng, type Prng } from '../../../src/core/prng.ts'
import { EXPONENTIAL_BOUNDS } from '../../../src/domain/metrics/native-layout.ts'
import { mergeLayouts, type Bucket } from '../../../src/domain/metrics/layout-counts.ts'
import { quantileOf, type Quantile } from '../../../src/domain/metrics/quantile.ts'
import { openBench, otlp } from './writing.ts'

const BUCKETS = [
  { leSeconds: 0.1, count: 10 },
  { leSeconds: 0.2, count: 30 },
  { leSeconds: Infinity, count: 40 },
]

describe('a quantile of one layout', () => {
  it.each([
    [0, 0, 0, 0.1],
    [0.25, 0.1, 0, 0.1],
    [0.375, 0.125, 0.1, 0.2],
    [0.75, 0.2, 0.1, 0.2],
    [0.99, 0.2, 0.2, Infinity],
  ])('of %f is %f, between %f and %f', (q, value, lowerSeconds, upperSeconds) => {
    expect(quantileOf([BUCKETS], q)).toEqual({
      valueSeconds: expect.closeTo(value, 12),
      lowerSeconds,
      upperSeconds,
    })
  })

  it('is null without observations or without finite buckets', () => {
    expect(quantileOf([], 0.5)).toBeNull()
    expect(quantileOf([BUCKETS.map((bucket) => ({ ...bucket, count: 0 }))], 0.5)).toBeNull()
    expect(quantileOf([[{ leSeconds: Infinity, count: 3 }]], 0.5)).toBeNull()
  })

  it('takes what came for a higher bound only for no more than it is', () => {
    const late = [
      { leSeconds: 0.1, count: 5 },
      { leSeconds: 0.2, count: 4 },
      { leSeconds: Infinity, count: 6 },
    ]
    expect(quantileOf([late], 0.5)).toMatchObject({ lowerSeconds: 0, upperSeconds: 0.1 })
  })
})

const layoutOf = (bounds: readonly number[], values: readonly number[]): Bucket[] =>
  [...bounds, Infinity].map((leSeconds) => ({
    leSeconds,
    count: values.filter((value) => value <= leSeconds).length,
  }))

/** From 0.1 ms to about 20 s, as response times spread. */
const randomSeconds = (prng: Prng) => 2 ** (prng.next() * 17.6 - 13.3)

/** Response times, each counted in one of a few histograms with bounds of their own. */
function randomWorld(seed: number, histograms: number) {
  const prng = openPrng(seed)
  const all: number[] = []
  const layouts = Array.from({ length: histograms }, () => {
    const bounds = Array.from({ length: 1 + prng.below(15) }, () => randomSeconds(prng))
    const values = Array.from({ length: prng.below(200) }, () => randomSeconds(prng))
    // Some observations lie on a bound
    values.push(...bounds.filter(() => prng.below(3) === 0))
    all.push(...values)
    return layoutOf(
      [...new Set(bounds)].toSorted((a, b) => a - b),
      values,
    )
  })
  return { layouts, values: all.toSorted((a, b) => a - b) }
}

function expectAround(found: Quantile, exact: number): void {
  const { valueSeconds, lowerSeconds, upperSeconds } = found
  expect(exact).toBeGreaterThan(lowerSeconds)
  expect(exact).toBeLessThanOrEqual(upperSeconds)
  expect(valueSeconds).toBeGreaterThanOrEqual(lowerSeconds)
  expect(valueSeconds).toBeLessThanOrEqual(upperSeconds)
}

describe('a quantile of merged histograms', () => {
  it('has the exact one between its bounds, whatever the layouts', () => {
    const share = fc.integer({ min: 0, max: 1_000 }).map((permille) => permille / 1_000)
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 5 }), share, (seed, histograms, q) => {
        const { layouts, values } = randomWorld(seed, histograms)
        const found = quantileOf(layouts, q)
        if (found === null) {
          expect(values).toEqual([])
          return
        }
        const rank = Math.max(1, Math.ceil(Number((q * values.length).toFixed(6))))
        expectAround(found, values[rank - 1]!)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has no wider bounds than the finest layout that holds all observations', () => {
    const coarse = layoutOf([1], [])
    const fine = layoutOf([0.1, 0.2, 0.5], [0.15, 0.15, 0.15])
    expect(quantileOf([coarse, fine], 0.5)).toMatchObject({ lowerSeconds: 0.1, upperSeconds: 0.2 })
  })

  it('says what a layout without bounds of its own hides', () => {
    const hidden = layoutOf([1], [0.3])
    const fine = layoutOf([0.1, 0.2, 0.5], [0.15, 0.15])
    expect(quantileOf([hidden, fine], 1)).toMatchObject({ lowerSeconds: 0.1, upperSeconds: 1 })
  })

  it('errs by at most a quarter of a doubling where native histograms are dense', () => {
    const bounds = [...EXPONENTIAL_BOUNDS]
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const prng = openPrng(seed)
        const values = Array.from({ length: 100 }, () => 2 ** (prng.next() * 5 - 4))
        const { lowerSeconds, upperSeconds, valueSeconds } = quantileOf(
          [layoutOf(bounds, values)],
          0.99,
        )!
        const exact = values.toSorted((a, b) => a - b)[98]!
        expect(upperSeconds / lowerSeconds - 1).toBeLessThanOrEqual(0.1893)
        expect(Math.abs(valueSeconds / exact - 1)).toBeLessThanOrEqual(0.1893)
      }),
    )
    const steps = bounds.slice(1).map((bound, index) => bound / bounds[index]! - 1)
    const dense = steps.filter((_, index) => bounds[index]! >= 1 / 16 && bounds[index]! < 2)
    expect(Math.max(...dense)).toBeCloseTo(2 ** 0.25 - 1, 12)
    expect(Math.max(...steps)).toBeCloseTo(1, 12)
    expect(bounds).toHaveLength(40)
  })

  it('holds over series, layouts and minutes, as they come in', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const prng = openPrng(seed)
        const bench = openBench()
        const atMs = 1_700_000_000_000
        const all: number[] = []
        for (const host of ['a', 'b']) {
          for (const bounds of [
            [0.1, 0.2, 0.5],
            [0.25, 1, 5],
          ]) {
            const seen: number[] = []
            for (let minute = 1; minute <= 3; minute += 1) {
              const values = Array.from({ length: 1 + prng.below(40) }, () => randomSeconds(prng))
              seen.push(...values)
              all.push(...values)
              const counts = layoutOf(bounds, seen).map(({ count }) => count)
              const buckets = counts.map((count, index) => count - (counts[index - 1] ?? 0))
              const point = { startMs: atMs, atMs: atMs + minute * 60_000 - 1, count: seen.length }
              bench.writeOtlp(
                otlp({ 'tenant.id': 'acme', host }, [
                  {
                    name: 'http.server.request.duration',
                    unit: 's',
                    kind: 'histogram',
                    points: [{ ...point, buckets, bounds }],
                  },
                ]),
                atMs + 180_000,
              )
            }
          }
        }
        bench.metrics.drain(atMs)
        const rates = bench.metrics.rates(tenantId('acme'), atMs + 180_000, 600)
        all.sort((a, b) => a - b)
        for (const q of [0.5, 0.95, 0.99]) {
          const rank = Math.ceil(Number((q * all.length).toFixed(6)))
          expectAround(rates.quantile(q)!, all[rank - 1]!)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('merged counts', () => {
  it('are never too high where layouts differ', () => {
    const other = [
      { leSeconds: 0.15, count: 4 },
      { leSeconds: Infinity, count: 5 },
    ]
    expect(mergeLayouts([BUCKETS, other])).toEqual([
      { leSeconds: 0.1, count: 10 },
      { leSeconds: 0.15, count: 14 },
      { leSeconds: 0.2, count: 34 },
      { leSeconds: Infinity, count: 45 },
    ])
  })
})
