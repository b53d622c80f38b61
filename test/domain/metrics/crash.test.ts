/**
 * A run with checkpoints, failed commits and crashes ends in the same figures as a run without:
 * state = checkpoint + log.
 */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng, type Prng } from '../../../src/core/prng.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import type { Increments } from '../../../src/domain/metrics/cell.ts'
import { mappingSchema } from '../../../src/domain/tenants/tenants.ts'
import type { Ruling, TenantIntake } from '../../../src/domain/metrics/metrics.ts'
import { unpackHour } from '../../../src/domain/metrics/pack.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import {
  cellName,
  facetGainsByName,
  gainsByName,
  openBench,
  otlp,
  remoteWrite,
  STALE,
  type Bench,
} from './writing.ts'

const T = 1_700_000_000_000
const TENANTS = ['acme', 'globex', 'unknown!']

interface Write {
  /** What quotas refused of it, as the log has it. */
  readonly ruling?: Ruling
  readonly atMs: number
  readonly bytes: Uint8Array
  readonly wire: 'remote-write' | 'otlp'
}

const pick = <V>(prng: Prng, values: readonly V[]): V => values[prng.below(values.length)]!

/** Half of the writers are one of a pair. */
function randomReplica(prng: Prng): Record<string, string> {
  if (prng.below(2) === 0) return {}
  return { cluster: pick(prng, ['eu', 'us']), __replica__: pick(prng, ['a', 'b']) }
}

const BOUNDS = ['0.1', '0.5', '+Inf']

/** A bucket at a time, as a bound that comes late, or all buckets of a histogram. */
function randomRemoteWrite(prng: Prng, atMs: number, wholeHistograms: boolean): Write {
  const replica = randomReplica(prng)
  const series = Array.from({ length: 1 + prng.below(6) }, () => {
    const name = pick(prng, [
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'process_resident_memory_bytes',
      'something_else',
    ])
    const labels = {
      __name__: name,
      tenant: pick(prng, TENANTS),
      job: 'api',
      instance: `i${prng.below(2)}`,
      ...(name.endsWith('bucket') ? { le: pick(prng, BOUNDS) } : {}),
      ...(name.endsWith('total') ? { code: pick(prng, ['200', '500', '429', '503']) } : {}),
      ...replica,
      ...(prng.below(2) === 0 ? { route: pick(prng, ['/a', '/b']) } : {}),
    }
    const value = prng.below(20) === 0 ? STALE : prng.below(1_000)
    const samples = [[atMs - prng.below(30_000), value]] as [number, number][]
    const bounds = wholeHistograms && 'le' in labels ? BOUNDS : [labels.le]
    return bounds.map((le) => ({ labels: le === undefined ? labels : { ...labels, le }, samples }))
  }).flat()
  return { atMs, wire: 'remote-write', bytes: remoteWrite(series, prng.below(5) > 0) }
}

/** Sources of one signal, probes, and series that only a rule gives to somebody. */
function randomExporters(prng: Prng, atMs: number): Write {
  const names: [string, Record<string, string>][] = [
    ['process_cpu_seconds_total', { namespace: 'acme-eu' }],
    ['container_cpu_usage_seconds_total', { id: '/k', container: 'app', namespace: 'acme-eu' }],
    ['container_cpu_usage_seconds_total', { id: '/', cpu: 'total', namespace: 'acme-eu' }],
    ['probe_success', { tenant: 'globex' }],
    ['pg_database_size_bytes', { datname: 'globex' }],
    ['kubelet_volume_stats_used_bytes', { namespace: 'acme-eu' }],
    ['house_total', { namespace: 'acme-eu', code: '500' }],
    ['http_requests_total', { namespace: 'acme-eu', code: '200' }],
  ]
  const series = Array.from({ length: 1 + prng.below(5) }, () => {
    const [name, labels] = pick(prng, names)
    const value = name === 'probe_success' ? prng.below(2) : prng.below(1_000)
    return {
      labels: { __name__: name, job: 'x', instance: `i${prng.below(2)}`, ...labels },
      samples: [[atMs - prng.below(20_000), value]] as [number, number][],
    }
  })
  return { atMs, wire: 'remote-write', bytes: remoteWrite(series) }
}

const attribution = [
  { namespace: 'acme-*', tenant: 'acme' },
  { database: 'globex', tenant: 'globex' },
]
const { rows: ownRows } = mappingSchema.parse({
  rows: [{ metric: 'house_total', shape: 'counter', signal: 'requests' }],
})
const rules = {
  attribution: () => attribution,
  mapping: () => ownRows,
  digest: () => 'fixed',
}

