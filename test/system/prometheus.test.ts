/**
 * A real Prometheus scrapes a program that counts what it does, sends it on by remote write, and scrapes Tenantry's two exposition pages.
 * What Prometheus knows and what Tenantry counted must be the same numbers.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlert } from '../../src/codegen/alerts/rule.ts'
import { selfRules } from '../../src/codegen/alerts/self-rules.ts'
import type { FleetBody } from '../../src/edges/http/api/fleet.schema.ts'
import { requireTool } from '../tools/find-tool.ts'
import {
  eventually,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'
import { exposition, startPrometheus, type TestPrometheus } from './harness/prometheus.ts'

const program = requireTool('prometheus')

describe.skipIf(program === undefined)('a real Prometheus', () => {
  let server: TestServer
  let exporter: Server
  let prometheus: TestPrometheus
  const served = { ok: 0, failed: 0 }

  beforeAll(async () => {
    server = await startServer()
    await server.createTenant(tenantConfig('acme'))
    const writeKey = await server.createKey('collector')
    const readKey = await server.createKey('viewer')
    exporter = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(exposition(served))
    })
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    prometheus = await startPrometheus(program ?? '', {
      config: () => prometheusConfig(server.url, writeKey, readKey, exporter),
    })
  }, 120_000)

  afterAll(async () => {
    await prometheus.stop()
    exporter.close()
    await server.stop()
    server.remove()
  })

  const query = (expression: string) => prometheus.query(expression)

  it('feeds Tenantry by remote write, and the numbers read back are right', async () => {
    await eventually(
      'the exporter is scraped',
      () => query('http_requests_total{code="500"}'),
      (value) => value === 0,
    )
    await eventually(
      'the first scrapes arrived',
      async () =>
        (await server.api<FleetBody>('/api/v1/fleet')).body.rows[0]?.lastSampleAtMs ?? null,
      (atMs) => atMs !== null,
    )
    served.ok = 1_000
    served.failed = 25
    const text = await eventually(
      'the increments arrived',
      () => server.text('/metrics/tenants'),
      (page) =>
        sampleValue(page, 'tenantry_tenant_requests_total', {
          tenant: 'acme',
          status_class: '5xx',
        }) === 25,
    )
    expect(
      sampleValue(text, 'tenantry_tenant_requests_total', { tenant: 'acme', status_class: '2xx' }),
    ).toBe(1_000)
    const counted = await server.text('/metrics')
    expect(
      sampleValue(counted, 'tenantry_ingest_samples_total', { outcome: 'attributed' }),
    ).toBeGreaterThan(0)
  }, 90_000)

  it('scrapes both exposition pages of Tenantry', async () => {
    await eventually(
      'Tenantry itself is up',
      () => query('up{job="tenantry"}'),
      (value) => value === 1,
    )
    await eventually(
      'its tenants page is up',
      () => query('up{job="tenantry-tenants"}'),
      (value) => value === 1,
    )
    const requests = await eventually(
      'the aggregates came round',
      () => query('tenantry_tenant_requests_total{tenant="acme",status_class="5xx"}'),
      (value) => value === 25,
    )
    expect(requests).toBe(25)
    expect(await query('count({__name__=~"tenantry_.+",job="tenantry"})')).toBeGreaterThan(10)
    expect(await query('tenantry_slo_objective_ratio{tenant="acme",slo="error-rate"}')).toBe(0.999)
    expect(await query('scrape_samples_scraped{job="tenantry-tenants"}')).toBeGreaterThan(10)
  }, 90_000)

  it('knows what alerts about Tenantry itself read, and of a healthy one none holds', async () => {
    for (const rule of selfRules('runbooks')) {
      const isWatchdog = isAlert(rule) && rule.alert === 'TenantryWatchdog'
      expect(await query(rule.expr), rule.expr).toBe(isWatchdog ? 1 : undefined)
      for (const name of rule.expr.match(/\btenantry_\w+_(seconds|bytes|row|room)\b/g) ?? []) {
        expect(await query(`count(${name})`), name).toBe(1)
      }
    }
  }, 30_000)
})

function prometheusConfig(
  url: string,
  writeKey: string,
  readKey: string,
  exporter: Server,
): string {
  const target = url.replace('http://', '')
  const port = String((exporter.address() as AddressInfo).port)
  return `
global:
  scrape_interval: 1s
remote_write:
  - url: ${url}/api/v1/write
    authorization:
      credentials: ${writeKey}
    queue_config:
      batch_send_deadline: 500ms
    write_relabel_configs:
      - source_labels: [job]
        regex: app
        action: keep
scrape_configs:
  - job_name: app
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
  - job_name: tenantry
    authorization: { credentials: ${readKey} }
    static_configs: [{ targets: ['${target}'] }]
  - job_name: tenantry-tenants
    metrics_path: /metrics/tenants
    authorization: { credentials: ${readKey} }
    static_configs: [{ targets: ['${target}'] }]
`
}
