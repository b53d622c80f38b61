/**
 * Remote write 1.0 in: 100,000 series with ten labels, 2,000 a request, 20 rounds in shuffled order with 5 % churn and 1 % resets, over four
 * connections, against the real server with its log, mapping, limits and byte check on. The same bytes go to the peers. CPU seconds are
 * those of the receiving process with all its threads, from the first request of round 2 (round 1 makes the series) to the last answer.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../system/harness/ports.ts'
import { delay, endProcess, sampleValue, startServer } from '../system/harness/server.ts'
import { findTool } from '../tools/find-tool.ts'
import { report } from './figure.ts'
import {
  compressed,
  INGEST_PAYLOADS,
  openPayloads,
  tenantName,
  type PayloadOptions,
} from './payloads.ts'

const ROUNDS = 20
const CONNECTIONS = 4
const CLOCK_TICKS_PER_SECOND = 100

interface Measured {
  readonly samplesPerCpuSecond: number
  readonly samplesPerSecond: number
  readonly residentBytes: number
}

interface Target {
  readonly url: string
  readonly pid: number
  readonly headers: Readonly<Record<string, string>>
}

const options: PayloadOptions = {
  ...INGEST_PAYLOADS,
  startMs: Date.now() - ROUNDS * INGEST_PAYLOADS.stepSeconds * 1_000,
}

const ours = await measureTenantry()
const peers: Record<string, Measured | undefined> = {
  'vmagent stream aggregation': await measureVmagent(),
  VictoriaMetrics: await measureVictoriaMetrics(),
  Prometheus: await measurePrometheus(),
}
for (const [peer, measured] of Object.entries(peers)) {
  if (measured === undefined) continue
  report({
    name: `ingest against ${peer}`,
    value: ours.samplesPerCpuSecond,
    unit: 'samples/CPU-s',
    ...(peer.startsWith('vmagent')
      ? { must: `>= ${String(1.5 * measured.samplesPerCpuSecond)}` }
      : {}),
    peer,
    peerValue: measured.samplesPerCpuSecond,
    ratio: ours.samplesPerCpuSecond / measured.samplesPerCpuSecond,
  })
}

async function measureTenantry(): Promise<Measured> {
  const server = await startServer({ env: { TENANTRY_LOG_LEVEL: 'warn' } })
  try {
    for (let index = 0; index < options.tenants; index += 1) {
      const tenantId = tenantName(index)
      await server.createTenant({
        tenantId,
        name: tenantId,
        tier: 'starter',
        region: 'eu',
        isolation: 'shared',
      })
    }
    const key = await server.createKey('collector')
    const target = {
      url: `${server.url}/api/v1/write`,
      pid: server.pid,
      headers: { authorization: `Bearer ${key}` },
    }
    const { measured, gained } = await drive(target)
    const counted = await countedRequests(server.text)
    if (counted !== gained)
      throw new Error(`counted ${String(counted)} requests, sent ${String(gained)}`)
    const outcome = sampleValue(await server.text('/metrics'), 'tenantry_ingest_samples_total', {
      outcome: 'attributed',
    })
    if (outcome !== ROUNDS * options.series)
      throw new Error(`attributed ${String(outcome)} samples`)
    report({
      name: 'ingest',
      value: measured.samplesPerCpuSecond,
      unit: 'samples/CPU-s',
      must: '>= 1000000',
    })
    report({ name: 'ingest, wall time', value: measured.samplesPerSecond, unit: 'samples/s' })
    report({
      name: 'ingest, resident memory',
      value: measured.residentBytes / options.series,
      unit: 'bytes/series',
    })
    report({
      name: 'ingest, requests counted',
      value: counted,
      unit: 'requests',
      must: `>= ${String(gained)}`,
    })
    return measured
  } finally {
    await server.stop()
    server.remove()
  }
}

/** Adds up all tenants and classes of the exposition, once the tick has booked the last round. */
async function countedRequests(text: (path: string) => Promise<string>): Promise<number> {
  let last = -1
  for (;;) {
    await delay(6_000)
    const page = await text('/metrics/tenants?collect=signals')
    const lines = page
      .split('\n')
      .filter((line) => line.startsWith('tenantry_tenant_requests_total{'))
    const sum = lines.reduce(
      (total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)),
      0,
    )
    if (sum === last) return sum
    last = sum
  }
}

