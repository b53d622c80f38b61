/** k6 sends what a load test counts, by its outputs for remote write and for OpenTelemetry. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Recorded } from '../../loadtests/run/report.ts'
import { requireTool } from '../tools/find-tool.ts'
import {
  eventually,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const program = requireTool('k6')
const run = promisify(execFile)

const ITERATIONS = 60

/**
 * A counter that is seen at zero before it counts, since remote write says nothing of its beginning;
 * and a rest at the end, since k6's OpenTelemetry output forgets what it has not flushed by then.
 */
const SCRIPT = `
import { sleep } from 'k6'
import { Counter } from 'k6/metrics'
const requests = new Counter('http_requests')
const of = (code) => ({ tenant: __ENV.TENANT, code })
export const options = {
  scenarios: {
    all: { executor: 'shared-iterations', vus: 3, iterations: ${String(ITERATIONS)} },
  },
}
export default function () {
  if (__ITER === 0) {
    for (const code of ['200', '503']) requests.add(0, of(code))
    sleep(4)
  }
  requests.add(4, of('200'))
  requests.add(1, of('503'))
  sleep(0.1)
}
export function teardown() {
  sleep(3)
}
`

describe.skipIf(program === undefined)('a real k6', () => {
  let server: TestServer
  let directory: string
  let key: string

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenantry-k6-'))
    writeFileSync(join(directory, 'script.js'), SCRIPT)
    server = await startServer()
    await server.createTenant(tenantConfig('acme'))
    await server.createTenant(tenantConfig('bolt'))
    key = await server.createKey('collector')
    const rows = [{ metric: 'k6_http_requests_total', shape: 'counter', signal: 'requests' }]
    const put = await server.api('/api/v1/mapping', { method: 'PUT', body: { rows } })
    if (put.status !== 200) throw new Error(`mapping not set: ${JSON.stringify(put.body)}`)
  }, 120_000)

  afterAll(async () => {
    await server.stop()
    server.remove()
    rmSync(directory, { recursive: true, force: true })
  })

  const load = async (output: string, env: Record<string, string>): Promise<string> => {
    const script = join(directory, 'script.js')
    const options = ['--no-usage-report', '--quiet', '--address', '127.0.0.1:0', '--out', output]
    const environment = { ...process.env, ...env, HOME: directory }
    const { stderr } = await run(program ?? '', ['run', ...options, script], { env: environment })
    return stderr
  }

  const counted = (tenant: string, statusClass: string, requests: number) =>
    eventually(
      `${String(requests)} requests of ${tenant} are counted`,
      async () =>
        sampleValue(await server.text('/metrics/tenants'), 'tenantry_tenant_requests_total', {
          tenant,
          status_class: statusClass,
        }),
      (value) => value === requests,
    )

  it('is read back exactly by remote write', async () => {
    const errors = await load('experimental-prometheus-rw', {
      TENANT: 'acme',
      K6_PROMETHEUS_RW_SERVER_URL: `${server.url}/api/v1/write`,
      K6_PROMETHEUS_RW_HTTP_HEADERS: `Authorization:Bearer ${key}`,
      K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
    })
    expect(errors).not.toMatch(/level=(?:error|warning)/)
    await counted('acme', '2xx', 4 * ITERATIONS)
    await counted('acme', '5xx', ITERATIONS)
  }, 120_000)

  it('is read back exactly by OpenTelemetry, under what Prometheus would call it', async () => {
    const errors = await load('experimental-opentelemetry', {
      TENANT: 'bolt',
      K6_OTEL_EXPORTER_TYPE: 'http',
      K6_OTEL_HTTP_EXPORTER_ENDPOINT: new URL(server.url).host,
      K6_OTEL_HTTP_EXPORTER_INSECURE: 'true',
      K6_OTEL_HEADERS: `authorization=Bearer ${key}`,
      K6_OTEL_EXPORT_INTERVAL: '1s',
      K6_OTEL_FLUSH_INTERVAL: '500ms',
    })
    expect(errors).not.toMatch(/level=(?:error|warning)/)
    await counted('bolt', '2xx', 4 * ITERATIONS)
    await counted('bolt', '5xx', ITERATIONS)
  }, 120_000)

  it('had nothing refused', async () => {
    const page = await server.text('/metrics')
    expect(page).not.toMatch(/^tenantry_ingest_refused_total\{/m)
  })
})

