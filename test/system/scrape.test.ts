/**
 * Tenantry pulls: a real Prometheus' own page, and an exporter whose series name tenants. Its numbers, the series about the scrapes
 * themselves, a target that fails and comes back, a restart.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CollectorBody } from '../../src/edges/http/api/collector.schema.ts'
import type { ScrapeTargetBody } from '../../src/edges/http/api/scrape.schema.ts'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import {
  eventually,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const program = requireTool('prometheus')
/** Within the age that is still booked. */
const STARTED_SECONDS = Math.floor(Date.now() / 1_000) - 30

describe.skipIf(program === undefined)('a Tenantry that scrapes', () => {
  let server: TestServer
  let exporter: Server
  let prometheus: TestPrometheus
  let directory: string
  const served = { ok: 1_000, failed: 0, broken: false, withGauge: true }
  const seen: IncomingHttpHeaders[] = []

  beforeAll(async () => {
    exporter = createServer((request, response) => {
      seen.push(request.headers)
      response.statusCode = served.broken ? 500 : 200
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0')
      response.end(exposition(served))
    })
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    directory = mkdtempSync(join(tmpdir(), 'tenantry-scrape-'))
    prometheus = await startPrometheus(program ?? '', { config: selfScrape })
    const config = join(directory, 'config')
    mkdirSync(join(config, 'secrets'), { recursive: true })
    writeFileSync(join(config, 'secrets', 'token'), 'exporter-token\n')
    writeFileSync(
      join(config, 'scrape.yaml'),
      scrapeConfig(
        `127.0.0.1:${String((exporter.address() as AddressInfo).port)}`,
        prometheus.port,
      ),
    )
    writeFileSync(
      join(config, 'bolt.yaml'),
      JSON.stringify({ apiVersion: 'tenantry/v1', kind: 'Tenant', spec: tenantConfig('bolt') }),
    )
    server = await startServer({ arguments: ['--config', config] })
    await server.createTenant(tenantConfig('acme'))
  }, 120_000)

  afterAll(async () => {
    await prometheus.stop()
    exporter.close()
    await server.stop()
    server.remove()
    rmSync(directory, { recursive: true, force: true })
  })

  const targets = async (): Promise<readonly ScrapeTargetBody[]> =>
    (await server.api<{ items: ScrapeTargetBody[] }>('/api/v1/scrape/targets')).body.items
  const counted = async (statusClass: string, tenant = 'acme'): Promise<number | undefined> =>
    sampleValue(await server.text('/metrics/tenants'), 'tenantry_tenant_requests_total', {
      tenant,
      status_class: statusClass,
    })

  it('reads a real Prometheus and an exporter whole', async () => {
    const both = await eventually('both targets are up', targets, (rows) =>
      rows.every(({ health }) => health === 'up'),
    )
    expect(both.map(({ job }) => job)).toEqual(['app', 'prometheus'])
    expect(both[0]).toMatchObject({ samplesScraped: 4, lastError: null })
    expect(both[1]?.samplesScraped).toBeGreaterThan(300)
    expect(seen.at(-1)).toMatchObject({
      authorization: 'Bearer exporter-token',
      'accept-encoding': 'gzip',
      'x-prometheus-scrape-timeout-seconds': '0.8',
    })
    expect(seen.at(-1)?.accept).toContain('application/openmetrics-text;version=1.0.0;escaping')
  }, 60_000)

  it('counts a first scrape from the start that the exporter tells, and from nothing without', async () => {
    const first = await eventually(
      'the counter that tells its start is there',
      () => counted('2xx', 'bolt'),
      (value) => value !== undefined && value > 0,
    )
    expect(first).toBe(40)
    expect((await counted('2xx')) ?? 0).toBe(0)
  }, 60_000)

  it('counts what the exporter counted', async () => {
    await eventually(
      'the exporter was scraped three times',
      () => server.text('/metrics'),
      (page) => (sampleValue(page, 'tenantry_scrapes_total', { outcome: 'ok' }) ?? 0) >= 8,
    )
    served.ok += 500
    served.failed += 25
    expect(
      await eventually(
        'the failures are there',
        () => counted('5xx'),
        (value) => value === 25,
      ),
    ).toBe(25)
    expect(await counted('2xx')).toBe(500)
  }, 60_000)

  it('ends a series that vanished from the page', async () => {
    const memory = async (): Promise<number | undefined> =>
      sampleValue(await server.text('/metrics/tenants'), 'tenantry_tenant_memory_bytes', {
        tenant: 'acme',
      })
    expect(await eventually('the memory is told', memory, (value) => value === 4_096)).toBe(4_096)
    served.withGauge = false
    // The lookback is five minutes: only a mark ends it within seconds.
    await eventually('nothing is in use any more', memory, (value) => value === 0, 20_000)
    served.withGauge = true
    await eventually('it is told again', memory, (value) => value === 4_096)
  }, 60_000)

  it('marks a target that fails as down, ends its series and takes it up again', async () => {
    served.broken = true
    const down = await eventually('the target is down', targets, ([app]) => app?.health === 'down')
    expect(down[0]?.lastError).toBe('the target answered with status 500')
    served.broken = false
    await eventually('the target is up', targets, ([app]) => app?.health === 'up')
    served.failed += 5
    expect(
      await eventually(
        'it is counted on',
        () => counted('5xx'),
        (value) => value === 30,
      ),
    ).toBe(30)
  }, 60_000)

  it('follows its file, and keeps to the last good one', async () => {
    const file = join(directory, 'config', 'scrape.yaml')
    const good = readFileSync(file, 'utf8')
    writeFileSync(file, good.replace('job_name: app', 'job_nam: app'))
    const health = async (): Promise<CollectorBody> =>
      (await server.api<CollectorBody>('/api/v1/collector')).body
    await eventually('the page of the collector says so', health, ({ findings }) =>
      findings.some(({ text }) => text === 'Not everything is scraped as configured'),
    )
    expect(server.output()).toMatch(/the scrape file is not valid/)
    expect(await targets()).toHaveLength(2)
    writeFileSync(file, good.replace('job_name: prometheus', 'job_name: itself'))
    const jobs = await eventually('the new job is up', targets, (rows) =>
      rows.some(({ job, health: state }) => job === 'itself' && state === 'up'),
    )
    expect(jobs.map(({ job }) => job)).toEqual(['app', 'itself'])
    served.failed += 1
    await eventually(
      'the other job went on counting',
      () => counted('5xx'),
      (value) => value === 31,
    )
  }, 60_000)

  it('has everything again after a kill', async () => {
    await server.stop('SIGKILL')
    server = await startServer({ dataDirectory: server.dataDirectory })
    expect(await counted('5xx')).toBe(31)
    expect(await targets()).toEqual([])
  }, 60_000)
})

