/** Replicas of one configuration: whatever they send and whenever one of them dies, what is counted
 *  is what a single one would have told. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openBench, otlp, remoteWrite, STALE, type Bench, type Series } from './writing.ts'

const T = 1_700_000_000_000
const acme = tenantId('acme')

interface From {
  readonly cluster?: string
  readonly replica: string
}

function requests(
  value: number | typeof STALE,
  atMs: number,
  from?: From,
  more: Record<string, string> = {},
): Series {
  return {
    labels: {
      __name__: 'http_requests_total',
      code: '200',
      tenant: 'acme',
      job: 'api',
      instance: 'a:1',
      ...more,
      ...(from === undefined ? {} : named(from)),
    },
    samples: [[atMs, value]],
  }
}

function named({ cluster = 'eu', replica }: From) {
  return { cluster, __replica__: replica }
}

const A = { replica: 'a' }
const B = { replica: 'b' }

/** Writes one sample as it is scraped. */
function write(bench: Bench, value: number, atMs: number, from: From, receivedAtMs = atMs) {
  return bench.write(remoteWrite([requests(value, atMs, from)]), receivedAtMs)
}

const gained = (bench: Bench) => bench.gains()['acme requests 2xx'] ?? 0

describe('two replicas of one source', () => {
  it('count once, as one series, and the standby is told apart', () => {
    const bench = openBench()
    for (let scrape = 0; scrape < 4; scrape += 1) {
      const atMs = T + 15_000 * scrape
      expect(write(bench, 100 * scrape, atMs, A)).toMatchObject({ attributed: 1, notElected: 0 })
      const standby = write(bench, 100 * scrape + 40, atMs + 6_000, B)
      expect(standby).toMatchObject({ received: 1, attributed: 0, notElected: 1 })
    }
    expect(gained(bench)).toBe(300)
    const { series, accounts } = bench.metrics.stats()
    expect(series).toBe(1)
    expect(accounts).toMatchObject({ received: 8, attributed: 4, 'not-elected': 4 })
    expect(bench.metrics.haClusters()).toEqual([
      {
        tenantId: null,
        cluster: 'eu',
        elected: 'a',
        electedAtMs: T,
        failovers: 0,
        replicas: [
          {
            replica: 'a',
            isElected: true,
            heardAtMs: T + 45_000,
            receivedSamples: 4,
            notElectedSamples: 0,
          },
          {
            replica: 'b',
            isElected: false,
            heardAtMs: T + 51_000,
            receivedSamples: 4,
            notElectedSamples: 4,
          },
        ],
      },
    ])
  })

  it('fail over after more than 30 s of silence, and the counter goes on', () => {
    const bench = openBench()
    write(bench, 100, T, A)
    write(bench, 130, T + 15_000, A)
    expect(write(bench, 150, T + 45_000, B)).toMatchObject({ notElected: 1, failovers: [] })
    const taken = write(bench, 170, T + 45_001, B)
    expect(taken).toMatchObject({
      attributed: 1,
      failovers: [{ cluster: 'eu', from: 'a', to: 'b' }],
    })
    expect(gained(bench)).toBe(70)
    expect(write(bench, 180, T + 60_000, A)).toMatchObject({ notElected: 1 })
    write(bench, 190, T + 75_000, B)
    expect(gained(bench)).toBe(20)
  })

  it('leave to the dead one what it told already, though it comes late and looks like a reset', () => {
    const bench = openBench()
    write(bench, 100, T, A)
    write(bench, 150, T + 15_000, A)
    const backlog = remoteWrite([
      { ...requests(0, 0, B), samples: [[T + 9_000, 140]] },
      // Scraped a little later, but read sooner: the counter seems to fall
      { ...requests(0, 0, B), samples: [[T + 15_300, 149]] },
      { ...requests(0, 0, B), samples: [[T + 25_000, 160]] },
      { ...requests(0, 0, B), samples: [[T + 30_000, 170]] },
    ])
    const outcome = bench.write(backlog, T + 50_000)
    expect(outcome).toMatchObject({ received: 4, attributed: 1, notElected: 3, discardedTotal: 0 })
    expect(gained(bench)).toBe(70)
    expect(bench.metrics.stats().accounts['resets']).toBe(0)
  })

  it('see a true reset after a failover', () => {
    const bench = openBench()
    write(bench, 100, T, A)
    write(bench, 150, T + 15_000, A)
    write(bench, 20, T + 60_000, B)
    expect(gained(bench)).toBe(70)
  })

  it('wait no longer when the clock is set back', () => {
    const bench = openBench()
    write(bench, 100, T, A)
    const back = T - 60_000
    expect(write(bench, 110, T + 15_000, B, back)).toMatchObject({ notElected: 1 })
    expect(write(bench, 120, T + 45_000, B, back + 30_001)).toMatchObject({ attributed: 1 })
  })

  it('do not shut each other out by a sample of the future', () => {
    const bench = openBench()
    write(bench, 100, T + 500_000, A, T)
    expect(write(bench, 120, T + 31_000, B, T + 31_000).notElected).toBe(0)
  })

  it('end a series only by the word of the elected one', () => {
    const bench = openBench()
    write(bench, 100, T, A)
    bench.write(remoteWrite([requests(STALE, T + 1_000, B)]), T + 1_000)
    expect(bench.metrics.lastSampleAtMs(acme)).toBe(T)
    expect(write(bench, 130, T + 2_000, A).attributed).toBe(1)
    expect(gained(bench)).toBe(30)
  })

  it('are elected for each cluster and each writer on its own', () => {
    const bench = openBench()
    const bound = { boundTenant: acme, namedTenant: null }
    const other = { cluster: 'us', replica: 'b' }
    expect(write(bench, 1, T, A).notElected).toBe(0)
    expect(write(bench, 1, T, other).notElected).toBe(0)
    expect(bench.write(remoteWrite([requests(1, T, B)]), T, bound).notElected).toBe(0)
    const clusters = bench.metrics.haClusters()
    expect(clusters.map(({ tenantId: id, cluster, elected }) => [id, cluster, elected])).toEqual([
      [null, 'eu', 'a'],
      [null, 'us', 'b'],
      ['acme', 'eu', 'b'],
    ])
  })

  it('are forgotten when none wrote for long, which changes no count', async () => {
    const spanMs = (2 * 86_400 + 600) * 1_000
    const laterMs = T + spanMs + 20_000
    const runs = [true, false].map((forgets) => {
      const bulk = openBulkInline({ directory: ':memory:' })
      const bench = openBench({ bulk })
      write(bench, 1, T, A)
      write(bench, 1, T + 40_000, B)
      write(bench, 2, T + 41_000, A)
      write(bench, 1, laterMs, { cluster: 'us', replica: 'a' })
      expect(bench.metrics.haClusters()[0]).toMatchObject({ failovers: 1, elected: 'b' })
      if (forgets) bench.metrics.closeMinute(laterMs + spanMs)
      return { bulk, bench }
    })
    const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]]
    expect(first.bench.metrics.haClusters()).toHaveLength(2)
    write(first.bench, 1, laterMs + 30_000, { cluster: 'us', replica: 'a' })
    first.bench.metrics.closeMinute(laterMs + 60_000)
    expect(first.bench.metrics.haClusters().map(({ cluster }) => cluster)).toEqual(['us'])
    await first.bulk.commit({
      file: 'shared',
      logPosition: 1,
      writes: first.bench.metrics.checkpoint().writes,
    })
    const restored = openBench({ bulk: first.bulk })
    restored.metrics.restore()
    for (const bench of [first.bench, second.bench, restored]) {
      const atMs = laterMs + 90_000
      expect(write(bench, 9, atMs, A)).toMatchObject({ attributed: 1, notElected: 0 })
      expect(write(bench, 9, atMs, B)).toMatchObject({ attributed: 0, notElected: 1 })
      const eu = bench.metrics.haClusters().find(({ cluster }) => cluster === 'eu')
      expect(eu).toMatchObject({ elected: 'a', failovers: 0, electedAtMs: atMs })
      expect(eu?.replicas.map(({ receivedSamples }) => receivedSamples)).toEqual([1, 1])
    }
  })

  it('need both labels: one alone is a label like any other', () => {
    const bench = openBench()
    for (const replica of ['a', 'b']) {
      const series = requests(1, T, undefined, { __replica__: replica })
      expect(bench.write(remoteWrite([series]), T).attributed).toBe(1)
    }
    expect(bench.metrics.stats().series).toBe(2)
    expect(bench.metrics.haClusters()).toEqual([])
  })

  it('may be named by other labels, and wait another time', () => {
    const bench = openBench()
    const ha = { clusterLabel: 'prometheus', replicaLabel: 'pod', failoverSeconds: 2 }
    const context = { boundTenant: null, namedTenant: null, ha }
    const from = (pod: string, atMs: number) =>
      bench.write(
        remoteWrite([requests(1, atMs, undefined, { prometheus: 'p', pod })]),
        atMs,
        context,
      )
    expect(from('p-0', T).attributed).toBe(1)
    expect(from('p-1', T + 2_000).notElected).toBe(1)
    expect(from('p-1', T + 20_000).attributed).toBe(1)
    expect(bench.metrics.stats().series).toBe(1)
  })
})