describe.skipIf(program === undefined)('a load test that is told to a Tenantry', () => {
  let server: TestServer
  let directory: string
  let platform: Server
  let served = 0

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenantry-loadtest-told-'))
    server = await startServer()
    await server.createTenant(tenantConfig('acme'))
    await server.createTenant(tenantConfig('bolt'))
    platform = createServer((request, response) => {
      served += 1
      request.resume()
      response.writeHead(served % 10 === 0 ? 500 : 200).end('{}')
    })
    await new Promise<void>((done) => platform.listen(0, '127.0.0.1', done))
  }, 120_000)

  afterAll(async () => {
    platform.closeAllConnections()
    await new Promise((done) => platform.close(done))
    await server.stop()
    server.remove()
    rmSync(directory, { recursive: true, force: true })
  })

  it('is kept as a record, and its requests count for who has no other source', async () => {
    const keyFile = join(directory, 'key')
    writeFileSync(keyFile, `${await server.createKey('collector')}\n`)
    // Bolt's own application reports meanwhile: what k6 sees of it counts no second time.
    const reporting = reportOwn(server, await server.createKey('collector', 'bolt'))
    const port = String((platform.address() as AddressInfo).port)
    const script = join(import.meta.dirname, '../../loadtests/run.ts')
    const what = [script, 'throughput', '--base-url', `http://127.0.0.1:${port}`, '--json']
    const load = ['--tenants', 'acme,bolt', '--rate', '20', '--duration', '5', '--warm-up', '4']
    const told = ['--tenantry', server.url, '--key-file', keyFile, '--out', directory]
    const { stdout } = await run(process.execPath, [...what, ...load, ...told]).catch(
      (error: unknown) => error as { stdout: string },
    )
    await reporting.stop()
    const result = JSON.parse(stdout) as Recorded
    expect(result.missed.some((each) => each.startsWith('http_req_failed{tenant:acme'))).toBe(true)

    interface Shown {
      readonly record: Recorded
      readonly verdict: string
      readonly measured: readonly {
        readonly tenantId: string
        readonly measured: {
          readonly requests: number
          readonly errorRatio: number
          readonly worstP99Seconds: number | null
          readonly sources: readonly string[]
          readonly slos: readonly { readonly sloId: string; readonly bad: number; total: number }[]
        }
      }[]
    }
    const found = result.tenants.find(({ tenant }) => tenant === 'acme')!
    const { body } = await eventually(
      'what k6 sent is counted',
      () => server.api<Shown>(`/api/v1/load-tests/${result.runId}`),
      ({ body: shown }) => (shown.measured[0]?.measured.requests ?? 0) >= found.requests,
    )
    expect(body.record).toEqual(result)
    expect(body.verdict).toBe('missed')
    const [acme, bolt] = body.measured.map(({ measured }) => measured)
    expect(acme?.sources).toEqual(['k6'])
    expect(acme?.errorRatio).toBeGreaterThan(0.05)
    expect(acme?.worstP99Seconds).toBeGreaterThan(0)
    expect(bolt?.sources).toEqual(['prometheus'])
    expect(bolt?.requests).toBe(reporting.counted())

    const listed = await server.api<{ items: { runId: string }[] }>(
      '/api/v1/load-tests?tenantId=acme',
    )
    expect(listed.body.items.map(({ runId }) => runId)).toEqual([result.runId])
    const again = await server.api('/api/v1/load-tests', { method: 'POST', body: result })
    expect(again.status).toBe(200)
  }, 240_000)
})

