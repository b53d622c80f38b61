import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openBench, otlp, remoteWrite, STALE } from './writing.ts'

const acme = tenantId('acme')
const T = 1_700_000_000_000

const requests = (code: string, ...samples: [number, number | typeof STALE][]) => ({
  labels: { __name__: 'http_requests_total', code, tenant_id: 'acme', job: 'api', instance: 'a:1' },
  samples,
})

describe('counters over remote write', () => {
  it('takes the first point of a new instance as a baseline and books what follows', () => {
    const bench = openBench()
    bench.write(remoteWrite([requests('200', [T, 100])]), T)
    expect(bench.gains()).toEqual({})
    bench.write(remoteWrite([requests('200', [T + 15_000, 130])]), T + 15_000)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 30 })
  })

  it('counts a first error as an error once the instance reported for two intervals', () => {
    const bench = openBench()
    for (const step of [0, 1]) {
      bench.write(remoteWrite([requests('200', [T + step * 15_000, 10])]), T)
    }
    const third = [requests('200', [T + 30_000, 12]), requests('500', [T + 30_000, 3])]
    bench.write(remoteWrite(third), T)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2, 'acme requests 5xx': 3 })
  })

  it('counts all of the value after a reset', () => {
    const bench = openBench()
    bench.write(remoteWrite([requests('200', [T, 100], [T + 1000, 110], [T + 2000, 4])]), T)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 14 })
  })

  it('goes on from the last value when a scrape failed in between', () => {
    const bench = openBench()
    const samples = requests('200', [T, 100], [T + 1000, STALE], [T + 2000, 105])
    bench.write(remoteWrite([samples]), T)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 5 })
  })

  it('books a gain in the left-open bucket that holds its sample', () => {
    const bench = openBench()
    const end = Math.ceil(T / 10_000) * 10_000
    const samples = requests('200', [end - 5_000, 0], [end, 1], [end + 1, 3])
    bench.write(remoteWrite([samples]), end)
    const { count, bucketEndsMs, amounts } = bench.metrics.drain(end)
    const booked = Array.from({ length: count }, (_, i) => [bucketEndsMs[i], amounts[i]])
    expect(booked).toEqual([
      [end, 1],
      [end + 10_000, 2],
    ])
  })
})

describe('what becomes of each sample', () => {
  it('tells duplicates, late samples and impossible times apart', () => {
    const bench = openBench()
    bench.write(remoteWrite([requests('200', [T, 1], [T + 1000, 2])]), T)
    const outcome = bench.write(
      remoteWrite([
        requests(
          '200',
          [T + 1000, 2],
          [T + 1000, 3],
          [T, 1],
          [T + 601_000, 9],
          [T - 86_401_000, 9],
          [T + 2000, NaN],
          [T + 2000, -1],
          [T + 2000, 5],
        ),
      ]),
      T,
    )
    expect(outcome).toMatchObject({
      received: 8,
      attributed: 1,
      duplicate: 1,
      discardedTotal: 6,
      discarded: {
        'duplicate-timestamp': 1,
        'out-of-order': 1,
        'too-far-in-future': 1,
        'too-old': 1,
        'not-a-number': 1,
        'negative-counter': 1,
      },
    })
    expect(outcome.messages).toHaveLength(5)
    expect(outcome.messages[0]).toBe(
      'http_requests_total{code="200", instance="a:1", job="api", tenant_id="acme"}: duplicate-timestamp',
    )
  })

  it('leaves no trace of an abandoned write in any figure', () => {
    const bench = openBench()
    const staged = bench.metrics.stage({ boundTenant: acme, namedTenant: null })
    staged.abandon()
    expect(bench.metrics.stats().accounts['received']).toBe(0)
    expect(bench.metrics.lastSampleAtMs(acme)).toBeNull()
  })
})

describe('OTLP', () => {
  const duration = (atMs: number, buckets: number[], startMs = T - 60_000) =>
    otlp({ 'service.name': 'shop', 'tenant.id': 'acme' }, [
      {
        name: 'http.server.request.duration',
        unit: 's',
        kind: 'histogram',
        points: [
          {
            attributes: { 'http.response.status_code': '503' },
            startMs,
            atMs,
            count: buckets.reduce((a, b) => a + b),
            sum: 1.5,
            buckets,
            bounds: [0.1, 0.25],
          },
        ],
      },
    ])

  it('counts a histogram from its start, as requests and as buckets at or below each bound', () => {
    const bench = openBench()
    const outcome = bench.writeOtlp(duration(T, [5, 2, 1]), T)
    expect(outcome).toMatchObject({ received: 1, attributed: 1 })
    expect(bench.gains()).toEqual({
      'acme requests 5xx 503': 8,
      'acme duration 0.1': 5,
      'acme duration 0.25': 7,
      'acme duration Infinity': 8,
      'acme duration_sum': 1.5,
    })
  })

  it('resets all components when the start moves on', () => {
    const bench = openBench()
    bench.writeOtlp(duration(T, [5, 2, 1]), T)
    bench.gains()
    bench.writeOtlp(duration(T + 10_000, [5, 3, 1], T + 5_000), T)
    expect(bench.gains()).toMatchObject({ 'acme requests 5xx 503': 9, 'acme duration 0.1': 5 })
  })

  it('knows a repeated point and a changed one', () => {
    const bench = openBench()
    bench.writeOtlp(duration(T, [5, 2, 1]), T)
    expect(bench.writeOtlp(duration(T, [5, 2, 1]), T)).toMatchObject({ duplicate: 1 })
    expect(bench.writeOtlp(duration(T, [4, 3, 1]), T).discarded).toEqual({
      'duplicate-timestamp': 1,
    })
  })
})

describe('deltas', () => {
  const delta = (startMs: number, atMs: number, value: number) =>
    otlp({ 'tenant.id': 'acme' }, [
      {
        name: 'process.cpu.time',
        unit: 's',
        kind: 'sum',
        temporality: 1,
        points: [{ startMs, atMs, value }],
      },
    ])

  it('counts each interval once, refuses overlaps and takes late ones', () => {
    const bench = openBench()
    bench.writeOtlp(delta(T, T + 10_000, 3), T)
    bench.writeOtlp(delta(T + 20_000, T + 30_000, 4), T)
    expect(bench.writeOtlp(delta(T, T + 10_000, 3), T)).toMatchObject({ duplicate: 1 })
    expect(bench.writeOtlp(delta(T + 5_000, T + 15_000, 9), T).discarded).toEqual({ overlap: 1 })
    expect(bench.writeOtlp(delta(T + 10_000, T + 20_000, 5), T)).toMatchObject({ attributed: 1 })
    expect(bench.gains()).toEqual({ 'acme cpu': 12 })
  })
})
