/** All of the usual exporters report one tenant at once: every figure is that of a single source. */
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import { joinLabels } from '../../../src/edges/ingest/scrape/sample-labels.ts'
import { otlpJsonToProtobuf } from '../../../src/machinery/wire/otlp-json.ts'
import { openPrometheusTextReader } from '../../../src/machinery/wire/prometheus-text.ts'
import { encodeLabels, WriteRequestBuilder } from '../../../src/machinery/wire/write-request.ts'
import {
  APP,
  DATABASE,
  EXPECTED,
  HOST,
  NAMESPACE,
  otlpExport,
  PAGES,
  type Page,
} from '../../fixtures/exporters/pages.ts'
import { openBench, type Bench } from './writing.ts'

const shop = tenantId('shop')
const T = 1_700_000_000_000
const STEP_MS = 15_000

const attribution = [
  { namespace: NAMESPACE, tenant: 'shop' },
  { database: DATABASE, tenant: 'shop' },
  { labels: { host: HOST }, tenant: 'shop' },
  { namespace: 'other-*', tenant: 'other' },
]
const rules = {
  attribution: () => attribution,
  mapping: () => [],
  digest: () => 'fixed',
}

/** A scrape of a page, as a remote-write message. */
function scrape(page: Page, step: number, atMs: number): Buffer {
  const builder = new WriteRequestBuilder()
  const encoded: Uint8Array[] = []
  const target = Object.entries({ job: page.job, instance: `${page.job}:1`, ...page.target })
  openPrometheusTextReader().read(Buffer.from(page.text(step)), {
    define(exposed) {
      const labels = joinLabels(exposed, target, false)
      return encoded.push(encodeLabels([...labels].map(([name, value]) => ({ name, value })))) - 1
    },
    sample: (series, value) => builder.sample(encoded[series]!, value, atMs, 0),
    exemplar: () => undefined,
  })
  return builder.take()
}

/** Reports of one step, in an order of their own and within a second of each other. */
function report(bench: Bench, step: number, seed: number, without: readonly Page[] = []): void {
  const prng = openPrng(seed)
  const atMs = T + step * STEP_MS
  const sends = PAGES.filter((page) => !without.includes(page)).map((page) => () => {
    bench.write(scrape(page, step, atMs + prng.below(800)), atMs)
  })
  sends.push(() => {
    const message = otlpJsonToProtobuf(Buffer.from(otlpExport(step, T, atMs + prng.below(800))))
    bench.writeOtlp(message, atMs)
  })
  for (let left = sends.length; left > 0; left -= 1) {
    const place = prng.below(left)
    const [send] = sends.splice(place, 1)
    send!()
  }
  bench.gains()
}

describe('all exporters at once', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('give the figures of single sources, in order %i', (seed) => {
    const bench = openBench({ rules })
    for (const step of [0, 1, 2, 3]) report(bench, step, seed * 100 + step)
    const totals = bench.metrics.totals(shop)
    const nowMs = T + 3 * STEP_MS
    expect(bench.metrics.activeUsers(shop, nowMs)).toMatchObject({ count: 42, isReported: true })
    expect(totals).toMatchObject({
      requests: { '2xx': APP.ok(3), '4xx': APP.notFound(3), '5xx': APP.failed(3), unknown: 0 },
      cpuSeconds: EXPECTED.cpuSeconds(3),
      memoryBytes: EXPECTED.memoryBytes,
      networkInBytes: EXPECTED.receivedBytes(3),
      networkOutBytes: EXPECTED.sentBytes(3),
      storageBytes: EXPECTED.storageBytes,
      dependencyCalls: { '2xx': APP.databaseCalls(3), '5xx': null },
    })
    expect(totals.durationBuckets.at(-1)).toEqual({ leSeconds: Infinity, count: 339 })
    expect(totals.durationSumSeconds).toBeCloseTo(339 * 0.05)
    expect(bench.metrics.totals(tenantId('other'))).toMatchObject({
      cpuSeconds: 33 * 3,
      memoryBytes: 70e6,
    })
  })

  it('say which of them count, which are shadowed, and what went to nobody', () => {
    const bench = openBench({ rules })
    for (const step of [0, 1]) report(bench, step, step)
    const sources = bench.metrics.sources(shop, T + 2 * STEP_MS)
    const of = (signal: string) =>
      sources.filter((each) => each.signal === signal).map((each) => [each.source, each.state])
    expect(of('requests')).toEqual([
      ['otel', 'active'],
      ['prometheus', 'shadowed'],
      ['prometheus-2', 'shadowed'],
      ['envoy', 'shadowed'],
      ['ingress-nginx', 'shadowed'],
      ['nginx-vts', 'shadowed'],
      ['nginx', 'shadowed'],
    ])
    expect(of('cpu')).toEqual([
      ['cadvisor', 'active'],
      ['kubelet', 'shadowed'],
      ['kubelet-pod', 'shadowed'],
      ['otel', 'shadowed'],
      ['prometheus', 'shadowed'],
    ])
    const { received, attributed, unattributed, duplicate, discarded } =
      bench.metrics.stats().accounts
    expect(received).toBe(attributed! + unattributed! + duplicate! + discarded!)
    expect(unattributed).toBeGreaterThan(0)
  })
})