/** An application that counts seven requests a second by a Prometheus client library. */
function reportOwn(server: TestServer, key: string) {
  const startTimeUnixNano = `${Date.now()}000000`
  let counted = 0
  const send = async (): Promise<void> => {
    counted += 7
    const point = { startTimeUnixNano, timeUnixNano: `${Date.now()}000000`, asInt: String(counted) }
    const attributes = [{ key: 'code', value: { stringValue: '200' } }]
    const sum = {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ ...point, attributes }],
    }
    const metrics = [{ name: 'http_requests_total', sum }]
    const body = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }
    const { status } = await server.api('/v1/metrics', { method: 'POST', body, key })
    if (status !== 200) throw new Error(`the application's metrics: ${String(status)}`)
  }
  let sending: Promise<unknown> = send()
  const timer = setInterval(() => {
    sending = sending.then(send)
  }, 1_000)
  return {
    counted: () => counted,
    stop: async () => {
      clearInterval(timer)
      await sending
    },
  }
}

describe.skipIf(program === undefined)('the load tests', () => {
  let directory: string
  let platform: Server
  let baseUrl: string

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenantry-loadtest-'))
    platform = createServer((request, response) => {
      request.resume()
      const isFailing = request.headers['x-tenant-id'] === 'failing'
      response.writeHead(isFailing ? 500 : 200).end('{}')
    })
    await new Promise<void>((done) => platform.listen(0, '127.0.0.1', done))
    baseUrl = `http://127.0.0.1:${String((platform.address() as AddressInfo).port)}`
  })

  afterAll(async () => {
    platform.closeAllConnections()
    await new Promise((done) => platform.close(done))
    rmSync(directory, { recursive: true, force: true })
  })

  const loadTest = async (
    test: string,
    more: readonly string[],
  ): Promise<{ code: number; stdout: string }> => {
    const script = join(import.meta.dirname, '../../loadtests/run.ts')
    const rate = ['--rate', '20', '--duration', '3', '--warm-up', '1']
    const args = [script, test, '--base-url', baseUrl, ...rate, '--out', directory, ...more]
    try {
      const { stdout } = await run(process.execPath, args)
      return { code: 0, stdout }
    } catch (error) {
      const { code, stdout } = error as { code: number; stdout: string }
      return { code, stdout }
    }
  }

  it('find that tenants get what they were promised, and keep what they found', async () => {
    const tenants = ['--tenants', 'acme,bolt:starter']
    const { code, stdout } = await loadTest('throughput', [...tenants, '--json'])
    const result = JSON.parse(stdout) as Recorded
    expect(result.missed).toEqual([])
    expect(code).toBe(0)
    expect(result.tenants.map(({ tenant }) => tenant)).toEqual(['acme', 'bolt'])
    for (const { requests, failedRatio } of result.tenants) {
      expect(requests).toBeGreaterThanOrEqual(59)
      expect(failedRatio).toBe(0)
    }
    const kept = readdirSync(directory).filter((name) => name.includes('throughput-steady'))
    expect(kept.map((name) => name.slice(-5)).toSorted()).toEqual(['.html', '.json'])
    const page = kept.find((name) => name.endsWith('.html'))!
    expect(readFileSync(join(directory, page), 'utf8')).toContain('Promises kept')
  })

  it('find who does not, and say so by their exit code', async () => {
    const { code, stdout } = await loadTest('throughput', ['--tenants', 'acme,failing'])
    expect(code).toBe(1)
    expect(stdout).toContain('not kept: failing: fewer than 0.1 % of requests fail')
    expect(stdout).not.toContain('acme: fewer')
  })

  it('refuse what they do not know', async () => {
    expect((await loadTest('endurance', [])).code).toBe(2)
    expect((await loadTest('throughput', ['--speed', '3'])).code).toBe(2)
    expect((await loadTest('throughput', ['--shape', 'flat'])).code).toBe(3)
  })
})
