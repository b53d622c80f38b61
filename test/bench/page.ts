/**
 * How long a page takes: from the sample that completes a fast-burn condition to the alert that it raises, at default settings. Tenants send
 * every five seconds, each at a phase of its own; at an instant of its own each begins to fail. Counted from two instants: when that sample
 * was offered, and when the pair's windows had settled with it: both end on tens of seconds (`EDGE_STEPS`), so that is when the first later
 * sample past the end of its ten seconds was offered, or `settleSeconds` after that end.
 *
 * The peer is a real Prometheus that gets the same requests and evaluates a Sloth-shaped pair of windows every five seconds. It has neither
 * edges nor settling: what comes in parts may page falsely, and is judged at once.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delay, startServer, tenantConfig } from '../system/harness/server.ts'
import { startPrometheus, type TestPrometheus } from '../system/harness/prometheus.ts'
import {
  compressSnappy,
  encodeLabels,
  WriteRequestBuilder,
} from '../../src/machinery/wire/write-request.ts'
import { findTool } from '../tools/find-tool.ts'
import { progress, report } from './figure.ts'

const TENANTS = 200
const EVERY_MS = 5_000
const WARM_MS = 45_000
const SPREAD_MS = 90_000
const AFTER_MS = 90_000
/** On which the long window of a fast pair ends. */
const EDGE_MS = 10_000
const SETTLE_MS = 15_000
const REQUESTS_EACH = 50

interface Flow {
  readonly tenantId: string
  readonly phaseMs: number
  readonly failsFromMs: number
  ok: number
  failed: number
  /** When the first failing sample was offered, and its time. */
  offeredMs: number | null
  /** When the windows that hold it had settled. */
  settledMs: number | null
}

const builder = new WriteRequestBuilder()
const program = findTool('prometheus')
const server = await startServer({ env: { TENANTRY_LOG_LEVEL: 'warn' } })
const peer = program === undefined ? undefined : await startPeer(program)
try {
  const key = await server.createKey('collector')
  const startMs = Date.now() + 2_000
  const flows = Array.from({ length: TENANTS }, (_, i): Flow => {
    return {
      tenantId: `tenant-${String(i)}`,
      phaseMs: (i * EVERY_MS) / TENANTS,
      failsFromMs: startMs + WARM_MS + ((i * 7_919) % TENANTS) * (SPREAD_MS / TENANTS),
      ok: 0,
      failed: 0,
      offeredMs: null,
      settledMs: null,
    }
  })
  for (const { tenantId } of flows) await server.createTenant(tenantConfig(tenantId))
  progress(`${TENANTS} tenants for ${(WARM_MS + SPREAD_MS + AFTER_MS) / 1_000} s`)
  await send(flows, key, startMs)
  await tell(flows)
} finally {
  await server.stop()
  server.remove()
  await peer?.stop()
}

async function send(flows: readonly Flow[], key: string, startMs: number): Promise<void> {
  const endMs = startMs + WARM_MS + SPREAD_MS + AFTER_MS
  for (let turn = 0; ; turn += 1) {
    for (const flow of flows) {
      const dueMs = startMs + turn * EVERY_MS + flow.phaseMs
      if (dueMs > endMs) return
      await delay(Math.max(0, dueMs - Date.now()))
      await offer(flow, key)
    }
  }
}

