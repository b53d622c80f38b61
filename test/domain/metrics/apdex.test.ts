import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import { apdexOf } from '../../../src/domain/metrics/apdex.ts'
import { openBench, otlp } from './writing.ts'

const T = 0.2

describe('the Apdex', () => {
  const known = [
    { leSeconds: 0.2, count: 60 },
    { leSeconds: 0.8, count: 90 },
    { leSeconds: Infinity, count: 100 },
  ]

  it('is exact where T and 4 T are bounds and nothing failed', () => {
    const exact = { ratio: 0.75, lowerRatio: 0.75, upperRatio: 0.75, thresholdSeconds: T }
    expect(apdexOf([known], T, 0)).toEqual(exact)
    expect(apdexOf([known], T, null)).toEqual(exact)
  })

  it('counts failed requests as frustrated, however fast they may have been', () => {
    expect(apdexOf([known], T, 0.1)).toEqual({
      ratio: expect.closeTo(0.675, 12),
      lowerRatio: 0.65,
      upperRatio: 0.75,
      thresholdSeconds: T,
    })
    expect(apdexOf([known], T, 1)).toMatchObject({ ratio: 0, lowerRatio: 0, upperRatio: 0 })
  })

  it('is estimated where T is no bound', () => {
    const around = [
      { leSeconds: 0.1, count: 40 },
      { leSeconds: 0.3, count: 80 },
      { leSeconds: 0.8, count: 90 },
      { leSeconds: Infinity, count: 100 },
    ]
    expect(apdexOf([around], T, 0)).toEqual({
      ratio: 0.75,
      lowerRatio: 0.65,
      upperRatio: 0.85,
      thresholdSeconds: T,
    })
  })

  it('is null without observations', () => {
    expect(apdexOf([], T, null)).toBeNull()
    expect(apdexOf([known.map((bucket) => ({ ...bucket, count: 0 }))], T, 0)).toBeNull()
  })

  it('lies between its estimates, and so does the true one, whatever failed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, histograms) => {
        const prng = openPrng(seed)
        const requests: { seconds: number; failed: boolean }[] = []
        const failsFast = prng.below(2) === 0
        const layouts = Array.from({ length: histograms }, () => {
          const bounds = Array.from({ length: 1 + prng.below(8) }, () => prng.next() * 2)
          if (prng.below(2) === 0) bounds.push(T, 4 * T)
          const own = Array.from({ length: prng.below(60) }, () => {
            const failed = prng.below(5) === 0
            return { seconds: prng.next() * (failed && failsFast ? 0.05 : 2), failed }
          })
          requests.push(...own)
          return [...new Set([...bounds, Infinity])]
            .toSorted((a, b) => a - b)
            .map((leSeconds) => ({
              leSeconds,
              count: own.filter(({ seconds }) => seconds <= leSeconds).length,
            }))
        })
        const all = requests.length
        const failures = requests.filter(({ failed }) => failed).length
        const found = apdexOf(layouts, T, all === 0 ? null : failures / all)
        if (found === null) {
          expect(all).toBe(0)
          return
        }
        const within = (limit: number) =>
          requests.filter(({ seconds, failed }) => !failed && seconds <= limit).length
        const exact = (within(T) + within(4 * T)) / (2 * all)
        const { ratio, lowerRatio, upperRatio } = found
        const tiny = 1e-9
        for (const value of [exact, ratio]) {
          expect(value).toBeGreaterThanOrEqual(lowerRatio - tiny)
          expect(value).toBeLessThanOrEqual(upperRatio + tiny)
        }
        expect(lowerRatio).toBeGreaterThanOrEqual(0)
        expect(upperRatio).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is read from the minutes of a tenant, errors and all', () => {
    const bench = openBench()
    const atMs = 1_700_000_000_000
    const send = (code: string, buckets: number[]) => {
      const count = buckets.reduce((sum, each) => sum + each, 0)
      const point = { startMs: atMs, atMs: atMs + 1_000, count, buckets, bounds: [0.2, 0.8] }
      const attributes = { 'http.response.status_code': code }
      bench.writeOtlp(
        otlp({ 'tenant.id': 'acme' }, [
          {
            name: 'http.server.request.duration',
            unit: 's',
            kind: 'histogram',
            points: [{ ...point, attributes }],
          },
        ]),
        atMs + 1_000,
      )
    }
    const rates = () => bench.metrics.rates(tenantId('acme'), atMs + 2_000, 60)
    expect(rates().apdex(T)).toBeNull()
    send('200', [50, 30, 10])
    send('500', [10, 0, 0])
    bench.metrics.drain(atMs)
    expect(rates().apdex(T)).toEqual({
      ratio: expect.closeTo(0.675, 12),
      lowerRatio: expect.closeTo(0.65, 12),
      upperRatio: expect.closeTo(0.75, 12),
      thresholdSeconds: T,
    })
  })
})
