import { describe, expect, it } from 'vitest'
import { tenantId, UNATTRIBUTED } from '../../../src/core/ids.ts'
import { openBench, otlp, remoteWrite, STALE } from './writing.ts'

const acme = tenantId('acme')
const T = 1_700_000_000_000
const bound = { boundTenant: acme, namedTenant: null }

const counter = (labels: Record<string, string>, ...samples: [number, number][]) => ({
  labels: { __name__: 'http_requests_total', code: '200', job: 'api', instance: 'i', ...labels },
  samples,
})

describe('whose a series is', () => {
  it('is the tenant of a bound key, whatever other labels are called', () => {
    const bench = openBench()
    const series = counter({ tenant_id: 'acme', tenant: 'globex' }, [T, 1], [T + 1000, 3])
    expect(bench.write(remoteWrite([series]), T, bound)).toMatchObject({ attributed: 2 })
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2 })
  })

  it('refuses and counts a series that names another tenant than the key', () => {
    const bench = openBench()
    const series = [counter({ tenant: 'globex' }, [T, 1], [T + 1000, 3]), counter({}, [T, 1])]
    expect(bench.write(remoteWrite(series), T, bound)).toMatchObject({
      received: 3,
      attributed: 1,
      violations: 2,
      discarded: { 'tenant-mismatch': 2 },
    })
    expect(bench.metrics.lastSampleAtMs(tenantId('globex'))).toBeNull()
  })

  it('is the named tenant before any label', () => {
    const bench = openBench()
    const named = { boundTenant: null, namedTenant: acme }
    bench.write(remoteWrite([counter({ tenant: 'globex' }, [T, 1], [T + 1000, 3])]), T, named)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2 })
  })

  it('keeps the same bytes of two writers apart', () => {
    const bench = openBench()
    const bytes = remoteWrite([counter({}, [T, 1])])
    bench.write(bytes, T, bound)
    bench.write(bytes, T, { boundTenant: tenantId('globex'), namedTenant: null })
    expect(bench.metrics.lastSampleAtMs(tenantId('globex'))).toBe(T)
    expect(bench.metrics.stats().accounts).toMatchObject({ attributed: 2, duplicate: 0 })
  })

  it('counts what no tenant claims, by reason', () => {
    const bench = openBench()
    const outcome = bench.write(
      remoteWrite([counter({}, [T, 1]), counter({ tenant: 'No One' }, [T, 1])]),
      T,
    )
    expect(outcome).toMatchObject({
      unattributed: 2,
      unattributedByReason: { 'no-tenant-label': 1, 'unknown-tenant': 1 },
    })
    expect(bench.metrics.cells()).toEqual([])
    expect(bench.metrics.lastSampleAtMs(UNATTRIBUTED)).toBeNull()
  })

  it('goes on from the last value when the registry learns the tenant later', () => {
    const bench = openBench()
    const name = { tenant: 'ACME Inc.' }
    bench.write(remoteWrite([counter(name, [T, 1_000])]), T)
    bench.alias('ACME Inc.', acme)
    const outcome = bench.write(remoteWrite([counter(name, [T + 15_000, 1_004])]), T)
    expect(outcome).toMatchObject({ attributed: 1, unattributed: 0 })
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 4 })
  })

  it('puts a gauge in its place when the registry learns the tenant later', () => {
    const bench = openBench()
    const labels = { __name__: 'process_resident_memory_bytes', tenant: 'ACME Inc.', job: 'api' }
    bench.write(remoteWrite([{ labels, samples: [[T, 500]] }]), T)
    bench.alias('ACME Inc.', acme)
    const other = { ...labels, job: 'worker' }
    bench.write(remoteWrite([{ labels: other, samples: [[T, 20]] }]), T)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(520)
  })
})

describe('limits', () => {
  it('refuses new series past the limit and keeps counting known ones', () => {
    const bench = openBench({ quotas: { activeSeries: 1 } })
    const known = counter({ tenant: 'acme' }, [T, 1])
    const extra = counter({ tenant: 'acme', route: '/x' }, [T, 1])
    const outcome = bench.write(remoteWrite([known, extra]), T)
    expect(outcome).toMatchObject({ attributed: 1, discarded: { 'series-limit': 1 } })
    expect(outcome.messages[0]).toContain('tenant acme at its limit activeSeries of 1')
    const next = counter({ tenant: 'acme' }, [T + 1000, 3])
    expect(bench.write(remoteWrite([next]), T)).toMatchObject({ attributed: 1 })
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2 })
  })

  it.each([
    ['labels-too-long', { tenant: 'acme', long: 'x'.repeat(5_000) }],
    ['label-limit', Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`l${i}`, 'v']))],
    ['invalid-labels', { __name__: '' }],
  ])('refuses a series with %s', (reason, labels) => {
    const bench = openBench()
    const outcome = bench.write(remoteWrite([counter(labels, [T, 1])]), T)
    expect(outcome.discarded).toEqual({ [reason]: 1 })
    expect(bench.metrics.stats().series).toBe(0)
  })

  it('refuses histograms that are none', () => {
    const bench = openBench()
    const point = { atMs: T, count: 3, bounds: [0.2, 0.1], buckets: [1, 1, 1] }
    const histogram = { name: 'h', kind: 'histogram' as const, points: [point] }
    const outcome = bench.writeOtlp(otlp({}, [histogram]), T)
    expect(outcome.discarded).toEqual({ 'invalid-histogram': 1 })
  })
})