async function offer(flow: Flow, key: string): Promise<void> {
  const nowMs = Date.now()
  if (nowMs >= flow.failsFromMs) flow.failed += REQUESTS_EACH
  else flow.ok += REQUESTS_EACH
  if (flow.failed > 0 && flow.offeredMs === null) flow.offeredMs = nowMs
  if (flow.offeredMs !== null && flow.settledMs === null) {
    const edgeMs = Math.ceil(flow.offeredMs / EDGE_MS) * EDGE_MS
    if (nowMs > edgeMs) flow.settledMs = Math.min(nowMs, edgeMs + SETTLE_MS)
  }
  for (const [code, count] of [
    ['200', flow.ok],
    ['500', flow.failed],
  ] as const) {
    builder.sample(labelsOf(flow.tenantId, code), count, nowMs, 0)
  }
  const body = compressSnappy(builder.take())
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  }
  const ours = await fetch(`${server.url}/api/v1/write`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${key}` },
    body,
  })
  if (ours.status !== 204) throw new Error(`the write was answered ${ours.status}`)
  if (peer === undefined) return
  const theirs = await fetch(`${peer.url}/api/v1/write`, { method: 'POST', headers, body })
  if (!theirs.ok) throw new Error(`Prometheus answered ${theirs.status}: ${await theirs.text()}`)
}

function labelsOf(tenantId: string, code: string): Uint8Array {
  return encodeLabels([
    { name: '__name__', value: 'http_requests_total' },
    { name: 'code', value: code },
    { name: 'instance', value: '10.0.0.1:9090' },
    { name: 'job', value: 'shop' },
    { name: 'tenant_id', value: tenantId },
  ])
}

async function tell(flows: readonly Flow[]): Promise<void> {
  const { body } = await server.api<{
    items: { tenantId: string; key: string; openedAtMs: number }[]
  }>('/api/v1/alerts?limit=500')
  const opened = new Map<string, number>()
  for (const { tenantId, key, openedAtMs } of body.items) {
    if (!key.endsWith('/page')) continue
    opened.set(tenantId, Math.min(openedAtMs, opened.get(tenantId) ?? Infinity))
  }
  const early = flows.filter(({ tenantId, offeredMs }) => {
    return (opened.get(tenantId) ?? Infinity) < (offeredMs ?? Infinity)
  })
  if (opened.size !== TENANTS)
    throw new Error(`${opened.size} of ${TENANTS} tenants were paged for`)
  if (early.length > 0) throw new Error(`${early.length} pages came before anything had failed`)
  const after = flows.map(({ tenantId, settledMs }) => opened.get(tenantId)! - settledMs!)
  const whole = flows.map(({ tenantId, offeredMs }) => opened.get(tenantId)! - offeredMs!)
  const theirs = peer === undefined ? [] : await peerLatencies(peer, flows)
  for (const share of [0.5, 0.99]) {
    const name = share === 0.5 ? 'p50' : 'p99'
    report({
      name: `settled to condition, ${name}`,
      value: quantile(after, share) / 1_000,
      unit: 's',
      ...(share === 0.99 ? { must: '<= 6' } : {}),
    })
    const value = quantile(whole, share) / 1_000
    const peerValue = theirs.length === 0 ? undefined : quantile(theirs, share) / 1_000
    report({
      name: `offered to condition, ${name}`,
      value,
      unit: 's',
      ...(peerValue === undefined
        ? {}
        : { peer: 'Prometheus, 5 s rules, no settling', peerValue, ratio: value / peerValue }),
    })
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!
}

async function startPeer(path: string): Promise<TestPrometheus> {
  const ratio = (window: string): string =>
    `sum by (tenant_id) (increase(http_requests_total{code="500"}[${window}])) / sum by (tenant_id) (increase(http_requests_total[${window}]))`
  const rules = {
    groups: [
      {
        name: 'burn',
        interval: '5s',
        rules: [
          { record: 'slo:ratio5m', expr: ratio('5m') },
          { record: 'slo:ratio1h', expr: ratio('1h') },
          { alert: 'Fast', expr: 'slo:ratio5m > 14.4 * 0.001 and slo:ratio1h > 14.4 * 0.001' },
        ],
      },
    ],
  }
  const file = join(mkdtempSync(join(tmpdir(), 'tenantry-page-')), 'rules.yml')
  writeFileSync(file, JSON.stringify(rules))
  return startPrometheus(path, {
    config: () => JSON.stringify({ global: { evaluation_interval: '5s' }, rule_files: [file] }),
    arguments: ['--web.enable-remote-write-receiver'],
  })
}

async function peerLatencies({ url }: TestPrometheus, flows: readonly Flow[]): Promise<number[]> {
  const answer = (await (await fetch(`${url}/api/v1/alerts`)).json()) as {
    data: { alerts: { labels: { tenant_id: string }; activeAt: string }[] }
  }
  const active = new Map(
    answer.data.alerts.map(({ labels, activeAt }) => [labels.tenant_id, Date.parse(activeAt)]),
  )
  return flows.flatMap(({ tenantId, offeredMs }) => {
    const atMs = active.get(tenantId)
    return atMs === undefined ? [] : [atMs - offeredMs!]
  })
}
