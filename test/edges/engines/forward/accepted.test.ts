/** What of the log goes on, compared with what the stage said of the same writes. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPrng } from '../../../../src/core/prng.ts'
import type { RecordContext } from '../../../../src/edges/ingest/record-context.ts'
import { isRefusal } from '../../../../src/edges/ingest/refusal.ts'
import { temporaryDirectories } from '../../../machinery/support/temporary-directory.ts'
import {
  fakeQuotas,
  otlp,
  STALE,
  type OtlpMetric,
  type Series,
} from '../../../domain/metrics/writing.ts'
import type { ForwardTarget } from '../../../../src/edges/engines/forward/forward-target.ts'
import { MemoryEngine } from './engine.ts'
import { NOW_MS, runOutlet, type OutletRun } from './outlet-run.ts'
import { boundTo, openSource, PLATFORM_KEY, type Source, type SourceOptions } from './source.ts'

const directory = temporaryDirectories()
let source: Source
let engine: MemoryEngine
let run: OutletRun

function start(
  options: SourceOptions = {},
  tenants: readonly string[] = ['acme', 'bolt'],
  type: ForwardTarget['type'] = 'prometheus',
): void {
  source = openSource(directory(), options)
  for (const tenant of tenants) source.name(tenant)
  engine = new MemoryEngine()
  run = runOutlet(source, engine, {
    tenants: ['acme', 'bolt', 'late'],
    target: { shards: 1, type },
  })
}

const one = (labels: Record<string, string>, atMs = NOW_MS, value = 1): Series => ({
  labels: { __name__: 'up', ...labels },
  samples: [[atMs, value]],
})

/** What arrived, as `name{labels} value@time`. */
function arrived(): string[] {
  return [...engine.series.values()].flat().map(({ labels, value, atMs, startMs }) => {
    const { __name__: name, ...rest } = labels
    const texts = Object.entries(rest).map(([label, text]) => `${label}=${text}`)
    const since = startMs === 0 ? '' : ` since ${startMs - NOW_MS}`
    return `${name}{${texts.join()}} ${value}@${atMs - NOW_MS}${since}`
  })
}

beforeEach(() => start())
afterEach(() => source.close())

describe('whose a series is', () => {
  it('goes out in one label, which a series that has it keeps', async () => {
    source.name('Acme Inc', 'acme')
    source.write([one({ tenant: 'acme' }), one({ tenant_id: 'Acme Inc', n: '2' })], NOW_MS)
    source.write([one({ n: '3' })], NOW_MS, boundTo('bolt'))
    await run.drain()
    expect(arrived()).toEqual([
      'up{tenant=acme,tenant_id=acme} 1@0',
      'up{n=2,tenant_id=Acme Inc} 1@0',
      'up{n=3,tenant_id=bolt} 1@0',
    ])
  })

  it('is never told wrong: what another name stood for is kept beside it', async () => {
    const context: RecordContext = { ...PLATFORM_KEY, namedTenant: boundTo('acme').boundTenant }
    source.write([one({ tenant_id: 'bolt' })], NOW_MS, context)
    await run.drain()
    expect(arrived()).toEqual(['up{exported_tenant_id=bolt,tenant_id=acme} 1@0'])
  })

  it('is what the registry said when it came, also after a restart', async () => {
    source.write([one({ tenant_id: 'late', n: '1' })], NOW_MS)
    source.name('late')
    source.write([one({ tenant_id: 'late', n: '2' })], NOW_MS + 1)
    await run.drain()
    run.kill()
    source.write([one({ tenant_id: 'late', n: '1' }, NOW_MS + 2)], NOW_MS + 2)
    await run.drain()
    expect(arrived()).toEqual(['up{n=2,tenant_id=late} 1@0', 'up{n=1,tenant_id=late} 1@2'])
    expect(run.totals.of('engine').left).toEqual({ unattributed: 1 })
  })

  it('is nobody’s where a key names another tenant than its own', async () => {
    source.write([one({ tenant_id: 'bolt' })], NOW_MS, boundTo('acme'))
    await run.drain()
    expect(run.totals.of('engine').left).toEqual({ 'tenant-mismatch': 1 })
  })
})

