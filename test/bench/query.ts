/**
 * `npm run bench -- query`: the charts of one tenant over 30 days, asked over HTTP, with 10,000 tenants stored, against VictoriaMetrics.
 *
 * The tenant that is asked about has 12 series by the minute for 30 days, the same samples on both sides. The other 9,999 are there to be
 * passed over: here with all of their hours and days, copied; in VictoriaMetrics with the same series and one sample a day, which is less to
 * pass over. The counts read back must be what was written, on both sides.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tenantId } from '../../src/core/ids.ts'
import { DAY_MS, MINUTE_MS } from '../../src/core/time.ts'
import { openMetrics, type QuerySignal } from '../../src/domain/metrics/metrics.ts'
import { memoryCounters } from '../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../src/machinery/storage/bulk-writer.ts'
import { readWriteRequest } from '../../src/machinery/wire/remote-write.ts'
import { fakeResolver, remoteWrite, silentLog, type Labels } from '../domain/metrics/writing.ts'
import { freePort } from '../system/harness/ports.ts'
import { delay, endProcess } from '../system/harness/server.ts'
import { requireTool } from '../tools/find-tool.ts'
import { report } from './figure.ts'
import { cpuSecondsOf } from './ingest-drive.ts'

const TENANTS = 10_000
const DAYS = 30
const TO_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS
const FROM_MS = TO_MS - DAYS * DAY_MS
const STEP_SECONDS = 10_800
const ASKED = 'tenant-0'
const ROUNDS = 30
/** Requests a minute by status code, and CPU seconds a minute. */
const REQUESTS = { 200: 600, 404: 12, 500: 3 } as const
const BOUNDS = [0.05, 0.1, 0.2, 0.5, 1, Infinity]
const CPU_SECONDS = 21

const CHARTS: readonly QuerySignal[] = [
  'requests_per_second',
  'error_ratio',
  'duration_p50_seconds',
  'duration_p90_seconds',
  'duration_p99_seconds',
  'cpu_cores',
]
const WINDOW = `[${String(STEP_SECONDS)}s]`
const of = (name: string, more = '') => `increase(${name}{tenant_id="${ASKED}"${more}}${WINDOW})`
const quantile = (q: number) =>
  `histogram_quantile(${String(q)}, sum by (le) (${of('http_request_duration_seconds_bucket')}))`
const PEER_CHARTS = [
  `sum(${of('http_requests_total')}) / ${String(STEP_SECONDS)}`,
  `sum(${of('http_requests_total', ', code="500"')}) / sum(${of('http_requests_total')})`,
  quantile(0.5),
  quantile(0.9),
  quantile(0.99),
  `sum(${of('process_cpu_seconds_total')}) / ${String(STEP_SECONDS)}`,
]

interface Line {
  readonly labels: Labels
  /** What the series gains a minute. */
  readonly perMinute: number
}

function linesOf(tenant: string): Line[] {
  const common = { tenant_id: tenant, instance: 'a', job: 'app' }
  const requests = Object.values(REQUESTS).reduce((sum, count) => sum + count, 0)
  return [
    ...Object.entries(REQUESTS).map(([code, perMinute]) => ({
      labels: { ...common, __name__: 'http_requests_total', code },
      perMinute,
    })),
    ...BOUNDS.map((bound, index) => ({
      labels: {
        ...common,
        __name__: 'http_request_duration_seconds_bucket',
        le: bound === Infinity ? '+Inf' : String(bound),
      },
      perMinute: Math.round((requests * (index + 1)) / BOUNDS.length),
    })),
    { labels: { ...common, __name__: 'http_request_duration_seconds_count' }, perMinute: requests },
    { labels: { ...common, __name__: 'http_request_duration_seconds_sum' }, perMinute: 40 },
    { labels: { ...common, __name__: 'process_cpu_seconds_total' }, perMinute: CPU_SECONDS },
  ]
}

