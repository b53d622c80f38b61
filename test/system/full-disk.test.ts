/**
 * The disk of the data directory fills up for real (a small file system in memory, which takes root): writes are answered 503 with
 * Retry-After, nothing acknowledged is lost, checkpoints that do not fit come again, and all goes on when there is room.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  eventually,
  OPERATOR_KEY,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const MIB = 1_048_576
/** Read and passed over: it only makes a request, and so its log record, large. */
const DESCRIPTION = 'x'.repeat(256 * 1_024)
const ENV = { TENANTRY_CHECKPOINT_SECONDS: '1', TENANTRY_LOG_SYNC: 'always' }

const isRoot = process.getuid?.() === 0

describe.skipIf(!isRoot)('a disk that fills up', () => {
  let mount: string
  let server: TestServer
  let acknowledged = 0
  let sequence = 0

  beforeAll(() => {
    mount = mkdtempSync(join(tmpdir(), 'tenantry-full-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', mount])
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(8 * MIB))
  })
  afterAll(async () => {
    await server.stop('SIGKILL')
    execFileSync('umount', [mount])
    rmSync(mount, { recursive: true, force: true })
  })

  const start = () => startServer({ dataDirectory: join(mount, 'data'), env: ENV })

  /** A delta of one request. The same sequence is the same interval. */
  const send = async (): Promise<Response> => {
    const nowMs = Date.now() - 3_600_000 + sequence
    const response = await fetch(`${server.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_KEY}` },
      body: JSON.stringify(request(nowMs)),
    })
    await response.text()
    return response
  }
  const served = async (): Promise<number> => {
    const page = await server.text('/metrics/tenants')
    const labels = { tenant: 'acme', status_class: '2xx' }
    return sampleValue(page, 'tenantry_tenant_requests_total', labels) ?? 0
  }
  const own = async (name: string): Promise<number> =>
    sampleValue(await server.text('/metrics'), name, {}) ?? 0

  it('answers 503 with Retry-After, keeps what it acknowledged, and goes on when there is room', async () => {
    server = await start()
    await server.createTenant(tenantConfig('acme'))
    let refused: Response | undefined
    while (refused === undefined && sequence < 200) {
      const response = await send()
      if (response.status === 200) {
        acknowledged += 1
        sequence += 1
      } else refused = response
    }
    expect(refused?.status).toBe(503)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(acknowledged).toBeGreaterThan(10)
    await eventually('the counts are read', served, (count) => count === acknowledged)
    expect((await server.api('/healthz')).status).toBe(200)

    rmSync(join(mount, 'ballast'))
    for (let more = 0; more < 4; more += 1) {
      expect((await send()).status).toBe(200)
      acknowledged += 1
      sequence += 1
    }
    const lag = (): Promise<number> => own('tenantry_checkpoint_lag_bytes')
    await eventually('a checkpoint is written again', lag, (bytes) => bytes === 0)
    expect(await own('tenantry_log_failures_total')).toBeGreaterThan(0)
    await server.stop('SIGKILL')
    server = await start()
    await eventually('the counts came back', served, (count) => count === acknowledged)
  })

  it('makes room by itself where its own log is what fills the disk', async () => {
    let refusals = 0
    const retry = async (): Promise<boolean> => {
      const { status } = await send()
      if (status === 503) refusals += 1
      return status === 200
    }
    // Three times what the disk holds
    for (const until = sequence + 280; sequence < until; sequence += 1) {
      await eventually('a write is taken again', retry, (isTaken) => isTaken, 30_000)
      acknowledged += 1
    }
    expect(await own('tenantry_checkpoint_failures_total')).toBe(0)
    expect(refusals).toBeGreaterThan(0)
    await eventually('the counts are read', served, (count) => count === acknowledged)
    await server.stop('SIGKILL')
    server = await start()
    await eventually('the counts came back', served, (count) => count === acknowledged)
  }, 120_000)
})

function request(nowMs: number): unknown {
  const value = (text: string): unknown => ({ stringValue: text })
  const resource = {
    attributes: [
      { key: 'tenant.id', value: value('acme') },
      { key: 'service.name', value: value('full-disk') },
      { key: 'service.instance.id', value: value(String(nowMs)) },
    ],
  }
  const point = {
    attributes: [{ key: 'http.response.status_code', value: { intValue: '200' } }],
    startTimeUnixNano: `${String(nowMs - 1)}000000`,
    timeUnixNano: `${String(nowMs)}000000`,
    count: '1',
    sum: 0.05,
    bucketCounts: ['1', '0'],
    explicitBounds: [0.2],
  }
  const metric = {
    name: 'http.server.request.duration',
    unit: 's',
    description: DESCRIPTION,
    histogram: { aggregationTemporality: 1, dataPoints: [point] },
  }
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] }
}