describe('samples', () => {
  it('that no version reads are passed over, and told of', async () => {
    source.write([one({ tenant_id: 'acme' })], NOW_MS)
    source.wal.append({ kind: 77, receivedAtMs: NOW_MS, context: '', body: Buffer.from('?') })
    source.write([one({ tenant_id: 'acme' }, NOW_MS + 1)], NOW_MS + 1)
    await run.drain()
    expect(arrived()).toEqual(['up{tenant_id=acme} 1@0', 'up{tenant_id=acme} 1@1'])
    expect(run.totals.of('engine').lostBytes).toBe(33)
    expect(run.progress.lastError?.text).toContain('unknown kind')
  })

  it('of new series that had no room stay here, whichever of a write they were', async () => {
    source.close()
    start({ quotas: fakeQuotas({ activeSeries: 2 }) })
    source.write([one({ tenant_id: 'acme', n: '1' }), one({ tenant_id: 'acme', n: '2' })], NOW_MS)
    await run.drain()
    run.kill()
    const all = ['3', '2', '4', '1'].map((n) => one({ tenant_id: 'acme', n }, NOW_MS + 1))
    source.write(all, NOW_MS + 1)
    await run.drain()
    expect(arrived()).toEqual([
      'up{n=1,tenant_id=acme} 1@0',
      'up{n=1,tenant_id=acme} 1@1',
      'up{n=2,tenant_id=acme} 1@0',
      'up{n=2,tenant_id=acme} 1@1',
    ])
    expect(run.totals.of('engine').left).toEqual({ quota: 2 })
  })

  it('go out with stale markers and without what came again, too late or too early', async () => {
    source.write(
      [{ labels: { __name__: 'up', tenant_id: 'acme' }, samples: [[NOW_MS, NaN]] }],
      NOW_MS,
    )
    source.write([one({ tenant_id: 'acme' }, NOW_MS + 10, 2)], NOW_MS + 10)
    source.write([one({ tenant_id: 'acme' }, NOW_MS + 10, 2)], NOW_MS + 11)
    source.write([one({ tenant_id: 'acme' }, NOW_MS + 5, 2)], NOW_MS + 11)
    source.write([one({ tenant_id: 'acme' }, NOW_MS + 700_000, 2)], NOW_MS + 11)
    source.write([one({ tenant_id: 'acme' }, NOW_MS - 90_000_000, 2)], NOW_MS + 11)
    const ended: Series = {
      labels: { __name__: 'up', tenant_id: 'acme' },
      samples: [[NOW_MS + 20, STALE]],
    }
    source.write([ended], NOW_MS + 20)
    await run.drain()
    expect(arrived()).toEqual([
      'up{tenant_id=acme} NaN@0',
      'up{tenant_id=acme} 2@10',
      'up{tenant_id=acme} stale@20',
    ])
    expect(run.totals.of('engine').left).toEqual({ repeated: 2, time: 2 })
  })

  it('of a replica that is not elected stay here, and nobody sees the replica', async () => {
    const of = (replica: string, atMs: number, value: number): Series =>
      one({ tenant_id: 'acme', cluster: 'eu', __replica__: replica }, atMs, value)
    source.write([of('a', NOW_MS, 1)], NOW_MS)
    source.write([of('b', NOW_MS + 1_000, 2)], NOW_MS + 1_000)
    await run.drain()
    run.kill()
    source.write([of('b', NOW_MS + 2_000, 3)], NOW_MS + 2_000)
    source.write([of('b', NOW_MS + 40_000, 4)], NOW_MS + 40_000)
    await run.drain()
    expect(arrived()).toEqual([
      'up{cluster=eu,tenant_id=acme} 1@0',
      'up{cluster=eu,tenant_id=acme} 4@40000',
    ])
    expect(run.totals.of('engine').left).toEqual({ 'not-elected': 2 })
  })
})