const expected = Object.values(REQUESTS).reduce((sum, count) => sum + count, 0) * DAYS * 1_440
const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
try {
  const ours = await measureOurs()
  const theirs = await measurePeer()
  report({
    name: `query, ${String(CHARTS.length)} charts of 30 days, ${String(TENANTS)} tenants stored`,
    value: ours.medianMs,
    unit: 'ms',
    must: '<= 50',
    ...(theirs === undefined
      ? {}
      : {
          peer: 'VictoriaMetrics, the same charts asked at once',
          peerValue: theirs.medianMs,
          ratio: theirs.medianMs / ours.medianMs,
        }),
  })
  report({
    name: 'query, the same, CPU',
    value: ours.cpuMs,
    unit: 'ms',
    ...(theirs === undefined
      ? {}
      : {
          peer: 'VictoriaMetrics',
          peerValue: theirs.cpuMs,
          ratio: theirs.cpuMs / ours.cpuMs,
        }),
  })
  report({ name: 'query, the same, worst of 30', value: ours.worstMs, unit: 'ms' })
  report({ name: 'query, 24 hours by 10 minutes', value: ours.dayMs, unit: 'ms', must: '<= 50' })
  report({ name: 'query, bulk file', value: ours.fileBytes / 2 ** 20, unit: 'MiB' })
} finally {
  rmSync(directory, { recursive: true, force: true })
}

interface Timed {
  readonly medianMs: number
  readonly worstMs: number
  /** Of the server; here with the client in it. */
  readonly cpuMs: number
}

async function measureOurs(): Promise<Timed & { dayMs: number; fileBytes: number }> {
  const bulk = openBulkInline({ directory: join(directory, 'bulk') })
  const metrics = openMetrics({
    resolver: fakeResolver().resolver,
    bulk,
    counters: memoryCounters(),
    log: silentLog,
  })
  let position = 0
  const checkpoint = async (): Promise<void> => {
    position += 1
    const { writes } = metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: position, writes })
    metrics.confirm(true)
  }
  const lines = linesOf(ASKED)
  const minutes = (TO_MS - FROM_MS) / MINUTE_MS
  for (let minute = 0; minute <= minutes; minute += 1) {
    const atMs = FROM_MS + minute * MINUTE_MS
    const series = lines.map(({ labels, perMinute }) => ({
      labels,
      samples: [[atMs, perMinute * minute]] as [number, number][],
    }))
    const bytes = remoteWrite(series)
    const staged = metrics.stage({ boundTenant: null, namedTenant: null }, bytes)
    readWriteRequest(bytes, staged)
    staged.apply(atMs)
    metrics.drain(atMs)
    metrics.closeMinute(atMs)
    if (minute % 1_440 === 0) await checkpoint()
  }
  const steps = metrics.makeDays(TO_MS)
  for (let step = steps.next(); step.done !== true; step = steps.next());
  await checkpoint()
  const copy = `
    INSERT INTO rollup_span (tenant_id, span_seconds, span_end_ms, has_range, body)
    SELECT ?, span_seconds, span_end_ms, has_range, body FROM rollup_span WHERE tenant_id = '${ASKED}'`
  for (let first = 1; first < TENANTS; first += 500) {
    const last = Math.min(TENANTS, first + 500)
    const rows = Array.from({ length: last - first }, (_, index) => [
      `tenant-${String(first + index)}`,
    ])
    await bulk.commit({ file: 'shared', logPosition: null, writes: [{ sql: copy, rows }] })
  }
  const ask = (fromMs: number, signals: readonly QuerySignal[], stepSeconds?: number) =>
    metrics.query(tenantId(ASKED), { signals, fromMs, toMs: TO_MS, stepSeconds }, TO_MS)
  const [counted] = ask(FROM_MS, ['requests'], STEP_SECONDS).series
  const total = counted!.values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  if (total !== expected)
    throw new Error(`${String(total)} requests were read, not ${String(expected)}`)
  const server = await serve((url) =>
    url === '/day' ? ask(TO_MS - DAY_MS, CHARTS, 600) : ask(FROM_MS, CHARTS, STEP_SECONDS),
  )
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${String(port)}`
  const month = await timed(async () => void (await (await fetch(`${base}/month`)).json()))
  const day = await timed(async () => void (await (await fetch(`${base}/day`)).json()))
  server.close()
  server.closeAllConnections()
  await bulk.close()
  const fileBytes = statSync(join(directory, 'bulk', 'shared.db')).size
  return { ...month, dayMs: day.medianMs, fileBytes }
}

async function serve(answer: (url: string) => unknown): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer(request.url ?? '')))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

async function timed(work: () => Promise<void>, pid = process.pid): Promise<Timed> {
  const tookMs: number[] = []
  let cpuBefore = cpuOf(pid)
  for (let round = 0; round < ROUNDS + 5; round += 1) {
    if (round === 5) cpuBefore = cpuOf(pid)
    const startMs = performance.now()
    await work()
    if (round >= 5) tookMs.push(performance.now() - startMs)
  }
  tookMs.sort((a, b) => a - b)
  return {
    medianMs: tookMs[Math.floor(ROUNDS / 2)]!,
    worstMs: tookMs.at(-1)!,
    cpuMs: ((cpuOf(pid) - cpuBefore) * 1_000) / ROUNDS,
  }
}

function cpuOf(pid: number): number {
  const { user, system } = cpuSecondsOf(pid)
  return user + system
}

async function measurePeer(): Promise<Timed | undefined> {
  const program = requireTool('victoria-metrics')
  if (program === undefined) return undefined
  const port = await freePort()
  const base = `http://127.0.0.1:${String(port)}`
  const child = spawn(
    program,
    [
      `-httpListenAddr=127.0.0.1:${String(port)}`,
      `-storageDataPath=${join(directory, 'vm')}`,
      '-retentionPeriod=100d',
      '-search.latencyOffset=0s',
      // What is measured is the reading, as here: no answer is kept.
      '-search.disableCache',
    ],
    { stdio: 'ignore' },
  )
  try {
    await ready(child, `${base}/health`)
    await importAll(base)
    const [total] = await rangeQuery(base, `sum(${of('http_requests_total')})`)
    if (Math.abs(total! - expected) > expected / 100) {
      throw new Error(
        `${String(total)} requests were read of VictoriaMetrics, not ${String(expected)}`,
      )
    }
    return await timed(async () => {
      await Promise.all(PEER_CHARTS.map((query) => rangeQuery(base, query)))
    }, child.pid)
  } finally {
    await endProcess(child, 'SIGKILL')
  }
}

