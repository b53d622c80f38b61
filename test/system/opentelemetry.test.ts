/** A real OpenTelemetry SDK application feeds Tenantry; requests, errors and response times per tenant read back exactly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOtelApp, type OtelApp } from './harness/otel-app.ts'
import {
  eventually,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

describe('a real OpenTelemetry SDK application', () => {
  let server: TestServer
  let app: OtelApp

  beforeAll(async () => {
    server = await startServer()
    await server.createTenant(tenantConfig('acme'))
    await server.createTenant(tenantConfig('bolt', { tier: 'starter' }))
    app = await startOtelApp(server)
  }, 120_000)

  afterAll(async () => {
    await app.stop()
    await server.stop()
    server.remove()
  })

  it('is read back exactly, with its buckets', async () => {
    app.record({ tenantId: 'acme', status: 200, seconds: 0.04, count: 900 })
    app.record({ tenantId: 'acme', status: 200, seconds: 0.3, count: 50 })
    app.record({ tenantId: 'acme', status: 503, seconds: 0.01, count: 7 })
    app.record({ tenantId: 'bolt', status: 200, seconds: 0.15, count: 11 })
    await app.flush()
    app.record({ tenantId: 'acme', status: 200, seconds: 0.15, count: 100 })
    await app.flush()
    const requests = 'tenantry_tenant_requests_total'
    const page = await eventually(
      'the second export arrived',
      () => server.text('/metrics/tenants'),
      (text) => sampleValue(text, requests, { tenant: 'acme', status_class: '2xx' }) === 1_050,
    )
    expect(sampleValue(page, requests, { tenant: 'acme', status_class: '5xx' })).toBe(7)
    expect(sampleValue(page, requests, { tenant: 'bolt', status_class: '2xx' })).toBe(11)
    const bucket = 'tenantry_tenant_request_duration_seconds_bucket'
    expect(sampleValue(page, bucket, { tenant: 'acme', le: '0.05' })).toBe(907)
    expect(sampleValue(page, bucket, { tenant: 'acme', le: '0.2' })).toBe(1_007)
    expect(sampleValue(page, bucket, { tenant: 'acme', le: '+Inf' })).toBe(1_057)
    const sum = sampleValue(page, 'tenantry_tenant_request_duration_seconds_sum', {
      tenant: 'acme',
    })
    expect(sum).toBeCloseTo(900 * 0.04 + 50 * 0.3 + 7 * 0.01 + 100 * 0.15, 6)
  }, 60_000)

  it('reaches the SLO verdict', async () => {
    interface Status {
      readonly items: readonly { sloId: string; total: number; bad: number; state: string }[]
    }
    const status = await eventually(
      'the error-rate SLO has counted all of it',
      async () =>
        (await server.api<Status>('/api/v1/tenants/acme/slo')).body.items.find(
          (item) => item.sloId === 'error-rate',
        ),
      (item) => item?.total === 1_057,
      90_000,
    )
    expect(status?.bad).toBe(7)
    const latency = (await server.api<Status>('/api/v1/tenants/acme/slo')).body.items.find(
      (item) => item.sloId === 'response-time',
    )
    expect(latency?.total).toBe(1_057)
    expect(latency?.bad).toBe(50)
  }, 120_000)
})
