import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import type { STALE } from './writing.ts'
import { openBench, otlp, remoteWrite, type Bench, type OtlpMetric } from './writing.ts'

const T = 1_700_000_000_000
const DAY_MS = 24 * HOUR_MS
const LONG_MS = 2 * DAY_MS + HOUR_MS

function requests(pod: string, atMs: number, value = 1): Uint8Array {
  const labels = { __name__: 'http_requests_total', code: '200', tenant: 'acme', job: 'api' }
  return remoteWrite([{ labels: { ...labels, instance: pod }, samples: [[atMs, value]] }])
}

function series({ metrics }: Bench): number {
  return metrics.stats().series
}

/** Another series that goes on: it says how late it is. */
function goOn(bench: Bench, atMs: number): void {
  bench.write(requests('steady', atMs, atMs - T), atMs)
  bench.gains(atMs)
  bench.metrics.closeMinute(atMs)
}

describe('a series that no sample can continue', () => {
  it('is forgotten two days after its last sample, and its place is taken again', () => {
    const bench = openBench()
    bench.write(requests('old', T), T)
    goOn(bench, T)
    expect(series(bench)).toBe(2)
    goOn(bench, T + 2 * DAY_MS)
    expect(series(bench)).toBe(2)
    goOn(bench, T + LONG_MS)
    expect(series(bench)).toBe(1)
    expect(bench.counters.read('tenantry_series_retired_total')).toBe(1)
    bench.write(requests('new', T + LONG_MS), T + LONG_MS)
    bench.write(requests('old', T + LONG_MS, 5), T + LONG_MS)
    expect(series(bench)).toBe(3)
  })

  it('is a new one when it comes again', () => {
    const bench = openBench()
    bench.write(requests('old', T, 100), T)
    goOn(bench, T + LONG_MS)
    const atMs = T + LONG_MS + 15_000
    bench.write(requests('old', atMs, 130), atMs)
    bench.write(requests('old', atMs + 15_000, 137), atMs + 15_000)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 7 })
  })

  it('is kept while only the clock of this machine says that it is late', () => {
    const bench = openBench()
    bench.write(requests('old', T), T)
    bench.metrics.closeMinute(T + 10 * DAY_MS)
    expect(series(bench)).toBe(1)
  })

  it('leaves room in its tenant', () => {
    const bench = openBench({ quotas: { activeSeries: 2 } })
    bench.write(requests('a', T), T)
    bench.write(requests('steady', T), T)
    expect(bench.write(requests('b', T), T).discarded).toEqual({ 'series-limit': 1 })
    goOn(bench, T + LONG_MS)
    expect(bench.write(requests('b', T + LONG_MS), T + LONG_MS).discarded).toEqual({})
  })

  it('takes its keys, metric and resource along, over OTLP as well', () => {
    const bench = openBench()
    const metrics = (atMs: number): OtlpMetric[] => [
      {
        name: 'http.server.request.duration',
        unit: 's',
        kind: 'histogram',
        temporality: 1,
        points: [
          {
            attributes: { 'http.route': '/a', 'http.response.status_code': '200' },
            startMs: atMs - 1_000,
            atMs,
            count: 3,
            sum: 1,
            buckets: [1, 2],
            bounds: [0.1],
          },
        ],
      },
      {
        name: 'process.memory.usage',
        unit: 'By',
        kind: 'gauge',
        points: [{ atMs, value: 50 }],
      },
    ]
    const sizes: number[] = []
    for (let day = 0; day < 6; day += 1) {
      const atMs = T + day * LONG_MS
      bench.writeOtlp(otlp({ 'tenant.id': 'acme', host: `h${day}` }, metrics(atMs)), atMs)
      expect(bench.gains(atMs)).toMatchObject({ 'acme requests 2xx': 3 })
      bench.metrics.closeMinute(atMs)
      sizes.push(series(bench))
    }
    // Count, sum and two buckets of the histogram, and the gauge
    expect(sizes).toEqual([5, 5, 5, 5, 5, 5])
  })

  it('is forgotten although no sample of it was ever taken', () => {
    const bench = openBench()
    expect(bench.write(requests('late', T - 3 * DAY_MS), T).discarded).toEqual({ 'too-old': 1 })
    goOn(bench, T)
    goOn(bench, T + HOUR_MS)
    expect(series(bench)).toBe(2)
    goOn(bench, T + LONG_MS)
    expect(series(bench)).toBe(1)
  })

  it('is not one of changes that has been quiet and has not ended', () => {
    const bench = openBench()
    const active = (atMs: number, value: number): Uint8Array =>
      otlp({ 'tenant.id': 'acme' }, [
        {
          name: 'http.server.active_requests',
          kind: 'sum',
          monotonic: false,
          temporality: 1,
          points: [{ startMs: atMs - 1_000, atMs, value }],
        },
      ])
    bench.writeOtlp(active(T, 4), T)
    goOn(bench, T + LONG_MS)
    expect(series(bench)).toBe(2)
    bench.writeOtlp(active(T + LONG_MS + 1_000, 3), T + LONG_MS + 1_000)
    expect(bench.metrics.totals('acme' as never).activeRequests).toBe(7)
  })

  it('frees what it had for good, over a restart', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    let bench = openBench({ bulk })
    const bucket = (pod: string, atMs: number, value: number | typeof STALE): Uint8Array =>
      remoteWrite(
        ['0.1', '0.5', '+Inf'].map((le) => ({
          labels: {
            __name__: 'http_request_duration_seconds_bucket',
            tenant: 'acme',
            job: 'api',
            instance: pod,
            le,
          },
          samples: [[atMs, value]],
        })),
        false,
      )
    for (let day = 0; day < 5; day += 1) {
      const atMs = T + day * LONG_MS
      bench.write(bucket(`p${day}`, atMs, 10), atMs)
      bench.write(bucket(`p${day}`, atMs + 15_000, 14), atMs + 15_000)
      expect(bench.gains(atMs)).toEqual({
        'acme duration 0.1': 4,
        'acme duration 0.5': 4,
        'acme duration Infinity': 4,
      })
      bench.metrics.closeMinute(atMs)
      expect(series(bench)).toBe(3)
      const { writes } = bench.metrics.checkpoint()
      await bulk.commit({ file: 'shared', logPosition: day, writes })
      bench.metrics.confirm(true)
      bench = openBench({ bulk })
      bench.metrics.restore()
      expect(series(bench)).toBe(3)
    }
  })
})