function selfScrape(port: number): string {
  const target = `127.0.0.1:${String(port)}`
  return `
global: { scrape_interval: 1s }
scrape_configs: [{ job_name: self, static_configs: [{ targets: ['${target}'] }] }]
`
}

function exposition({
  ok,
  failed,
  withGauge,
}: {
  ok: number
  failed: number
  withGauge: boolean
}): string {
  return [
    '# TYPE http_requests counter',
    `http_requests_total{tenant_id="acme",code="200",method="GET"} ${String(ok)}`,
    `http_requests_total{tenant_id="acme",code="500",method="GET"} ${String(failed)}`,
    'http_requests_total{tenant_id="bolt",code="200",method="GET"} 40',
    `http_requests_created{tenant_id="bolt",code="200",method="GET"} ${String(STARTED_SECONDS)}`,
    ...(withGauge
      ? [
          '# TYPE process_memory_usage_bytes gauge',
          'process_memory_usage_bytes{tenant_id="acme"} 4096',
        ]
      : []),
    '# EOF',
    '',
  ].join('\n')
}

function scrapeConfig(exporter: string, prometheusPort: number): string {
  return `
global:
  scrape_interval: 1s
  scrape_timeout: 800ms
scrape_configs:
  - job_name: app
    authorization: { credentials_file: secrets/token }
    static_configs: [{ targets: ['${exporter}'], labels: { region: eu } }]
  - job_name: prometheus
    static_configs: [{ targets: ['127.0.0.1:${String(prometheusPort)}'] }]
`
}
