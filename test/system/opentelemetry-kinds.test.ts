/**
 * The OpenTelemetry SDK sends every kind of instrument, cumulative and delta, exponential histograms
 * too; the server dies in between by kill -9 and comes back. What is read back is what was recorded.
 */
import type { Counter, Histogram, UpDownCounter } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './harness/ports.ts'
import {
  eventually,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const NEVER_MS = 3_600_000
const LATENCIES = [0.003, 0.02, 0.11, 0.3, 0.7, 1.5]

interface App {
  readonly provider: MeterProvider
  readonly duration: Histogram
  readonly cpu: Counter
  readonly active: UpDownCounter
}

function startApp(url: string, key: string, temporality: AggregationTemporality): App {
  const exporter = new OTLPMetricExporter({
    url: `${url}/v1/metrics`,
    headers: { authorization: `Bearer ${key}` },
    temporalityPreference: temporality,
  })
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'service.instance.id': 'i-1' }),
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: NEVER_MS })],
    views: [
      {
        instrumentName: 'http.server.request.duration',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  })
  const meter = provider.getMeter('shop', '1.0')
  return {
    provider,
    duration: meter.createHistogram('http.server.request.duration', { unit: 's' }),
    cpu: meter.createCounter('process.cpu.time', { unit: 's' }),
    active: meter.createUpDownCounter('http.server.active_requests'),
  }
}

describe.each([
  ['cumulative', AggregationTemporality.CUMULATIVE],
  ['delta', AggregationTemporality.DELTA],
] as const)('the OpenTelemetry SDK with %s temporality', (_name, temporality) => {
  let server: TestServer
  let app: App
  let port: number

  beforeAll(async () => {
    port = await freePort()
    server = await startServer({ arguments: ['--port', String(port)] })
    await server.createTenant(tenantConfig('acme'))
    app = startApp(server.url, await server.createKey('collector'), temporality)
  }, 120_000)

  afterAll(async () => {
    await app.provider.shutdown()
    await server.stop()
    server.remove()
  })

  const record = async (rounds: number): Promise<void> => {
    const tenant = { 'tenant.id': 'acme' }
    for (let round = 0; round < rounds; round += 1) {
      for (const seconds of LATENCIES) {
        app.duration.record(seconds, { ...tenant, 'http.response.status_code': 200 })
      }
      app.cpu.add(0.5, tenant)
      app.active.add(3, tenant)
      app.active.add(-1, tenant)
    }
    await app.provider.forceFlush()
  }

  const expectCounted = async (rounds: number): Promise<void> => {
    const page = await eventually(
      `${String(rounds)} rounds are counted`,
      () => server.text('/metrics/tenants'),
      (text) =>
        sampleValue(text, 'tenantry_tenant_requests_total', {
          tenant: 'acme',
          status_class: '2xx',
        }) ===
        rounds * LATENCIES.length,
    )
    const value = (name: string, more: Record<string, string> = {}) =>
      sampleValue(page, `tenantry_tenant_${name}`, { tenant: 'acme', ...more })
    const atOrBelow = (seconds: number) => LATENCIES.filter((one) => one <= seconds).length * rounds
    for (const le of [0.0078125, 0.125, 0.25, 0.5, 1, 2]) {
      const bucket = { le: String(le) }
      expect([le, value('request_duration_seconds_bucket', bucket)]).toEqual([le, atOrBelow(le)])
    }
    const sum = LATENCIES.reduce((total, one) => total + one, 0)
    expect(value('request_duration_seconds_sum')).toBeCloseTo(sum * rounds, 9)
    expect(value('cpu_seconds_total')).toBeCloseTo(0.5 * rounds, 9)
    expect(value('active_requests')).toBe(2 * rounds)
  }

  it('is read back exactly', async () => {
    await record(3)
    await record(4)
    await expectCounted(7)
  }, 120_000)

  it('is read back exactly after a kill and a restart', async () => {
    await server.stop('SIGKILL')
    const { dataDirectory } = server
    server = await startServer({ dataDirectory, arguments: ['--port', String(port)] })
    await expectCounted(7)
    await record(2)
    await expectCounted(9)
  }, 120_000)
})