describe('OTLP', () => {
  const RESOURCE = {
    'service.name': 'cart',
    'service.namespace': 'shop',
    'tenant.id': 'acme',
    region: 'eu',
  }
  const send = (atMs: number, ...metrics: readonly OtlpMetric[]) =>
    source.writeMessage('otlp-protobuf', otlp(RESOURCE, metrics), atMs)
  const INFO = 'target_info{job=shop/cart,region=eu,tenant_id=acme} 1@0'

  it('goes out in the names and labels of Prometheus, with target_info', async () => {
    send(
      NOW_MS,
      {
        name: 'http.requests',
        kind: 'sum',
        points: [
          { attributes: { 'http.route': '/a' }, startMs: NOW_MS - 500, atMs: NOW_MS, value: 7 },
        ],
      },
      { name: 'memory', unit: 'By', kind: 'gauge', points: [{ atMs: NOW_MS, value: 3 }] },
    )
    await run.drain()
    expect(arrived().toSorted()).toEqual([
      'http_requests_total{http_route=/a,job=shop/cart,tenant_id=acme} 7@0 since -500',
      'memory_bytes{job=shop/cart,tenant_id=acme} 3@0',
      'target_info{job=shop/cart,region=eu,tenant_id=acme} 1@0',
    ])
  })

  it('makes classic histograms buckets with a bound, count and sum', async () => {
    const point = { atMs: NOW_MS, count: 6, sum: 9.5, buckets: [1, 2, 3], bounds: [0.1, 1e-7 + 1] }
    send(NOW_MS, { name: 'd', unit: 's', kind: 'histogram', points: [point] })
    await run.drain()
    expect(arrived().toSorted()).toEqual([
      'd_seconds_bucket{job=shop/cart,le=+Inf,tenant_id=acme} 6@0',
      'd_seconds_bucket{job=shop/cart,le=0.1,tenant_id=acme} 1@0',
      'd_seconds_bucket{job=shop/cart,le=1.0000001,tenant_id=acme} 3@0',
      'd_seconds_count{job=shop/cart,tenant_id=acme} 6@0',
      'd_seconds_sum{job=shop/cart,tenant_id=acme} 9.5@0',
      INFO,
    ])
  })

  it('adds deltas up, and begins anew with a zero after a restart', async () => {
    const delta = (startMs: number, atMs: number, value: number) =>
      send(atMs, {
        name: 'n',
        kind: 'sum',
        temporality: 1,
        points: [{ startMs, atMs, value }],
      })
    delta(NOW_MS, NOW_MS + 10_000, 3)
    delta(NOW_MS + 10_000, NOW_MS + 20_000, 4)
    await run.drain()
    run.kill()
    delta(NOW_MS + 20_000, NOW_MS + 30_000, 5)
    await run.drain()
    expect(arrived().filter((text) => text.startsWith('n_total'))).toEqual([
      'n_total{job=shop/cart,tenant_id=acme} 0@1',
      'n_total{job=shop/cart,tenant_id=acme} 3@10000',
      'n_total{job=shop/cart,tenant_id=acme} 7@20000',
      'n_total{job=shop/cart,tenant_id=acme} 0@20001',
      'n_total{job=shop/cart,tenant_id=acme} 5@30000',
    ])
  })

  it('adds up what VictoriaMetrics may have already, and sends it with what comes after', async () => {
    source.close()
    start({}, ['acme'], 'victoriametrics')
    const delta = (atMs: number, value: number) =>
      send(NOW_MS + atMs, {
        name: 'n',
        kind: 'sum',
        temporality: 1,
        points: [{ startMs: NOW_MS + atMs - 10_000, atMs: NOW_MS + atMs, value }],
      })
    delta(10_000, 3)
    await run.drain()
    run.kill()
    await run.drain()
    delta(20_000, 4)
    await run.pass(1_000)
    run.kill()
    delta(30_000, 5)
    await run.drain()
    expect(arrived().filter((text) => text.startsWith('n_total'))).toEqual([
      'n_total{job=shop/cart,tenant_id=acme} 0@1',
      'n_total{job=shop/cart,tenant_id=acme} 3@10000',
      'n_total{job=shop/cart,tenant_id=acme} 0@10001',
      'n_total{job=shop/cart,tenant_id=acme} 4@20000',
      'n_total{job=shop/cart,tenant_id=acme} 0@20001',
      'n_total{job=shop/cart,tenant_id=acme} 9@30000',
    ])
  })

  it('makes exponential histograms native ones, and says what cannot be said', async () => {
    send(
      NOW_MS,
      { name: 'e', kind: 'exponential-histogram', points: [{ atMs: NOW_MS, buckets: [0, 2, 1] }] },
      {
        name: 'f',
        kind: 'exponential-histogram',
        temporality: 1,
        points: [{ startMs: NOW_MS - 1, atMs: NOW_MS, buckets: [1] }],
      },
      {
        name: 'g',
        kind: 'sum',
        monotonic: false,
        temporality: 1,
        points: [{ startMs: NOW_MS - 1, atMs: NOW_MS, value: 1 }],
      },
    )
    await run.drain()
    expect(arrived().toSorted()).toEqual(['e{job=shop/cart,tenant_id=acme} histogram@0', INFO])
    expect(run.totals.of('engine').outcomes).toEqual({ sent: 2, unforwardable: 2 })
  })

  it('is read the same as JSON', async () => {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const timeUnixNano = `${NOW_MS}000000`
    const body = {
      resourceMetrics: [
        {
          resource: { attributes: [attribute('tenant.id', 'acme')] },
          scopeMetrics: [
            { metrics: [{ name: 'x', gauge: { dataPoints: [{ asDouble: 2, timeUnixNano }] } }] },
          ],
        },
      ],
    }
    const message = Buffer.from(JSON.stringify(body))
    // The stage is walked in binary; the log keeps what came
    source.writeMessage('otlp-json', message, NOW_MS)
    await run.drain()
    expect(arrived()).toEqual(['x{tenant_id=acme} 2@0'])
  })
})