/** Lines of VictoriaMetrics' own import: a series each. */
async function importAll(base: string): Promise<void> {
  const post = async (body: string): Promise<void> => {
    const { ok, status } = await fetch(`${base}/api/v1/import`, { method: 'POST', body })
    if (!ok) throw new Error(`importing answered ${String(status)}`)
  }
  const text = (tenant: string, stepMs: number): string =>
    linesOf(tenant)
      .map(({ labels, perMinute }) => {
        const count = (TO_MS - FROM_MS) / stepMs + 1
        const at = Array.from({ length: count }, (_, index) => FROM_MS + index * stepMs)
        const values = at.map((atMs) => (perMinute * (atMs - FROM_MS)) / MINUTE_MS)
        return `${JSON.stringify({ metric: labels, values, timestamps: at })}\n`
      })
      .join('')
  await post(text(ASKED, MINUTE_MS))
  for (let first = 1; first < TENANTS; first += 500) {
    const last = Math.min(TENANTS, first + 500)
    const tenants = Array.from(
      { length: last - first },
      (_, index) => `tenant-${String(first + index)}`,
    )
    await post(tenants.map((tenant) => text(tenant, DAY_MS)).join(''))
  }
  await fetch(`${base}/internal/force_flush`)
}

/** Returns the sums of the series' values. */
async function rangeQuery(base: string, query: string): Promise<number[]> {
  const search = new URLSearchParams({
    query,
    start: String((FROM_MS + STEP_SECONDS * 1_000) / 1_000),
    end: String(TO_MS / 1_000),
    step: String(STEP_SECONDS),
    nocache: '1',
  })
  const answer = (await (
    await fetch(`${base}/api/v1/query_range?${search.toString()}`)
  ).json()) as {
    data: { result: { values: [number, string][] }[] }
  }
  const { result } = answer.data
  if (result.length === 0) throw new Error(`nothing was answered to ${query}`)
  return result.map(({ values }) => values.reduce((sum, [, value]) => sum + Number(value), 0))
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}`)
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await delay(100)
  }
  throw new Error(`it was not ready: ${url}`)
}