function randomOtlp(prng: Prng, atMs: number): Write {
  const temporality = pick(prng, [1, 2] as const)
  const endMs = atMs - 5_000 * prng.below(10)
  const startMs = temporality === 1 ? endMs - 5_000 : T - 60_000 * prng.below(2)
  const buckets = [prng.below(50), prng.below(50), prng.below(50)]
  const entries = Object.entries({ 'http.response.status_code': '200', 'http.route': '/a' })
  const attributes = Object.fromEntries(prng.below(2) === 0 ? entries : entries.toReversed())
  const exponential = {
    name: 'http.server.request.duration',
    unit: 's',
    kind: 'exponential-histogram',
    temporality,
    points: [{ attributes, startMs, atMs: endMs, scale: prng.below(5) - 1, buckets }],
  } as const
  const resource = { 'tenant.id': pick(prng, TENANTS), host: `h${prng.below(3)}` }
  const bytes = otlp({ ...resource, ...randomReplica(prng) }, [
    {
      name: 'http.server.request.duration',
      unit: 's',
      kind: 'histogram',
      temporality,
      points: [
        {
          attributes,
          startMs,
          atMs: endMs,
          count: buckets.reduce((a, b) => a + b),
          sum: prng.below(100),
          buckets,
          bounds: pick(prng, [
            [0.1, 0.2],
            [0.1, 0.5],
          ]),
        },
      ],
    },
    ...(prng.below(4) === 0 ? [exponential] : []),
    {
      name: 'http.server.active_requests',
      kind: 'sum',
      monotonic: false,
      temporality,
      points: [{ startMs, atMs: endMs, value: prng.below(9) - 4 }],
    },
    {
      name: 'process.memory.usage',
      unit: 'By',
      kind: 'sum',
      monotonic: false,
      points: [{ atMs: endMs, value: prng.below(1_000) }],
    },
  ])
  return { atMs, wire: 'otlp', bytes }
}

/**
 * Some runs last minutes, some hours, so that hours are packed and reopened, and some weeks, so that
 * series are forgotten and come again.
 */
function randomWrites(seed: number, count: number): Write[] {
  const prng = openPrng(seed)
  const stepMs = pick(prng, [20_000, 600_000, 20 * HOUR_MS])
  const writes: Write[] = []
  let atMs = T
  for (let index = 0; index < count; index += 1) {
    atMs += prng.below(stepMs)
    const repeats = writes.length > 0 && prng.below(6) === 0
    if (repeats) writes.push({ ...pick(prng, writes.slice(-5)), atMs })
    else {
      const make = pick(prng, [randomRemoteWrite, randomOtlp, randomExporters])
      writes.push(make(prng, atMs, stepMs > HOUR_MS))
    }
  }
  return writes
}

function apply(bench: Bench, { wire, bytes, atMs, ruling }: Write): Write {
  if (wire === 'otlp') {
    bench.writeOtlp(bytes, atMs)
    return { wire, bytes, atMs }
  }
  const { admitted } = bench.offer(bytes, atMs, ruling ? { ruling } : {})
  return { wire, bytes, atMs, ruling: ruling ?? admitted.ruling ?? {} }
}

type Sums = Record<string, number>

/** A cell whose gains are told apart gained what its facets gained. */
function expectFacetsWhole({ count, cellIds, amounts, byFacet }: Increments): void {
  const missing = new Map<number, number>()
  const add = (cellId: number, amount: number) =>
    missing.set(cellId, (missing.get(cellId) ?? 0) + amount)
  for (let i = 0; i < byFacet!.count; i += 1) add(byFacet!.cellIds[i]!, byFacet!.amounts[i]!)
  for (let i = 0; i < count; i += 1) if (missing.has(cellIds[i]!)) add(cellIds[i]!, -amounts[i]!)
  expect([...missing.values()].every((amount) => amount === 0)).toBe(true)
}

function drainInto(bench: Bench, sums: Sums, nowMs: number): void {
  const cells = bench.metrics.cells()
  const increments = bench.metrics.drain(nowMs)
  expectFacetsWhole(increments)
  for (const gains of [gainsByName(cells, increments), facetGainsByName(cells, increments)]) {
    for (const [name, gain] of Object.entries(gains)) sums[name] = (sums[name] ?? 0) + gain
  }
}