describe('a request', () => {
  it('may mix replicas of several clusters with series that name none', () => {
    const bench = openBench()
    write(bench, 1, T, A)
    write(bench, 1, T, { cluster: 'us', replica: 'b' })
    const kinds: (From | undefined)[] = [
      undefined,
      A,
      B,
      { cluster: 'us', replica: 'a' },
      { cluster: 'us', replica: 'b' },
    ]
    const prng = openPrng(7)
    const chosen = Array.from({ length: 700 }, () => kinds[prng.below(kinds.length)])
    const series = chosen.map((from, index) =>
      requests(1, T + 15_000, from, { route: String(index % 300) }),
    )
    const outcome = bench.write(remoteWrite(series), T + 15_000)
    const counting = chosen.filter(
      (from) => from === undefined || from === A || (from.cluster === 'us' && from.replica === 'b'),
    )
    expect(outcome.notElected).toBe(700 - counting.length)
    expect(outcome.received).toBe(700)
    const routes = new Set(
      chosen.map((from, index) => `${from && (from.cluster ?? 'eu')} ${index % 300}`),
    )
    expect(bench.metrics.stats().series).toBe(routes.size + 2)
  })

  it('is refused past the limit of clusters, with the limit in the answer', () => {
    const bench = openBench({ limits: { haClustersOfPlatform: 1 } })
    write(bench, 1, T, A)
    const outcome = bench.write(
      remoteWrite([requests(1, T, { cluster: 'us', replica: 'a' }), requests(2, T + 1, A)]),
      T + 1,
    )
    expect(outcome).toMatchObject({ attributed: 1, discarded: { 'ha-cluster-limit': 1 } })
    expect(outcome.messages).toEqual([
      'cluster "us" over the limit haClustersOfPlatform of 1 (ha-cluster-limit)',
    ])
  })

  it('finds room for a cluster where others were silent for long', () => {
    const bench = openBench({ limits: { haClustersOfPlatform: 2 } })
    const spanMs = (2 * 86_400 + 600) * 1_000
    const us = { cluster: 'us', replica: 'a' }
    const asia = { cluster: 'asia', replica: 'a' }
    write(bench, 1, T, A)
    write(bench, 1, T + 1_000, us)
    const refused = write(bench, 1, T + spanMs, asia)
    expect(refused.discarded).toEqual({ 'ha-cluster-limit': 1 })
    // One that the same write names is no room for another
    const atMs = T + spanMs + 1
    const both = [requests(5, atMs, A), requests(1, atMs, asia), requests(1, atMs, us)]
    const outcome = bench.write(remoteWrite(both), atMs)
    expect(outcome).toMatchObject({ attributed: 2, discarded: { 'ha-cluster-limit': 1 } })
    expect(write(bench, 1, T + spanMs + 1_001, asia).attributed).toBe(0)
    expect(write(bench, 1, T + 2 * spanMs + 2, asia).attributed).toBe(1)
  })

  it('of a standby is left to the elected one even where it would be refused', () => {
    const bench = openBench({ quotas: { activeSeries: 1 } })
    write(bench, 1, T, A)
    const series = [requests(1, T, B), requests(1, T, B, { route: 'new' })]
    expect(bench.write(remoteWrite(series), T)).toMatchObject({ received: 2, notElected: 2 })
    const elected = [requests(2, T + 1, A), requests(1, T + 1, A, { route: 'new' })]
    expect(bench.write(remoteWrite(elected), T + 1)).toMatchObject({
      attributed: 1,
      discarded: { 'series-limit': 1 },
    })
  })
})

