/**
 * A real Prometheus sends by remote write 2.0, counters and native histograms, and after a restart by 1.0: what it knows and what
 * Tenantry counted must be the same numbers, whatever the version.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
const BOUNDS = [0.1, 0.2, 0.5]

/** What the exporter has counted: requests by code, and durations by bucket. */
const served = { ok: 0, failed: 0, buckets: [0, 0, 0, 0], seconds: 0 }

describe.skipIf(program === undefined)('a real Prometheus with remote write 2.0', () => {
  let server: TestServer
  let exporter: Server
  let prometheus: TestPrometheus
  let writeKey: string

  const config = (message: string): string =>
    prometheusConfig(server.url, writeKey, exporter, message)

  const requests = (statusClass: string, value: number): Promise<number | undefined> =>
    eventually(
      `${String(value)} requests of ${statusClass} arrived`,
      async () => {
        const labels = { tenant: 'acme', status_class: statusClass }
        const page = await server.text('/metrics/tenants')
        return sampleValue(page, 'tenantry_tenant_requests_total', labels)
      },
      (counted) => counted === value,
    )

  beforeAll(async () => {
    server = await startServer()
    await server.createTenant(tenantConfig('acme'))
    await server.createTenant(tenantConfig('bolt'))
    writeKey = await server.createKey('collector')
    exporter = createServer((_request, response) => {
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0')
      response.end(exposition())
    })
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    prometheus = await startPrometheus(program ?? '', {
      config: () => config('io.prometheus.write.v2.Request'),
      arguments: ['--enable-feature=exemplar-storage,metadata-wal-records'],
    })
  }, 120_000)

  afterAll(async () => {
    await prometheus.stop()
    exporter.close()
    await server.stop()
    server.remove()
  })

  const own = async (name: string): Promise<number> => {
    const page = await (await fetch(`${prometheus.url}/metrics`)).text()
    return page
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  it('counts what counters and histograms with custom buckets rose by', async () => {
    await eventually(
      'some scrapes arrived',
      () => own('prometheus_remote_storage_samples_total'),
      (samples) => samples > 20,
    )
    served.ok = 1_000
    served.failed = 25
    served.buckets = [700, 200, 90, 10]
    served.seconds = 123.5
    await requests('2xx', 1_000)
    await requests('5xx', 25)
    const duration = 'tenantry_tenant_request_duration_seconds'
    const page = await eventually(
      'the histogram arrived',
      () => server.text('/metrics/tenants'),
      (text) => sampleValue(text, `${duration}_bucket`, { tenant: 'bolt', le: '+Inf' }) === 1_000,
    )
    const bucket = (le: string) => sampleValue(page, `${duration}_bucket`, { tenant: 'bolt', le })
    expect([bucket('0.1'), bucket('0.2'), bucket('0.5')]).toEqual([700, 900, 990])
    expect(sampleValue(page, `${duration}_sum`, { tenant: 'bolt' })).toBeCloseTo(123.5, 9)
  }, 90_000)

  it('has had everything confirmed by the headers', async () => {
    expect(await own('prometheus_remote_storage_samples_failed_total')).toBe(0)
    expect(await own('prometheus_remote_storage_histograms_failed_total')).toBe(0)
    expect(await own('prometheus_remote_storage_exemplars_failed_total')).toBe(0)
    expect(await own('prometheus_remote_storage_samples_dropped_total')).toBe(0)
    expect(await own('prometheus_remote_storage_histograms_total')).toBeGreaterThan(0)
    expect(await own('prometheus_remote_storage_exemplars_total')).toBeGreaterThan(0)
    const page = await server.text('/metrics')
    const unkept = (what: string) =>
      sampleValue(page, 'tenantry_ingest_unkept_total', { what }) ?? 0
    expect(unkept('exemplar')).toBeGreaterThan(0)
    expect(unkept('metadata')).toBeGreaterThan(0)
  })

  it('goes on counting when it comes back with 1.0', async () => {
    await prometheus.restart(config('prometheus.WriteRequest'), () => {
      served.ok = 1_600
      served.failed = 26
    })
    expect(await requests('2xx', 1_600)).toBe(1_600)
    expect(await requests('5xx', 26)).toBe(26)
  }, 90_000)
})

function exposition(): string {
  const { ok, failed, buckets, seconds } = served
  const all = buckets.reduce((sum, count) => sum + count, 0)
  let below = 0
  const lines = [...BOUNDS, '+Inf'].map((le, index) => {
    below += buckets[index] ?? 0
    return `http_request_duration_seconds_bucket{tenant_id="bolt",le="${String(le)}"} ${String(below)}`
  })
  return [
    '# HELP http_requests Requests.',
    '# TYPE http_requests counter',
    `http_requests_total{tenant_id="acme",code="200"} ${String(ok)} # {trace_id="abc"} 1.0`,
    `http_requests_total{tenant_id="acme",code="500"} ${String(failed)}`,
    '# TYPE http_request_duration_seconds histogram',
    ...lines,
    `http_request_duration_seconds_count{tenant_id="bolt"} ${String(all)}`,
    `http_request_duration_seconds_sum{tenant_id="bolt"} ${String(seconds)}`,
    '# EOF',
    '',
  ].join('\n')
}

function prometheusConfig(
  url: string,
  writeKey: string,
  exporter: Server,
  message: string,
): string {
  const target = `127.0.0.1:${String((exporter.address() as AddressInfo).port)}`
  return `
global:
  scrape_interval: 1s
remote_write:
  - url: ${url}/api/v1/write
    protobuf_message: ${message}
    send_exemplars: true
    send_native_histograms: true
    authorization:
      credentials: ${writeKey}
    queue_config:
      batch_send_deadline: 500ms
scrape_configs:
  - job_name: app
    convert_classic_histograms_to_nhcb: true
    static_configs: [{ targets: ['${target}'] }]
`
}