/** What counters gained by minute and gauges were, as it lies on disk once all hours are packed. */
async function packedMinutes({ metrics, bulk }: Bench, nowMs: number): Promise<Sums> {
  for (let step = 0; step < 120; step += 1) metrics.closeMinute(nowMs + 4 * HOUR_MS)
  const { writes } = metrics.checkpoint()
  await bulk.commit({ file: 'shared', logPosition: 1_000, writes })
  metrics.confirm(true)
  const hours = bulk.read<{ hour_end_ms: number; body: Uint8Array }>(
    'shared',
    'SELECT hour_end_ms, body FROM rollup_minute_hour',
  )
  const sums: Sums = {}
  for (const { hour_end_ms, body } of hours) {
    for (const { cellId, minutes } of unpackHour(body)) {
      const cell = metrics.cells()[cellId]!
      minutes.forEach((value, minute) => {
        if (Number.isNaN(value)) return
        const name = `${cellName(cell)} ${cell.layout} ${hour_end_ms} ${minute}`
        sums[name] = (sums[name] ?? 0) + value
      })
    }
  }
  return sums
}

/** From then on series are forgotten. */
const FORGETS_AFTER_MS = 2 * DAY_MS

/**
 * What of a tenant's intake survives a crash. How many series are known follows from when some were
 * forgotten: one that comes again with a sample that is too old is known once more, without a figure.
 */
function durable(intake: TenantIntake, forgets: boolean) {
  const { received, outcomes, discarded, messageBytes, activeSeries } = intake
  const known = forgets ? {} : { activeSeries }
  return { received, outcomes, discarded, messageBytes, ...known }
}

async function figures(bench: Bench, sums: Sums, nowMs: number) {
  const { metrics } = bench
  drainInto(bench, sums, nowMs)
  metrics.closeMinute(nowMs)
  const now = {
    sums,
    accounts: metrics.stats().accounts,
    clusters: metrics
      .haClusters()
      .filter(({ replicas }) => replicas.some(({ heardAtMs }) => nowMs - heardAtMs < DAY_MS))
      .toSorted((left, right) => (left.cluster < right.cluster ? -1 : 1)),
    tenants: TENANTS.slice(0, 2).map((name) => {
      const id = tenantId(name)
      const rates = metrics.rates(id, nowMs, 3_600)
      return {
        totals: metrics.totals(id),
        requestsPerSecond: rates.requestsPerSecond,
        median: rates.quantile(0.5),
        intake: durable(metrics.intake.of(id, nowMs), nowMs - T > FORGETS_AFTER_MS),
        times: [metrics.firstSampleAtMs(id), metrics.lastSampleAtMs(id)],
        settledToMs: metrics.settledToMs(id, nowMs),
        received: metrics
          .usage(id, { fromMs: T - DAY_MS, toMs: nowMs + 2 * DAY_MS })
          .map(({ dayEndMs, signals }) => ({ dayEndMs, signals }))
          .filter(({ signals }) => signals.length > 0),
      }
    }),
  }
  return { ...now, minutes: await packedMinutes(bench, nowMs) }
}

async function crashingRun(writes: readonly Write[], seed: number) {
  const prng = openPrng(seed)
  const bulk = openBulkInline({ directory: ':memory:' })
  let bench = openBench({ bulk, rules })
  let sums: Sums = {}
  let kept: Sums = {}
  let position = 0
  for (let next = 0; next < writes.length;) {
    apply(bench, writes[next]!)
    next += 1
    const { atMs } = writes[next - 1]!
    const event = prng.below(10)
    if (event < 3) {
      drainInto(bench, sums, atMs)
      bench.metrics.closeMinute(atMs)
    }
    if (event === 3) {
      drainInto(bench, sums, atMs)
      const { writes: rows } = bench.metrics.checkpoint()
      const ok = prng.below(3) > 0
      if (ok) {
        await bulk.commit({ file: 'shared', logPosition: next, writes: rows })
        position = next
        kept = { ...sums }
      }
      bench.metrics.confirm(ok)
    }
    if (event === 4) {
      bench = openBench({ bulk, rules })
      bench.metrics.restore()
      sums = { ...kept }
      next = position
    }
  }
  return figures(bench, sums, writes.at(-1)!.atMs)
}

describe('a crash', () => {
  it('changes no figure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (dataSeed, crashSeed) => {
        const straight = openBench({ rules, quotas: { burstSamples: 6, samplesPerSecond: 0.3 } })
        const writes = randomWrites(dataSeed, 80).map((write) => apply(straight, write))
        const expected = await figures(straight, {}, writes.at(-1)!.atMs)
        expect(await crashingRun(writes, crashSeed)).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  }, 60_000)

  it('keeps the accounts exact', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const bench = openBench({ quotas: { activeSeries: 5 }, limits: { unattributedSeries: 3 } })
        for (const write of randomWrites(seed, 30)) apply(bench, write)
        const { accounts } = bench.metrics.stats()
        const { received, attributed, unattributed, duplicate, discarded } = accounts
        const notElected = accounts['not-elected']!
        expect(received).toBe(attributed! + unattributed! + duplicate! + notElected + discarded!)
      }),
      { numRuns: 20 },
    )
  })
})
