/** Ratios that are measured as such: the time that each share held for. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { ratioTime } from '../../../src/domain/metrics/ratio-time.ts'
import { openBench, remoteWrite, STALE } from './writing.ts'

const T = 1_700_000_000_000

type Value = number | typeof STALE

const write = (atMs: number, value: Value, name = 'tenantry_error_ratio'): Uint8Array =>
  remoteWrite([{ labels: { __name__: name, tenant: 'acme' }, samples: [[atMs, value]] }])

describe('the time of a share', () => {
  it('is spread over the buckets that it holds in, and rounded once', () => {
    expect([...ratioTime(0.25, T + 5_000, T + 25_000)]).toEqual([
      { endMs: T + 10_000, good: 3_750_000, bad: 1_250_000 },
      { endMs: T + 20_000, good: 7_500_000, bad: 2_500_000 },
      { endMs: T + 25_000, good: 3_750_000, bad: 1_250_000 },
    ])
  })

  it('of errors and of successes are told apart', () => {
    const bench = openBench()
    for (const name of ['tenantry_error_ratio', 'tenantry_success_ratio']) {
      bench.write(write(T, 0.1, name), T)
      bench.write(write(T + 60_000, 0.1, name), T + 60_000)
    }
    expect(bench.gains()).toEqual({
      'acme error_ratio 2xx': 54_000_000,
      'acme error_ratio 5xx': 6_000_000,
      'acme success_ratio 2xx': 6_000_000,
      'acme success_ratio 5xx': 54_000_000,
    })
  })

  it('is what a recount finds, with gaps, ends, nonsense and restarts', async () => {
    const sample = fc.record({
      afterMs: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 1, max: 70_000 }) },
        { weight: 1, arbitrary: fc.constantFrom(300_000, 300_001, 900_000) },
      ),
      value: fc.oneof(
        { weight: 6, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom<Value>(STALE, NaN, 1.5, -0.1) },
      ),
      restarts: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 30 }), async (samples) => {
        const bulk = openBulkInline({ directory: ':memory:' })
        let bench = openBench({ bulk })
        let atMs = T
        let last: number | null = null
        let position = 0
        const found = { total: 0, bad: 0 }
        const expected = { total: 0, bad: 0 }
        for (const { afterMs, value, restarts } of samples) {
          atMs += afterMs
          bench.write(write(atMs, value), atMs)
          const isRatio = typeof value === 'number' && value >= 0 && value <= 1
          if (isRatio && last !== null && atMs - last <= 300_000) {
            expected.total += (atMs - last) * 1_000
            expected.bad += Math.round(value * (atMs - last) * 1_000)
          }
          if (isRatio) last = atMs
          if (value === STALE) last = null
          const gains = bench.gains()
          const bad = gains['acme error_ratio 5xx'] ?? 0
          found.bad += bad
          found.total += bad + (gains['acme error_ratio 2xx'] ?? 0)
          if (!restarts) continue
          const { writes } = bench.metrics.checkpoint()
          await bulk.commit({ file: 'shared', logPosition: (position += 1), writes })
          bench = openBench({ bulk })
          bench.metrics.restore()
        }
        expect(found).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })
})
