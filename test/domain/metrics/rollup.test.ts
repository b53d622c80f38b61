import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { packHour, packValues, unpackHour, unpackValues } from '../../../src/domain/metrics/pack.ts'
import { openBench, otlp, remoteWrite, type Bench } from './writing.ts'

const acme = tenantId('acme')
const H = Math.ceil(1_700_000_000_000 / HOUR_MS) * HOUR_MS

const requests = (code: string, ...samples: [number, number][]) => ({
  labels: { __name__: 'http_requests_total', code, tenant: 'acme', job: 'api' },
  samples,
})

async function checkpoint({ metrics, bulk }: Bench, logPosition: number): Promise<void> {
  metrics.drain(0)
  await bulk.commit({ file: 'shared', logPosition, writes: metrics.checkpoint().writes })
  metrics.confirm(true)
}

function packedHours({ bulk }: Bench) {
  return bulk
    .read<{ hour_end_ms: number; body: Uint8Array }>(
      'shared',
      'SELECT hour_end_ms, body FROM rollup_minute_hour ORDER BY hour_end_ms',
    )
    .map(({ hour_end_ms, body }) => [
      hour_end_ms,
      unpackHour(body).map(({ cellId, minutes }) => [
        cellId,
        Object.fromEntries([...minutes.entries()].filter(([, value]) => !Number.isNaN(value))),
      ]),
    ])
}

describe('rollups', () => {
  it('pack an hour by minute when it leaves memory, and again with what comes late', async () => {
    const bench = openBench()
    bench.write(remoteWrite([requests('200', [H, 0], [H + 1, 5], [H + HOUR_MS, 7])]), H + HOUR_MS)
    bench.metrics.drain(H)
    for (let hours = 0; hours < 2; hours += 1) bench.metrics.closeMinute(H + 4 * HOUR_MS)
    await checkpoint(bench, 1)
    // Two minutes after its last sample the tenant is heard of no more
    const idle = [H + 2 * HOUR_MS, [[0, { 0: 0 }]]]
    expect(packedHours(bench)).toEqual([[H + HOUR_MS, [[0, { 0: 5, 59: 2 }]]], idle])
    expect(bench.bulk.read('shared', 'SELECT * FROM rollup_open_minute')).toHaveLength(0)

    const start = H + 59 * MINUTE_MS + 1
    const late = requests('200', [start, 0], [start + 1, 4])
    bench.write(remoteWrite([{ ...late, labels: { ...late.labels, job: 'b' } }]), H + 3 * HOUR_MS)
    bench.metrics.drain(H)
    bench.metrics.closeMinute(H + 3 * HOUR_MS)
    await checkpoint(bench, 2)
    expect(packedHours(bench)).toEqual([[H + HOUR_MS, [[0, { 0: 5, 59: 6 }]]], idle])
  })

  it('keep what was packed until it is written', async () => {
    const bench = openBench()
    bench.write(remoteWrite([requests('200', [H, 0], [H + 1, 5])]), H + 1)
    bench.metrics.drain(H)
    bench.metrics.closeMinute(H + 3 * HOUR_MS)
    bench.metrics.checkpoint()
    bench.metrics.confirm(false)
    await checkpoint(bench, 1)
    expect(packedHours(bench)).toEqual([[H + HOUR_MS, [[0, { 0: 5, 1: 0 }]]]])
  })

  it('note gauges by minute', async () => {
    const bench = openBench()
    const labels = { __name__: 'process_resident_memory_bytes', tenant: 'acme', job: 'a' }
    bench.write(remoteWrite([{ labels, samples: [[H + 1, 300]] }]), H + 1)
    bench.metrics.closeMinute(H + 30_000)
    bench.metrics.closeMinute(H + 3 * HOUR_MS)
    await checkpoint(bench, 1)
    const held = { 0: 300, 1: 300, 2: 300, 3: 300, 4: 300 }
    expect(packedHours(bench)).toEqual([[H + HOUR_MS, [[0, held]]]])
  })
})

describe('packing', () => {
  const value = fc.oneof(
    fc.constant(NaN),
    fc.nat(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.constant(-0),
  )

  it('gives back the values of a minute', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), (values) => {
        const read = values.map(() => NaN)
        unpackValues(packValues(Float64Array.from(values), values.length), (cellId, one) => {
          read[cellId] = one
        })
        expect(read.map((one) => one + 0)).toEqual(values.map((one) => one + 0))
      }),
    )
  })

  it('gives back the hours of cells', () => {
    const minutes = fc.array(value, { minLength: 60, maxLength: 60 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), minutes)), (cells) => {
        let cellId = 0
        const rows = cells.map(([step, values]) => {
          cellId += step
          return { cellId, minutes: Float64Array.from(values, (one) => one + 0) }
        })
        expect(unpackHour(packHour(rows))).toEqual(rows)
      }),
      { numRuns: 30 },
    )
  })
})

describe('rates', () => {
  it('tell requests a second, errors and quantiles of what was seen so far', () => {
    const bench = openBench()
    expect(bench.metrics.rates(acme, H, 60).requestsPerSecond).toBeNull()
    const samples = [
      requests('200', [H, 0], [H + 30_000, 90]),
      requests('500', [H, 0], [H + 30_000, 30]),
    ]
    bench.write(remoteWrite(samples), H + 30_000)
    bench.metrics.drain(H)
    const rates = bench.metrics.rates(acme, H + 40_000, 60)
    expect(rates.requestsPerSecond).toBe(4)
    expect(rates.errorRatio).toBe(0.25)
    expect(rates.quantile(0.5)).toBeNull()
  })

  it('interpolate quantiles inside a bucket', () => {
    const bench = openBench()
    const point = { startMs: H, atMs: H + 1, count: 30, buckets: [10, 20, 0], bounds: [0.1, 0.2] }
    const histogram = { name: 'http.server.request.duration', kind: 'histogram' as const }
    bench.writeOtlp(otlp({ 'tenant.id': 'acme' }, [{ ...histogram, points: [point] }]), H)
    bench.metrics.drain(H)
    const median = bench.metrics.rates(acme, H + 1, 60).quantile(0.5)
    expect(median).toEqual({
      valueSeconds: expect.closeTo(0.125, 12),
      lowerSeconds: 0.1,
      upperSeconds: 0.2,
    })
  })
})
