/**
 * One tenant, reported by everything at once: eight exporters are scraped, the application's client library comes by remote write and
 * its OpenTelemetry SDK by OTLP. Its figures are those of single sources, and stay so over a kill.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourcesBody } from '../../src/edges/http/api/sources.schema.ts'
import { openPrometheusTextReader } from '../../src/machinery/wire/prometheus-text.ts'
import {
  compressSnappy,
  encodeLabels,
  WriteRequestBuilder,
} from '../../src/machinery/wire/write-request.ts'
import {
  APP,
  CLIENT,
  DATABASE,
  EXPECTED,
  HOST,
  NAMESPACE,
  otlpExport,
  PAGES,
} from '../fixtures/exporters/pages.ts'
import {
  eventually,
  OPERATOR_KEY,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const SCRAPED = PAGES.filter((page) => page !== CLIENT)

describe('a tenant that everything reports', () => {
  let server: TestServer
  let exporters: Server
  let directory: string
  let config: string
  let step = 0
  let startMs = 0

  beforeAll(async () => {
    exporters = createServer((request, response) => {
      const page = SCRAPED[Number(request.url?.slice(1))]
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(page?.text(step))
    })
    await new Promise<void>((done) => exporters.listen(0, '127.0.0.1', done))
    const { port } = exporters.address() as AddressInfo
    directory = mkdtempSync(join(tmpdir(), 'tenantry-exporters-'))
    config = join(directory, 'config')
    mkdirSync(config)
    writeFileSync(join(config, 'scrape.yaml'), scrapeConfig(`127.0.0.1:${String(port)}`))
    writeFileSync(join(config, 'rules.yaml'), RULES)
    server = await startServer({ arguments: ['--config', config] })
    startMs = Date.now()
    await server.createTenant(tenantConfig('shop'))
    await send()
  }, 120_000)

  afterAll(async () => {
    exporters.close()
    await server.stop()
    server.remove()
    rmSync(directory, { recursive: true, force: true })
  })

  /** What the application itself sends: once by its SDK, once by its client library. */
  async function send(): Promise<void> {
    const atMs = Date.now()
    const post = (path: string, headers: Record<string, string>, body: string | Buffer) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${OPERATOR_KEY}`, ...headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      })
    const otlp = await post(
      '/v1/metrics',
      { 'content-type': 'application/json' },
      otlpExport(step, startMs, atMs),
    )
    expect(otlp.status).toBe(200)
    const write = await post(
      '/api/v1/write',
      { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      compressSnappy(clientMessage(step, atMs)),
    )
    expect(write.status).toBe(204)
  }

  /** Waits until every page was scraped once more, whole. */
  async function scrapeAll(): Promise<void> {
    const outcome = async () =>
      sampleValue(await server.text('/metrics'), 'tenantry_scrapes_total', { outcome: 'ok' }) ?? 0
    const before = await outcome()
    const enough = before + 2 * SCRAPED.length
    await eventually('all pages were scraped', outcome, (value) => value >= enough)
  }

  /** Reads all of them from one page: they are of one tick. */
  async function figures() {
    const page = await server.text('/metrics/tenants')
    const figure = (name: string, labels: Record<string, string> = {}) =>
      sampleValue(page, `tenantry_tenant_${name}`, { tenant: 'shop', ...labels })
    const requests = (statusClass: string) =>
      figure('requests_total', { status_class: statusClass }) ?? 0
    return {
      ok: requests('2xx'),
      notFound: requests('4xx'),
      failed: requests('5xx'),
      unknown: requests('unknown'),
      databaseCalls: figure('dependency_calls_total', { status_class: '2xx' }),
      cpuSeconds: figure('cpu_seconds_total'),
      memoryBytes: figure('memory_bytes'),
      storageBytes: figure('storage_bytes'),
      receivedBytes: figure('network_receive_bytes_total'),
      sentBytes: figure('network_transmit_bytes_total'),
    }
  }

  const expected = (at: number) => ({
    ok: APP.ok(at),
    notFound: APP.notFound(at),
    failed: APP.failed(at),
    unknown: 0,
    databaseCalls: APP.databaseCalls(at),
    cpuSeconds: EXPECTED.cpuSeconds(at),
    memoryBytes: EXPECTED.memoryBytes,
    storageBytes: EXPECTED.storageBytes,
    receivedBytes: EXPECTED.receivedBytes(at),
    sentBytes: EXPECTED.sentBytes(at),
  })

  it('has the figures of single sources', async () => {
    await scrapeAll()
    for (const next of [1, 2, 3]) {
      step = next
      await send()
      await scrapeAll()
    }
    const told = await eventually('a tick has passed', figures, ({ cpuSeconds }) => {
      return cpuSeconds === EXPECTED.cpuSeconds(3)
    })
    expect(told).toEqual(expected(3))
  }, 120_000)

  it('is told where they come from', async () => {
    const { status, body } = await server.api<SourcesBody>('/api/v1/tenants/shop/sources')
    expect(status).toBe(200)
    const active = body.items.filter(({ state }) => state === 'active')
    const of = (signal: string) =>
      active.filter((each) => each.signal === signal).map(({ source }) => source)
    expect(of('requests')).toEqual(['otel'])
    expect(of('cpu')).toEqual(['cadvisor'])
    expect(of('storage')).toEqual(['postgres', 'cadvisor', 'kubelet'])
    expect(of('dependency_calls')).toEqual(['otel'])
    const shadowed = body.items.filter(({ signal, state }) => {
      return signal === 'requests' && state === 'shadowed'
    })
    expect(shadowed.map(({ source }) => source)).toEqual([
      'prometheus',
      'prometheus-2',
      'envoy',
      'ingress-nginx',
      'nginx-vts',
      'nginx',
    ])
  }, 60_000)

  it('has the same figures after a kill, with every sample accounted for', async () => {
    await server.stop('SIGKILL')
    server = await startServer({
      dataDirectory: server.dataDirectory,
      arguments: ['--config', config],
    })
    step = 4
    await send()
    await scrapeAll()
    const told = await eventually('a tick has passed', figures, ({ cpuSeconds }) => {
      return cpuSeconds === EXPECTED.cpuSeconds(4)
    })
    expect(told).toEqual(expected(4))
    const page = await server.text('/metrics')
    const unattributed = sampleValue(page, 'tenantry_samples_unattributed_total', {
      reason: 'no-tenant-label',
    })
    expect(unattributed).toBeGreaterThan(0)
  }, 120_000)
})

const RULES = `apiVersion: tenantry/v1
kind: Attribution
spec:
  rules:
    - { namespace: ${NAMESPACE}, tenant: shop }
    - { database: ${DATABASE}, tenant: shop }
    - { labels: { host: ${HOST} }, tenant: shop }
`

function scrapeConfig(address: string): string {
  const jobs = SCRAPED.map(({ job, target }, index) => ({
    job_name: `${job}-${String(index)}`,
    metrics_path: `/${String(index)}`,
    static_configs: [{ targets: [address], labels: { ...target, job } }],
  }))
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '800ms' },
    scrape_configs: jobs,
  })
}

/** The client library's page as Prometheus would send it on. */
function clientMessage(at: number, atMs: number): Buffer {
  const builder = new WriteRequestBuilder()
  const target = Object.entries({ job: CLIENT.job, instance: 'shop:8080', ...CLIENT.target })
  const encoded: Uint8Array[] = []
  openPrometheusTextReader().read(Buffer.from(CLIENT.text(at)), {
    define: (exposed) =>
      encoded.push(
        encodeLabels([...exposed, ...target.map(([name, value]) => ({ name, value }))]),
      ) - 1,
    sample: (series, value) => builder.sample(encoded[series]!, value, atMs, 0),
    exemplar: () => undefined,
  })
  return builder.take()
}