async function measureVmagent(): Promise<Measured | undefined> {
  const program = findTool('vmagent')
  if (program === undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  const sink = await openSink()
  const config = join(directory, 'aggregation.yaml')
  writeFileSync(
    config,
    '- match: http_requests_total\n  interval: 15s\n  by: [tenant_id, code]\n  outputs: [total]\n',
  )
  const port = await freePort()
  return await withPeer(
    directory,
    sink,
    program,
    [
      `-httpListenAddr=127.0.0.1:${String(port)}`,
      `-remoteWrite.url=http://127.0.0.1:${String((sink.address() as AddressInfo).port)}/`,
      `-remoteWrite.tmpDataPath=${join(directory, 'queue')}`,
      `-remoteWrite.streamAggr.config=${config}`,
    ],
    `http://127.0.0.1:${String(port)}`,
    '/api/v1/write',
    '/health',
  )
}

async function measureVictoriaMetrics(): Promise<Measured | undefined> {
  const program = findTool('victoria-metrics')
  if (program === undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  const port = await freePort()
  return await withPeer(
    directory,
    undefined,
    program,
    [`-httpListenAddr=127.0.0.1:${String(port)}`, `-storageDataPath=${join(directory, 'data')}`],
    `http://127.0.0.1:${String(port)}`,
    '/api/v1/write',
    '/health',
  )
}

async function measurePrometheus(): Promise<Measured | undefined> {
  const program = findTool('prometheus')
  if (program === undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  writeFileSync(join(directory, 'prometheus.yml'), 'global: {}\n')
  const port = await freePort()
  return await withPeer(
    directory,
    undefined,
    program,
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      '--web.enable-remote-write-receiver',
      `--web.listen-address=127.0.0.1:${String(port)}`,
    ],
    `http://127.0.0.1:${String(port)}`,
    '/api/v1/write',
    '/-/ready',
  )
}

async function withPeer(
  directory: string,
  sink: Server | undefined,
  program: string,
  programArguments: readonly string[],
  base: string,
  path: string,
  readyPath: string,
): Promise<Measured> {
  const child = spawn(program, programArguments, { stdio: 'ignore' })
  try {
    await ready(child, `${base}${readyPath}`)
    return (await drive({ url: `${base}${path}`, pid: child.pid ?? 0, headers: {} })).measured
  } finally {
    await endProcess(child, 'SIGKILL')
    sink?.close()
    sink?.closeAllConnections()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`a peer ended with ${String(child.exitCode)}`)
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await delay(100)
  }
  throw new Error(`a peer was not ready: ${url}`)
}

/** Takes what vmagent writes on and forgets it. */
async function openSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

async function drive(target: Target): Promise<{ measured: Measured; gained: number }> {
  const payloads = openPayloads(options)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  let cpuSeconds = 0
  let wallSeconds = 0
  let samples = 0
  let gained = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const made = payloads.nextRound()
    const bodies = compressed(made)
    const cpuBefore = cpuSecondsOf(target.pid)
    const wallBefore = performance.now()
    await sendAll(target, agent, bodies)
    gained = made.gained
    if (round === 0) continue
    wallSeconds += (performance.now() - wallBefore) / 1_000
    cpuSeconds += cpuSecondsOf(target.pid) - cpuBefore
    samples += made.samples
  }
  agent.destroy()
  const measured = {
    samplesPerCpuSecond: samples / cpuSeconds,
    samplesPerSecond: samples / wallSeconds,
    residentBytes: residentBytesOf(target.pid),
  }
  return { measured, gained }
}

async function sendAll(target: Target, agent: Agent, bodies: readonly Buffer[]): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = bodies[next]!
      next += 1
      await sendOne(target, agent, body)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
}

function sendOne({ url, headers }: Target, agent: Agent, body: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    const sent = httpRequest(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': '0.1.0',
          'content-length': body.length,
          ...headers,
        },
      },
      (response) => {
        response.resume()
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) done()
          else fail(new Error(`${url} answered ${String(response.statusCode)}`))
        })
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

/** User and system time of a process with all its threads. Source: proc(5), fields 14 and 15 of stat. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
}

function residentBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024
}