describe('the order of labels', () => {
  const attributes = { 'tenant.id': 'acme', 'http.response.status_code': '200', zone: 'a' }
  const sum = (atMs: number, value: number, reversed: boolean) => {
    const entries = Object.entries(attributes)
    const ordered = Object.fromEntries(reversed ? entries.toReversed() : entries)
    const points = [{ attributes: ordered, atMs, value }]
    return otlp({ host: 'h' }, [{ name: 'http_requests_total', kind: 'sum', points }])
  }

  it.each([1_000, 0])('means nothing, with room for %i aliases', (aliases) => {
    const bench = openBench({ limits: { aliases } })
    bench.writeOtlp(sum(T, 1, false), T)
    bench.writeOtlp(sum(T + 1000, 4, true), T)
    bench.writeOtlp(sum(T + 2000, 6, false), T)
    expect(bench.metrics.stats().series).toBe(1)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 5 })
  })

  it('means nothing in remote write either', () => {
    const bench = openBench()
    const labels = { tenant: 'acme', __name__: 'http_requests_total', code: '200' }
    bench.write(remoteWrite([{ labels, samples: [[T, 1]] }], true), T)
    bench.write(remoteWrite([{ labels, samples: [[T + 1000, 4]] }], false), T)
    expect(bench.metrics.stats().series).toBe(1)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 3 })
  })
})

describe('sources of one signal', () => {
  const client = (atMs: number, value: number) => ({
    labels: { __name__: 'http_requests_total', tenant: 'acme', code: '200', job: 'a' },
    samples: [[atMs, value]] as [number, number][],
  })
  const proxied = (atMs: number, value: number) => ({
    labels: {
      __name__: 'http_server_request_duration_seconds_count',
      tenant: 'acme',
      http_response_status_code: '200',
    },
    samples: [[atMs, value]] as [number, number][],
  })

  it('counts only the better one, and the next one after ten minutes of silence', () => {
    const bench = openBench()
    bench.write(remoteWrite([proxied(T, 0), client(T, 0)]), T)
    const both = bench.write(remoteWrite([proxied(T + 1000, 5), client(T + 1000, 5)]), T)
    expect(both).toMatchObject({ attributed: 2, shadowed: 1 })
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 5 })
    bench.write(remoteWrite([client(T + 601_000, 9)]), T + 601_000)
    expect(bench.gains()).toEqual({})
    bench.write(remoteWrite([client(T + 602_000, 10)]), T + 602_000)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 1 })
    bench.write(remoteWrite([proxied(T + 603_000, 6), client(T + 603_000, 11)]), T + 603_000)
    // What the better one gained meanwhile was counted by the other: it counts from now on
    expect(bench.gains()).toEqual({})
    bench.write(remoteWrite([proxied(T + 604_000, 8), client(T + 604_000, 13)]), T + 604_000)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2 })
  })
})

describe('gauges', () => {
  const memory = (job: string, ...samples: [number, number | typeof STALE][]) => ({
    labels: { __name__: 'process_resident_memory_bytes', tenant: 'acme', job },
    samples,
  })

  it('are the sum of the latest of each live series', () => {
    const bench = openBench()
    bench.write(remoteWrite([memory('a', [T, 10], [T + 1000, 12]), memory('b', [T, 5])]), T)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(17)
    bench.write(remoteWrite([memory('b', [T + 1000, STALE])]), T)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(12)
    bench.metrics.closeMinute(T + 301_000)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(12)
    bench.metrics.closeMinute(T + 301_001)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(0)
    bench.write(remoteWrite([memory('a', [T + 302_000, 7])]), T)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(7)
  })
})

describe('histograms over remote write', () => {
  const bucket = (le: string, ...samples: [number, number][]) => ({
    labels: { __name__: 'http_request_duration_seconds_bucket', tenant: 'acme', job: 'a', le },
    samples,
  })

  it('get their layout from all bounds of the family, and another when a bound comes later', () => {
    const bench = openBench()
    const first = [bucket('0.1', [T, 1], [T + 1, 2]), bucket('+Inf', [T, 1], [T + 1, 4])]
    bench.write(remoteWrite(first), T)
    expect(bench.gains()).toEqual({ 'acme duration 0.1': 1, 'acme duration Infinity': 3 })
    expect(bench.metrics.cells().map((cell) => cell.layout)).toEqual([
      '0.1,Infinity',
      '0.1,Infinity',
    ])
    const second = [bucket('0.5', [T, 1], [T + 2, 3]), bucket('+Inf', [T + 2, 9])]
    bench.write(remoteWrite(second), T)
    expect(bench.gains()).toEqual({ 'acme duration 0.5': 2, 'acme duration Infinity': 5 })
    expect(bench.metrics.cells().at(-1)!.layout).toBe('0.1,0.5,Infinity')
    expect(bench.metrics.totals(acme).durationBuckets).toEqual([
      { leSeconds: 0.1, count: 1 },
      { leSeconds: 0.5, count: 3 },
      { leSeconds: Infinity, count: 8 },
    ])
  })
})

describe('settling', () => {
  const at = (job: string, atMs: number) => ({
    labels: { __name__: 'http_requests_total', tenant: 'acme', code: '200', job },
    samples: [[atMs, 1]] as [number, number][],
  })

  it('waits for every live request series, but no longer than the settling time', () => {
    const bench = openBench()
    const now = Math.ceil(T / 60_000) * 60_000
    expect(bench.metrics.settledToMs(acme, now)).toBe(now - 20_000)
    bench.write(remoteWrite([at('a', now - 3_000), at('b', now - 12_000)]), now)
    expect(bench.metrics.settledToMs(acme, now)).toBe(now - 20_000)
    bench.write(remoteWrite([at('b', now - 2_000)]), now)
    expect(bench.metrics.settledToMs(acme, now)).toBe(now - 10_000)
    bench.write(remoteWrite([at('a', now + 20_000), at('b', now + 20_000)]), now)
    expect(bench.metrics.settledToMs(acme, now)).toBe(now)
  })
})