describe('replicas over OTLP', () => {
  it('are told by attributes of the resource, and parts go with their histogram', () => {
    const bench = openBench()
    const send = (replica: string, count: number, atMs: number) =>
      bench.writeOtlp(
        otlp({ 'tenant.id': 'acme', host: 'h', __replica__: replica, cluster: 'eu' }, [
          {
            name: 'http.server.request.duration',
            unit: 's',
            kind: 'histogram',
            points: [{ startMs: T, atMs, count, sum: count, buckets: [count, 0], bounds: [0.2] }],
          },
        ]),
        atMs,
      )
    send('a', 10, T + 10_000)
    expect(send('b', 12, T + 12_000)).toMatchObject({ received: 1, notElected: 1 })
    send('a', 15, T + 20_000)
    expect(bench.gains()).toMatchObject({ 'acme requests unknown': 15, 'acme duration 0.2': 15 })
    send('b', 25, T + 60_000)
    expect(bench.gains()).toMatchObject({ 'acme requests unknown': 10, 'acme duration 0.2': 10 })
  })
})

describe('replicas over OTLP that name themselves in their points', () => {
  it('count once, and points of the same resource that name none count as ever', () => {
    const bench = openBench()
    const send = (replica: string, value: number, atMs: number) =>
      bench.writeOtlp(
        otlp({ 'tenant.id': 'acme', host: 'h' }, [
          {
            name: 'process.cpu.time',
            unit: 's',
            kind: 'sum',
            points: [
              { startMs: T, atMs, value, attributes: { cluster: 'eu', __replica__: replica } },
              { startMs: T, atMs, value, attributes: { 'cpu.mode': replica } },
              {
                startMs: T,
                atMs,
                value,
                attributes: { cluster: 'eu', __replica__: replica, n: '1' },
              },
            ],
          },
        ]),
        atMs,
      )
    for (const step of [1, 2]) {
      expect(send('a', step, T + 10_000 * step)).toMatchObject({ attributed: 3, notElected: 0 })
      expect(send('b', step, T + 10_000 * step)).toMatchObject({ attributed: 1, notElected: 2 })
    }
    expect(bench.metrics.stats().series).toBe(4)
    expect(bench.gains()).toEqual({ 'acme cpu': 8 })
  })
})