describe('quotas', () => {
  it('refuse here what they refused there, whatever the writes, also after kills', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        source.close()
        const random = openPrng(seed)
        const isKilled = seed % 2 === 0
        start({
          quotas: fakeQuotas({
            samplesPerSecond: 2 + random.below(20),
            burstSamples: 20 + random.below(40),
            requestSamples: 10 + random.below(30),
            labelsPerSeries: 4 + random.below(3),
            activeSeries: 3 + random.below(20),
            newSeriesPerMinute: 1 + random.below(20),
          }),
        })
        let attributed = 0
        let atMs = NOW_MS
        for (let round = 0; round < 30; round += 1) {
          atMs += random.below(2_000)
          const series: Series[] = []
          for (let index = 0; index <= random.below(25); index += 1) {
            const tenant_id = ['acme', 'bolt', 'unknown'][random.below(3)]!
            const wide = Object.fromEntries(
              Array.from({ length: random.below(6) }, (_, label) => [`l${label}`, 'v']),
            )
            const n = String(random.below(8))
            series.push(one({ tenant_id, n, ...wide }, atMs - random.below(50), random.below(9)))
          }
          const context = random.next() < 0.3 ? boundTo('acme') : PLATFORM_KEY
          const outcome = source.write(series, atMs, context)
          if (!isRefusal(outcome)) attributed += outcome.attributed
          await run.pass(50)
          if (random.next() < 0.3) run.report()
          if (isKilled && random.next() < 0.2) run.kill()
        }
        await run.drain()
        // What comes again is nothing new to the engine
        expect(engine.count()).toBe(attributed)
        const { outcomes, read, left } = run.totals.of('engine')
        const accounted = [...Object.values(outcomes), ...Object.values(left)]
        if (!isKilled) {
          expect(read).toBe(accounted.reduce((sum, samples) => sum + samples, 0))
          expect(outcomes.sent ?? 0).toBe(attributed)
        }
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})
