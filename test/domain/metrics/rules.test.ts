/** What the operator says of series in general: whose they are, and what his own metrics mean. */
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { mappingSchema } from '../../../src/domain/tenants/tenants.ts'
import type { AttributionRule, MappingRow } from '../../../src/domain/tenants/tenants.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openBench, otlp, remoteWrite, type Labels } from './writing.ts'

const acme = tenantId('acme')
const bolt = tenantId('bolt')
const T = 1_700_000_000_000

/** Rules that a test can change. */
function ruleBook(attribution: AttributionRule[] = [], mapping: MappingRow[] = []) {
  const book = { attribution, mapping }
  const rules = {
    attribution: () => book.attribution,
    mapping: () => book.mapping,
    digest: () => JSON.stringify(book),
  }
  return { book, rules }
}

const rows = (...given: object[]): MappingRow[] => mappingSchema.parse({ rows: given }).rows

const series = (name: string, labels: Labels, ...samples: [number, number][]) => ({
  labels: { __name__: name, ...labels },
  samples,
})

describe('attribution', () => {
  const cpu = (labels: Labels, ...samples: [number, number][]) =>
    series('process_cpu_seconds_total', labels, ...samples)

  it('gives a tenant to series that name none, and never to those that name one', () => {
    const { rules } = ruleBook([{ namespace: 'acme-*', tenant: 'acme' }])
    const bench = openBench({ rules })
    const outcome = bench.write(
      remoteWrite([
        cpu({ namespace: 'acme-eu' }, [T, 1], [T + 1_000, 3]),
        cpu({ namespace: 'acme-eu', tenant: 'bolt' }, [T, 1], [T + 1_000, 6]),
        cpu({ namespace: 'other' }, [T, 1]),
      ]),
      T,
    )
    expect(outcome).toMatchObject({ attributed: 4, unattributed: 1 })
    expect(bench.gains()).toEqual({ 'acme cpu': 2, 'bolt cpu': 5 })
  })

  it('names its reason where a rule gives a series to nobody who is known', () => {
    const { rules } = ruleBook([{ namespace: 'a', tenant: 'No One' }])
    const bench = openBench({ rules })
    const outcome = bench.write(remoteWrite([cpu({ namespace: 'a' }, [T, 1])]), T)
    expect(outcome.unattributedByReason).toEqual({ 'no-tenant-label': 0, 'unknown-tenant': 1 })
  })

  it('that changes moves series from their next sample on, gauges with their value', () => {
    const { book, rules } = ruleBook([{ namespace: 'a', tenant: 'acme' }])
    const bench = openBench({ rules })
    const memory = (atMs: number, value: number) =>
      series('process_resident_memory_bytes', { namespace: 'a' }, [atMs, value])
    bench.write(remoteWrite([cpu({ namespace: 'a' }, [T, 1], [T + 1_000, 3]), memory(T, 500)]), T)
    expect(bench.gains()).toEqual({ 'acme cpu': 2 })
    book.attribution = [{ namespace: 'a', tenant: 'bolt' }]
    const next = [cpu({ namespace: 'a' }, [T + 2_000, 10]), memory(T + 2_000, 510)]
    bench.write(remoteWrite(next), T)
    expect(bench.gains()).toEqual({ 'bolt cpu': 7 })
    expect(bench.metrics.totals(acme)).toMatchObject({ cpuSeconds: 2, memoryBytes: 0 })
    expect(bench.metrics.totals(bolt)).toMatchObject({ cpuSeconds: 7, memoryBytes: 510 })
    book.attribution = []
    const outcome = bench.write(remoteWrite([cpu({ namespace: 'a' }, [T + 3_000, 11])]), T)
    expect(outcome.unattributed).toBe(1)
    expect(bench.metrics.totals(bolt).memoryBytes).toBe(0)
  })

  it('that changed while nothing was kept is followed after a restart', async () => {
    const { book, rules } = ruleBook()
    const bulk = openBulkInline({ directory: ':memory:' })
    const before = openBench({ rules, bulk })
    before.write(remoteWrite([cpu({ namespace: 'a' }, [T, 1])]), T)
    before.gains()
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    book.attribution = [{ namespace: 'a', tenant: 'acme' }]
    const after = openBench({ rules, bulk })
    after.metrics.restore()
    after.write(remoteWrite([cpu({ namespace: 'a' }, [T + 1_000, 5])]), T + 1_000)
    expect(after.gains()).toEqual({ 'acme cpu': 4 })
  })
})

