/**
 * `/metrics/tenants` with 400,000 series: time from request to last byte, and how long the event loop is held on the way, against prom-client
 * rendering as many series. The reader is another thread, so that only the writing is measured.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { Gauge, Registry } from 'prom-client'
import { tenantId, type TenantId } from '../../src/core/ids.ts'
import { SYSTEM } from '../../src/domain/access/access.ts'
import { openMetrics } from '../../src/domain/metrics/metrics.ts'
import { openSlo } from '../../src/domain/slo/slo.ts'
import { expositionRoutes } from '../../src/edges/http/exposition.ts'
import { systemClock } from '../../src/machinery/runtime/clock.ts'
import { memoryCounters } from '../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../src/machinery/storage/bulk-writer.ts'
import { openProtoWriter } from '../../src/machinery/wire/encode.ts'
import { readWriteRequest } from '../../src/machinery/wire/remote-write.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { report } from './figure.ts'

const TENANTS = 8_000
const SERIES = 400_000
const BOUNDS = ['0.05', '0.1', '0.2', '0.5', '1', '+Inf']

const { server, url } = await openExposition()
await read(url)
const ours = await measured(() => read(url))
server.close()
const theirs = await measured(renderByPromClient())

report({
  name: 'exposition, series',
  value: ours.lines,
  unit: 'series',
  must: `>= ${String(SERIES)}`,
})
report({
  name: 'exposition',
  value: ours.seconds,
  unit: 's',
  must: '<= 2',
  peer: 'prom-client',
  peerValue: theirs.seconds,
  ratio: theirs.seconds / ours.seconds,
})
report({
  name: 'exposition, longest hold',
  value: ours.longestHoldMs,
  unit: 'ms',
  must: '<= 10',
  peer: 'prom-client',
  peerValue: theirs.longestHoldMs,
  ratio: theirs.longestHoldMs / ours.longestHoldMs,
})

interface Measured {
  readonly seconds: number
  readonly longestHoldMs: number
  readonly lines: number
}

async function measured(work: () => Promise<number>): Promise<Measured> {
  let longestHoldMs = 0
  let lastMs = performance.now()
  const heart = setInterval(() => {
    const nowMs = performance.now()
    longestHoldMs = Math.max(longestHoldMs, nowMs - lastMs - 1)
    lastMs = nowMs
  }, 1)
  const startMs = performance.now()
  const lines = await work()
  const seconds = (performance.now() - startMs) / 1_000
  await new Promise((done) => setTimeout(done, 20))
  clearInterval(heart)
  return { seconds, lines, longestHoldMs }
}

/** Counts the sample lines of a page, in a thread of its own. */
function read(address: string): Promise<number> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    fetch(workerData).then((response) => response.text()).then((text) => {
      let lines = 0
      for (const line of text.split('\\n')) if (line !== '' && line[0] !== '#') lines += 1
      parentPort.postMessage(lines)
    })`
  return new Promise((done, fail) => {
    const worker = new Worker(code, { eval: true, workerData: address })
    worker.once('message', (lines: number) => done(lines))
    worker.once('error', fail)
  })
}

async function openExposition(): Promise<{ server: Server; url: string }> {
  const tenants = Array.from({ length: TENANTS }, (_, index) => ({
    tenantId: tenantId(`tenant-${String(index)}`),
    name: `Tenant ${String(index)}`,
    tier: 'professional' as const,
    region: 'eu-central-1',
  }))
  const ids = new Map(tenants.map((tenant) => [tenant.tenantId as string, tenant.tenantId]))
  const bulk = openBulkInline({ directory: ':memory:' })
  const counters = memoryCounters()
  const log = silentLog()
  const resolver = {
    resolve: (observed: string): TenantId | undefined => ids.get(observed),
    generation: () => 1,
  }
  const metrics = openMetrics({ resolver, bulk, counters, log })
  const active = { active: () => tenants, generation: () => 1 }
  const slo = openSlo({ bulk, tenants: active, counters, log })
  const nowMs = Date.now()
  for (const [round, atMs] of [nowMs - 120_000, nowMs - 90_000].entries()) {
    for (const tenant of tenants) write(metrics, tenant.tenantId, atMs, round)
  }
  slo.learn(metrics.cells())
  slo.book(metrics.drain(nowMs))
  slo.beginEvaluation(
    nowMs,
    (id) => metrics.settledToMs(id, nowMs),
    (id) => metrics.lastSampleAtMs(id),
  )
  slo.evaluateSlice(() => false)
  const routes = expositionRoutes({
    telemetry: { exposition: () => Promise.resolve('') },
    tenants: { active, deploys: { list: () => ({ items: [], nextCursor: null }) } } as never,
    metrics,
    slo,
    users: metrics.activeUsers,
    clock: systemClock(),
  })
  const page = routes.find((route) => route.paths.includes('/metrics/tenants'))!
  const server = createServer((request, response) => void page.handle(request, response, SYSTEM))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${String(port)}/metrics/tenants` }
}

function write(
  metrics: ReturnType<typeof openMetrics>,
  id: string,
  atMs: number,
  round: number,
): void {
  const writer = openProtoWriter()
  const series = (labels: Readonly<Record<string, string>>, value: number): void =>
    writer.message(1, () => {
      for (const [name, text] of Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        writer.message(1, () => {
          writer.text(1, name)
          writer.text(2, text)
        })
      }
      writer.message(2, () => {
        writer.double(1, value)
        writer.varint(2, atMs)
      })
    })
  const common = { instance: 'a', job: 'app', tenant_id: id }
  for (const code of ['200', '404', '500']) {
    series({ ...common, __name__: 'http_requests_total', code }, 1_000 * (round + 1))
  }
  for (const [index, le] of BOUNDS.entries()) {
    series(
      { ...common, __name__: 'http_request_duration_seconds_bucket', le },
      100 * (index + 1) * (round + 1),
    )
  }
  series({ ...common, __name__: 'http_request_duration_seconds_sum' }, 70 * (round + 1))
  series({ ...common, __name__: 'process_cpu_seconds_total' }, 3 * (round + 1))
  series({ ...common, __name__: 'process_resident_memory_bytes' }, 1e8)
  const staged = metrics.stage({ boundTenant: null, namedTenant: null })
  readWriteRequest(writer.take(), staged)
  staged.apply(atMs + 1_000)
}

function renderByPromClient(): () => Promise<number> {
  const registry = new Registry()
  const gauge = new Gauge({
    name: 'tenantry_slo_burn_rate',
    help: 'Burn.',
    labelNames: ['tenant', 'slo', 'window'],
    registers: [registry],
  })
  const windows = Math.ceil(SERIES / TENANTS)
  for (let tenant = 0; tenant < TENANTS; tenant += 1) {
    for (let window = 0; window < windows; window += 1) {
      gauge.set(
        { tenant: `tenant-${String(tenant)}`, slo: 'availability', window: String(window) },
        tenant * window,
      )
    }
  }
  return async () => {
    const text = await registry.metrics()
    return text.split('\n').length - 3
  }
}
