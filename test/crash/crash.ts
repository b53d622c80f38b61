/**
 * Kills the server again and again while a client writes, and checks after each restart, before any new write, that every acknowledged
 * point was counted once. The client does what clients do: a request without an answer is sent again, byte for byte.
 *
 * It writes what does not heal itself: delta histograms, gauges, and series that report once. A cumulative counter would prove nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openPrng, type Prng } from '../../src/core/prng.ts'
import { delay, endProcess, OPERATOR_KEY, sampleValue } from '../system/harness/server.ts'

export interface CrashReport {
  readonly kills: number
  readonly acknowledged: number
  readonly retriedAfterKill: number
  /** Kills after which the unanswered request was found counted already. */
  readonly countedBeforeRetry: number
  readonly killsByKind: Readonly<Record<string, number>>
  /** Empty when everything held. */
  readonly violations: readonly string[]
}

const KINDS = ['random', 'before', 'torn', 'after'] as const
type Kind = (typeof KINDS)[number]

interface Expected {
  deltaRequests: number
  onceRequests: number
  memoryBytes: number
}

interface Request {
  readonly body: string
  readonly after: Expected
}

export async function crash(options: {
  kills: number
  seed: number
  onKill?: (done: number) => void
}): Promise<CrashReport> {
  const prng = openPrng(options.seed)
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tenantry-crash-'))
  const run: Run = {
    dataDirectory,
    prng,
    sequence: 0,
    nowMs: Date.now() - 1_000,
    expected: { deltaRequests: 0, onceRequests: 0, memoryBytes: 0 },
    violations: [],
    acknowledged: 0,
    retried: 0,
    countedBeforeRetry: 0,
    killsByKind: { random: 0, before: 0, torn: 0, after: 0 },
    pending: undefined,
  }
  try {
    for (let kill = 0; kill < options.kills; kill += 1) {
      await oneLife(run)
      options.onKill?.(kill + 1)
    }
    await lastLife(run)
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  return {
    kills: options.kills,
    acknowledged: run.acknowledged,
    retriedAfterKill: run.retried,
    countedBeforeRetry: run.countedBeforeRetry,
    killsByKind: run.killsByKind,
    violations: run.violations,
  }
}

interface Run {
  readonly dataDirectory: string
  readonly prng: Prng
  sequence: number
  nowMs: number
  expected: Expected
  readonly violations: string[]
  acknowledged: number
  retried: number
  countedBeforeRetry: number
  readonly killsByKind: Record<Kind, number>
  pending: Request | undefined
}

async function oneLife(run: Run): Promise<void> {
  const kind = KINDS[run.prng.below(KINDS.length)] ?? 'random'
  run.killsByKind[kind] += 1
  const killAtAppend = 1 + run.prng.below(12)
  const server = await startLethal(
    run.dataDirectory,
    kind === 'random' ? {} : { CRASH_AT_APPEND: String(killAtAppend), CRASH_HOW: kind },
  )
  await firstStart(run, server)
  await verify(run, server, `before kill ${String(total(run.killsByKind))} (${kind})`)
  const killer = kind === 'random' ? killLater(server.child, run.prng.below(60)) : undefined
  while (server.child.exitCode === null && server.child.signalCode === null) {
    const request = run.pending ?? nextRequest(run)
    run.pending = request
    if (!(await send(server.url, request))) break
    acknowledge(run, request)
  }
  await killer
  await endProcess(server.child, 'SIGKILL')
}

async function lastLife(run: Run): Promise<void> {
  const server = await startLethal(run.dataDirectory, {})
  await verify(run, server, 'at the end')
  await endProcess(server.child, 'SIGTERM')
  const again = await startLethal(run.dataDirectory, {})
  await verify(run, again, 'after an orderly stop')
  await endProcess(again.child, 'SIGTERM')
}

/** Compares before any new write, then lets the client retry what has no answer, and compares again. */
async function verify(run: Run, server: LethalServer, when: string): Promise<void> {
  const found = await readCounts(server.url)
  const pending = run.pending
  if (pending === undefined) {
    if (!same(found, run.expected))
      run.violations.push(`${when}: found ${show(found)}, acknowledged ${show(run.expected)}`)
    return
  }
  if (same(found, pending.after)) run.countedBeforeRetry += 1
  else if (!same(found, run.expected)) {
    run.violations.push(
      `${when}: found ${show(found)}, acknowledged ${show(run.expected)}, with the unanswered ${show(pending.after)}`,
    )
  }
  if (server.lethal) return
  run.retried += 1
  if (!(await send(server.url, pending))) return
  acknowledge(run, pending)
  const retried = await readAfterTick(server.url, run.expected)
  if (!same(retried, run.expected))
    run.violations.push(
      `${when}, after the retry: found ${show(retried)}, acknowledged ${show(run.expected)}`,
    )
}

function acknowledge(run: Run, request: Request): void {
  run.acknowledged += 1
  run.expected = request.after
  run.pending = undefined
}

/** One OTLP/JSON request: a delta histogram, a gauge, and a series of its own that reports once. */
function nextRequest(run: Run): Request {
  run.sequence += 1
  const startMs = run.nowMs
  run.nowMs = Math.max(run.nowMs + 1, Date.now())
  const delta = 1 + run.prng.below(50)
  const once = 1 + run.prng.below(9)
  const memoryBytes = 1_000_000 + run.prng.below(1_000_000)
  const resource = (instance: string): unknown => ({
    attributes: [
      text('service.name', 'crash'),
      text('service.instance.id', instance),
      text('tenant.id', 'acme'),
    ],
  })
  const histogram = (count: number, temporality: number): unknown => ({
    name: 'http.server.request.duration',
    unit: 's',
    histogram: {
      aggregationTemporality: temporality,
      dataPoints: [
        {
          attributes: [{ key: 'http.response.status_code', value: { intValue: '200' } }],
          startTimeUnixNano: nanos(startMs),
          timeUnixNano: nanos(run.nowMs),
          count: String(count),
          sum: count * 0.05,
          bucketCounts: [String(count), '0'],
          explicitBounds: [0.2],
        },
      ],
    },
  })
  const gauge = {
    name: 'process.memory.usage',
    unit: 'By',
    sum: {
      aggregationTemporality: 2,
      isMonotonic: false,
      dataPoints: [{ timeUnixNano: nanos(run.nowMs), asInt: String(memoryBytes) }],
    },
  }
  const body = JSON.stringify({
    resourceMetrics: [
      { resource: resource('steady'), scopeMetrics: [{ metrics: [histogram(delta, 1), gauge] }] },
      {
        resource: resource(`once-${String(run.sequence)}`),
        scopeMetrics: [{ metrics: [histogram(once, 2)] }],
      },
    ],
  })
  const after = {
    deltaRequests: run.expected.deltaRequests + delta,
    onceRequests: run.expected.onceRequests + once,
    memoryBytes,
  }
  return { body, after }
}

function text(key: string, value: string): unknown {
  return { key, value: { stringValue: value } }
}

function nanos(atMs: number): string {
  return `${String(atMs)}000000`
}

async function send(url: string, request: Request): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_KEY}` },
      body: request.body,
    })
    const answer = await response.text()
    if (response.status !== 200) throw new Refused(`${String(response.status)} ${answer}`)
    return true
  } catch (error) {
    if (error instanceof Refused) throw error
    return false
  }
}

class Refused extends Error {}

async function readCounts(url: string): Promise<Expected> {
  const response = await fetch(`${url}/metrics/tenants`, {
    headers: { authorization: `Bearer ${OPERATOR_KEY}` },
  })
  const page = await response.text()
  const requests =
    sampleValue(page, 'tenantry_tenant_requests_total', { tenant: 'acme', status_class: '2xx' }) ??
    0
  const memory = sampleValue(page, 'tenantry_tenant_memory_bytes', { tenant: 'acme' }) ?? 0
  return { deltaRequests: requests, onceRequests: 0, memoryBytes: memory }
}

/** The page shows what the last tick has booked: new writes take up to five seconds. */
async function readAfterTick(url: string, expected: Expected): Promise<Expected> {
  const deadline = Date.now() + 12_000
  for (;;) {
    const found = await readCounts(url)
    if (same(found, expected) || Date.now() > deadline) return found
    await delay(100)
  }
}

function same(found: Expected, expected: Expected): boolean {
  return (
    found.deltaRequests === expected.deltaRequests + expected.onceRequests &&
    found.memoryBytes === expected.memoryBytes
  )
}

function show({ deltaRequests, onceRequests, memoryBytes }: Expected): string {
  return `${String(deltaRequests + onceRequests)} requests, ${String(memoryBytes)} bytes`
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

interface LethalServer {
  readonly url: string
  readonly child: ChildProcess
  readonly lethal: boolean
}

async function startLethal(
  dataDirectory: string,
  env: Readonly<Record<string, string>>,
): Promise<LethalServer> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'crash-server.ts')], {
    env: {
      ...process.env,
      TENANTRY_DATA: dataDirectory,
      TENANTRY_PORT: '0',
      TENANTRY_BOOTSTRAP_KEY: OPERATOR_KEY,
      TENANTRY_CHECKPOINT_SECONDS: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const deadline = Date.now() + 60_000
  for (;;) {
    const match = /listens on (http:\/\/\S+)/.exec(output)
    if (match?.[1] !== undefined) return { url: match[1], child, lethal: 'CRASH_AT_APPEND' in env }
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no start: ${output}`)
    await delay(5)
  }
}

async function firstStart(run: Run, server: LethalServer): Promise<void> {
  if (run.sequence > 0) return
  const response = await fetch(`${server.url}/api/v1/tenants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_KEY}` },
    body: JSON.stringify({
      tenantId: 'acme',
      name: 'Acme',
      tier: 'enterprise',
      region: 'eu',
      isolation: 'shared',
    }),
  })
  if (response.status !== 201 && response.status !== 409) throw new Error(await response.text())
}

function killLater(child: ChildProcess, afterMs: number): Promise<void> {
  return delay(afterMs).then(() => {
    child.kill('SIGKILL')
  })
}
