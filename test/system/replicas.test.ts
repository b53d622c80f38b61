/**
 * Two real Prometheus servers scrape one exporter and send what they see, one by remote write 1.0 and one by 2.0. The elected one is
 * killed, the other takes over, the killed one comes back: what Tenantry counted is at any time what the exporter counted once.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CollectorBody } from '../../src/edges/http/api/collector.schema.ts'
import type { HaBody } from '../../src/edges/http/api/ha.schema.ts'
import { requireTool } from '../tools/find-tool.ts'
import { exposition, startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import {
  delay,
  eventually,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const program = requireTool('prometheus')
const FAILOVER_SECONDS = 3
const MESSAGES = {
  a: 'prometheus.WriteRequest',
  b: 'io.prometheus.write.v2.Request',
} as const
type Replica = keyof typeof MESSAGES

describe.skipIf(program === undefined)('two real Prometheus replicas of one source', () => {
  let server: TestServer
  let exporter: Server
  let writeKey: string
  const replicas = {} as Record<Replica, TestPrometheus>
  const served = { ok: 0, failed: 0 }

  const config = (replica: Replica): string =>
    prometheusConfig(server.url, writeKey, exporter, replica)

  const cluster = async () => {
    const { body } = await server.api<HaBody>('/api/v1/collector/ha')
    return body.items[0]
  }

  const counted = async (statusClass: string): Promise<number | undefined> => {
    const labels = { tenant: 'acme', status_class: statusClass }
    const page = await server.text('/metrics/tenants')
    return sampleValue(page, 'tenantry_tenant_requests_total', labels)
  }

  /** Serves for some seconds, then waits until all of it is counted, and again that it stays so. */
  const serve = async (steps: number): Promise<void> => {
    for (let step = 0; step < steps; step += 1) {
      served.ok += 40
      served.failed += 1
      await delay(200)
    }
    await eventually('all that was served is counted', counted2xx, (value) => value === served.ok)
    await twoMoreScrapes()
    expect([await counted('2xx'), await counted('5xx')]).toEqual([served.ok, served.failed])
  }
  const counted2xx = () => counted('2xx')

  /** Until every replica that is up has written twice more. */
  const twoMoreScrapes = async (): Promise<void> => {
    const before = new Map((await cluster())?.replicas.map((r) => [r.replica, r.heardAtMs]))
    const since = Date.now()
    await eventually('those that are up wrote again', cluster, (now) =>
      (now?.replicas ?? []).every(
        ({ replica, heardAtMs }) =>
          heardAtMs >= before.get(replica)! + 2_000 || heardAtMs < since - 3_000,
      ),
    )
  }

  beforeAll(async () => {
    server = await startServer({
      env: { TENANTRY_HA_FAILOVER_SECONDS: String(FAILOVER_SECONDS) },
    })
    await server.createTenant(tenantConfig('acme'))
    writeKey = await server.createKey('collector')
    exporter = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(exposition(served))
    })
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    for (const replica of ['a', 'b'] as const) {
      replicas[replica] = await startPrometheus(program ?? '', { config: () => config(replica) })
    }
  }, 120_000)

  afterAll(async () => {
    for (const prometheus of Object.values(replicas)) await prometheus.stop()
    exporter.close()
    await server.stop()
    server.remove()
  })

  let dead: Replica
  let alive: Replica

  it('count once while both are up, and the standby is answered well', async () => {
    await eventually('both write', cluster, (now) => now?.replicas.length === 2)
    await serve(10)
    const now = await cluster()
    expect(now).toMatchObject({ tenantId: null, cluster: 'eu-1', failovers: 0 })
    dead = now?.elected as Replica
    alive = dead === 'a' ? 'b' : 'a'
    const standby = now?.replicas.find(({ replica }) => replica === alive)
    expect(standby).toMatchObject({ isElected: false })
    expect(standby?.notElectedSamples).toBe(standby?.receivedSamples)
    expect(standby?.receivedSamples).toBeGreaterThan(0)
    const told = await (await fetch(`${replicas[alive].url}/metrics`)).text()
    expect(sampleValue(told, 'prometheus_remote_storage_samples_total', {})).toBeGreaterThan(0)
    for (const lost of ['failed', 'retried']) {
      const name = `prometheus_remote_storage_samples_${lost}_total`
      expect([lost, sampleValue(told, name, {})]).toEqual([lost, 0])
    }
  }, 120_000)

  it('go on counting once after the elected one was killed', async () => {
    await replicas[dead].kill()
    await serve(10)
    expect(await cluster()).toMatchObject({ elected: alive, failovers: 1 })
    expect(await server.text('/metrics')).toContain('tenantry_ha_failovers_total 1')
  }, 120_000)

  it('and after it came back, as the standby', async () => {
    await replicas[dead].restart(config(dead), () => undefined)
    const diedAtMs = (await cluster())?.replicas.find(({ replica }) => replica === dead)?.heardAtMs
    await eventually('it writes again', cluster, (now) =>
      Boolean(
        now?.replicas.some(
          ({ replica, heardAtMs }) => replica === dead && heardAtMs > (diedAtMs ?? Infinity),
        ),
      ),
    )
    await serve(10)
    expect(await cluster()).toMatchObject({ elected: alive, failovers: 1 })
    const { accounts } = (await server.api<CollectorBody>('/api/v1/collector')).body
    const samplesOf = Object.fromEntries(
      accounts.outcomes.map(({ outcome, samples }) => [outcome, samples]),
    )
    expect(accounts.missing).toBe(0)
    expect(samplesOf['not-elected']).toBeGreaterThan(0)
    expect(samplesOf['discarded']).toBe(0)
  }, 120_000)
})

describe('a server that is not told otherwise', () => {
  it('waits 30 seconds and knows the usual labels', async () => {
    const server = await startServer()
    const { body } = await server.api<HaBody>('/api/v1/collector/ha')
    expect(body).toEqual({
      clusterLabel: 'cluster',
      replicaLabel: '__replica__',
      failoverSeconds: 30,
      items: [],
    })
    await server.stop()
    server.remove()
  }, 60_000)
})

function prometheusConfig(
  url: string,
  writeKey: string,
  exporter: Server,
  replica: Replica,
): string {
  const port = String((exporter.address() as AddressInfo).port)
  return `
global:
  scrape_interval: 1s
  external_labels: { cluster: eu-1, __replica__: ${replica} }
remote_write:
  - url: ${url}/api/v1/write
    protobuf_message: ${MESSAGES[replica]}
    authorization:
      credentials: ${writeKey}
    queue_config:
      batch_send_deadline: 500ms
scrape_configs:
  - job_name: app
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`
}