/** What a scrape of the source tells at a time: it only grows. */
const valueAt = (atMs: number) => Math.floor((atMs - T) / 137)

interface Scrape {
  readonly from: From
  readonly atMs: number
  readonly receivedAtMs: number
}

/** Two replicas that scrape every ten seconds; each may be down for a while, and be late. */
function scrapes(seed: number): Scrape[] {
  const prng = openPrng(seed)
  const all: Scrape[] = []
  for (const from of [A, B]) {
    const offsetMs = prng.below(10_000)
    const downMs = T + prng.below(400_000)
    const upMs = downMs + prng.below(200_000)
    let lastReceivedMs = 0
    for (let atMs = T + offsetMs; atMs < T + 600_000; atMs += 10_000) {
      if (atMs > downMs && atMs < upMs) continue
      const lateMs = prng.below(10) === 0 ? prng.below(60_000) : prng.below(500)
      lastReceivedMs = Math.max(lastReceivedMs, atMs + lateMs)
      all.push({ from, atMs, receivedAtMs: lastReceivedMs })
    }
  }
  return all.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs)
}

describe('any two replicas', () => {
  it('give what a single source would, up to the last sample that counted', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const bench = openBench()
        let firstMs = 0
        let lastMs = 0
        let gains = 0
        for (const { from, atMs, receivedAtMs } of scrapes(seed)) {
          const { attributed, discardedTotal } = write(
            bench,
            valueAt(atMs),
            atMs,
            from,
            receivedAtMs,
          )
          expect(discardedTotal).toBe(0)
          gains += gained(bench)
          if (attributed === 0) continue
          firstMs ||= atMs
          lastMs = atMs
        }
        expect(gains).toBe(valueAt(lastMs) - valueAt(firstMs))
        const { accounts } = bench.metrics.stats()
        expect(accounts['resets']).toBe(0)
        expect(accounts['received']).toBe(accounts['attributed']! + accounts['not-elected']!)
      }),
      { numRuns: 200 },
    )
  })
})