describe('a row of the operator', () => {
  it('claims a metric of the house, in its unit and for the series that it means', () => {
    const mapping = rows(
      { metric: 'jobs_ms', shape: 'histogram', signal: 'duration', unit: 'ms' },
      {
        metric: 'house_cpu',
        shape: 'counter',
        signal: 'cpu',
        scale: 60,
        where: { kind: ['batch', 'web*'] },
        except: { test: 'true' },
      },
    )
    const bench = openBench({ rules: ruleBook([], mapping).rules })
    const bucket = (le: string, count: number) =>
      series('jobs_ms_bucket', { tenant: 'acme', le }, [T, 0], [T + 1_000, count])
    const house = (labels: Labels, count: number) =>
      series('house_cpu', { tenant: 'acme', ...labels }, [T, 0], [T + 1_000, count])
    bench.write(
      remoteWrite([
        bucket('250', 3),
        bucket('+Inf', 4),
        house({ kind: 'webshop' }, 2),
        house({ kind: 'batch', test: 'true' }, 10),
        house({ kind: 'cron' }, 10),
      ]),
      T,
    )
    expect(bench.gains()).toEqual({
      'acme duration 0.25': 3,
      'acme duration Infinity': 4,
      'acme cpu': 120,
    })
  })

  it('comes before what is built in, and its sources count in their order', () => {
    const mapping = rows(
      { metric: 'edge_total', shape: 'counter', signal: 'requests', source: 'edge' },
      { metric: 'core_total', shape: 'counter', signal: 'requests', source: 'core' },
    )
    const bench = openBench({ rules: ruleBook([], mapping).rules })
    const all = (atMs: number, value: number) =>
      remoteWrite(
        ['http_requests_total', 'core_total', 'edge_total'].map((name, index) =>
          series(name, { tenant: 'acme', code: '200' }, [atMs, value * (index + 1)]),
        ),
      )
    bench.write(all(T, 0), T)
    bench.write(all(T + 1_000, 1), T)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 3 })
    const states = bench.metrics
      .sources(acme, T + 1_000)
      .map(({ source, state }) => [source, state])
    expect(states).toEqual([
      ['own:edge', 'active'],
      ['own:core', 'shadowed'],
      ['prometheus', 'shadowed'],
    ])
  })

  it('that comes later takes over a series, and one that goes gives it back', () => {
    const { book, rules } = ruleBook()
    const bench = openBench({ rules })
    const write = (atMs: number, value: number) =>
      bench.write(
        remoteWrite([
          series('house_total', { tenant: 'acme', code: '500' }, [atMs, value]),
          series('http_requests_total', { tenant: 'acme', code: '200' }, [atMs, value]),
        ]),
        T,
      )
    write(T, 10)
    write(T + 1_000, 13)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 3 })
    book.mapping = rows({ metric: 'house_total', shape: 'counter', signal: 'requests' })
    write(T + 2_000, 14)
    write(T + 3_000, 20)
    expect(bench.gains()).toMatchObject({ 'acme requests 5xx': 7 })
    book.mapping = []
    write(T + 4_000, 25)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 5 })
  })

  it('counts an OTLP histogram of the house', () => {
    const mapping = rows({ metric: 'house.wait', shape: 'histogram', signal: 'dependency_calls' })
    const bench = openBench({ rules: ruleBook([], mapping).rules })
    const points = [{ startMs: T - 1_000, atMs: T, count: 4, sum: 2, buckets: [4], bounds: [] }]
    const metric = { name: 'house.wait', unit: 's', kind: 'histogram' as const, points }
    bench.writeOtlp(otlp({ 'tenant.id': 'acme' }, [metric]), T)
    expect(bench.gains()).toEqual({
      'acme dependency_calls 2xx': 4,
      'acme dependency_duration_sum': 2,
    })
  })
})

describe('after a restart', () => {
  it('a histogram of one’s own goes on in the buckets that it had', async () => {
    const given = rows({
      metric: 'jobs_ms',
      shape: 'histogram',
      signal: 'duration',
      unit: 'ms',
    })
    const { rules } = ruleBook([], given)
    const bulk = openBulkInline({ directory: ':memory:' })
    const jobs = (atMs: number, value: number) =>
      remoteWrite(
        ['100', '300', '+Inf'].map((le) =>
          series('jobs_ms_bucket', { tenant: 'acme', job: 'j', instance: 'i', le }, [atMs, value]),
        ),
      )
    const before = openBench({ rules, bulk })
    before.write(jobs(T, 0), T)
    before.write(jobs(T + 1_000, 1), T + 1_000)
    const gains = before.gains()
    expect(gains).toEqual({
      'acme duration 0.1': 1,
      'acme duration 0.3': 1,
      'acme duration Infinity': 1,
    })
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })

    const after = openBench({ rules, bulk })
    after.metrics.restore()
    after.write(jobs(T + 2_000, 2), T + 2_000)
    expect(after.gains()).toEqual(gains)
    const late = { tenant: 'acme', job: 'j', instance: 'i', le: '500' }
    after.write(remoteWrite([series('jobs_ms_bucket', late, [T + 3_000, 2])]), T + 3_000)
    after.write(remoteWrite([series('jobs_ms_bucket', late, [T + 4_000, 3])]), T + 4_000)
    after.gains()
    const bounds = new Set(after.metrics.cells().map(({ leSeconds }) => leSeconds))
    expect(bounds).toEqual(new Set([0.1, 0.3, 0.5, Infinity]))
  })
})
