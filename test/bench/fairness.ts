/**
 * A victim within its quota beside a neighbour that sends ten times its own: the victim's accepted
 * rate and the time of its writes, alone, beside the neighbour within its quota, and beside ten
 * times that. Once with a key each, once with both in the same requests (then the victim's requests
 * carry a part of the neighbour's, and the rest comes with the same kind of key).
 *
 * The real server has one core, the senders another, the neighbour's with the lower priority; while
 * the victim is alone, the neighbour's sender sends as much to a server that forgets it, so that it
 * takes the same from the machine. Rounds alternate between the three, and the ratio is the median
 * of the rounds. What the server counted for the victim must be what the victim was told.
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { delay, startServer, type TestServer } from '../system/harness/server.ts'
import { report } from './figure.ts'
import type { SenderResult, SenderSettings } from './fairness-sender.ts'

const SENDER = resolve(import.meta.dirname, 'fairness-sender.ts')
const ROUNDS = 3
const SECONDS = 12
const QUOTA_PER_SECOND = 10_000
const VICTIM_SAMPLES = 200
/** 80 % of its quota. */
const VICTIM_REQUESTS_PER_SECOND = 40
const NEIGHBOUR_SAMPLES = 2_000
const TIMES = { alone: 0, 'at quota': 1, 'ten times': 10 } as const
type Phase = keyof typeof TIMES

interface Round {
  readonly acceptedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly neighbour: Readonly<Record<string, number>>
}

const server = await startServer({ env: { TENANTRY_LOG_LEVEL: 'warn' } })
const sink = spawn(process.execPath, [SENDER, '--sink'], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  pin(server.pid, 0)
  pin(sink.pid!, 1)
  const sinkUrl = `http://127.0.0.1:${await firstLine(sink.stdout)}/`
  for (const tenantId of ['victim', 'neighbour']) await createTenant(server, tenantId)
  await measure('single-tenant keys', server, sinkUrl, false)
  await measure('mixed requests', server, sinkUrl, true)
} finally {
  sink.kill()
  await server.stop()
  server.remove()
}

async function measure(
  name: string,
  to: TestServer,
  sinkUrl: string,
  isMixed: boolean,
): Promise<void> {
  const victimKey = await to.createKey('collector', isMixed ? undefined : 'victim')
  const neighbourKey = await to.createKey('collector', isMixed ? undefined : 'neighbour')
  const rounds: Record<Phase, Round[]> = { alone: [], 'at quota': [], 'ten times': [] }
  const run = async (phase: Phase, seconds: number): Promise<Round> => {
    const url = `${to.url}/api/v1/write`
    const before = await attributedOf(to)
    const share = isMixed && phase !== 'alone' ? { neighbour: VICTIM_SAMPLES } : {}
    const inVictims = isMixed ? VICTIM_SAMPLES * VICTIM_REQUESTS_PER_SECOND : 0
    const wanted = Math.max(0, TIMES[phase] * QUOTA_PER_SECOND - inVictims)
    const victim = start(0, {
      url,
      headers: { authorization: `Bearer ${victimKey}` },
      tenants: { victim: VICTIM_SAMPLES, ...share },
      sets: 120,
      requestsPerSecond: VICTIM_REQUESTS_PER_SECOND,
      connections: 4,
      seconds,
    })
    const neighbour = start(10, {
      url: phase === 'alone' ? sinkUrl : url,
      headers: { authorization: `Bearer ${neighbourKey}` },
      tenants: { neighbour: NEIGHBOUR_SAMPLES },
      sets: 16,
      requestsPerSecond: (phase === 'alone' ? 10 * QUOTA_PER_SECOND : wanted) / NEIGHBOUR_SAMPLES,
      connections: 8,
      seconds,
    })
    const [told, other] = await Promise.all([victim, neighbour])
    const accepted = (await attributedOf(to)) - before
    verify(told, accepted)
    return {
      acceptedPerSecond: accepted / seconds,
      p50Ms: quantile(told.latenciesMs, 0.5),
      p99Ms: quantile(told.latenciesMs, 0.99),
      neighbour: other.byStatus,
    }
  }
  // Series are made, code is compiled and the neighbour's burst is used up.
  await run('ten times', 4)
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const phase of Object.keys(TIMES) as Phase[]) {
      rounds[phase].push(await run(phase, SECONDS))
    }
  }
  tell(name, rounds)
}

/** Mixed requests are answered 400 where a part of them is refused; the victim's part is kept. */
function verify({ byStatus, requests }: SenderResult, accepted: number): void {
  const answered = (byStatus['204'] ?? 0) + (byStatus['400'] ?? 0)
  if (answered !== requests) throw new Error(`answers: ${JSON.stringify(byStatus)}`)
  if (accepted !== requests * VICTIM_SAMPLES) {
    throw new Error(`${accepted} of ${requests * VICTIM_SAMPLES} samples of the victim were kept`)
  }
}

function tell(name: string, rounds: Record<Phase, Round[]>): void {
  for (const phase of Object.keys(TIMES) as Phase[]) {
    const of = rounds[phase]
    const what = `${name}, ${phase === 'alone' ? 'alone' : `neighbour ${phase}`}`
    report({
      name: `${what}: accepted`,
      value: median(of.map((one) => one.acceptedPerSecond)),
      unit: 'samples/s',
    })
    report({ name: `${what}: p50`, value: median(of.map((one) => one.p50Ms)), unit: 'ms' })
    report({ name: `${what}: p99`, value: median(of.map((one) => one.p99Ms)), unit: 'ms' })
  }
  const over = rounds['ten times'].at(-1)!.neighbour
  process.stdout.write(`${name}: answers to the neighbour in a round: ${JSON.stringify(over)}\n`)
  for (const base of ['alone', 'at quota'] as const) {
    const ratioOf = (read: (round: Round) => number): number =>
      median(rounds['ten times'].map((one, index) => read(one) / read(rounds[base][index]!)))
    report({
      name: `${name}, ten times against ${base}: accepted rate`,
      value: ratioOf((round) => round.acceptedPerSecond),
      unit: 'times',
      ...(base === 'alone' ? { must: '>= 0.9' } : {}),
    })
    report({
      name: `${name}, ten times against ${base}: p99`,
      value: ratioOf((round) => round.p99Ms),
      unit: 'times',
      must: '<= 1.1',
    })
  }
}

function start(nice: number, settings: SenderSettings): Promise<SenderResult> {
  const child = spawn(process.execPath, [SENDER, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  pin(child.pid!, 1)
  spawnSync('renice', ['-n', String(nice), '-p', String(child.pid)], { stdio: 'ignore' })
  return new Promise((done, fail) => {
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('exit', (code) => {
      if (code === 0) done(JSON.parse(output) as SenderResult)
      else fail(new Error(`a sender ended with ${String(code)}`))
    })
  })
}

/** Where the machine has two cores and lets us; elsewhere the figures are noisier. */
function pin(pid: number, core: number): void {
  if (cpus().length > 1) spawnSync('taskset', ['-apc', String(core), String(pid)])
}

async function createTenant(to: TestServer, tenantId: string): Promise<void> {
  await to.createTenant({
    tenantId,
    name: tenantId,
    tier: 'starter',
    region: 'eu',
    isolation: 'shared',
    quotas: { ingest: { samplesPerSecond: QUOTA_PER_SECOND, burstSamples: 2 * QUOTA_PER_SECOND } },
  })
}

async function attributedOf(to: TestServer): Promise<number> {
  const { body } = await to.api<{ outcomes: { outcome: string; samples: number }[] }>(
    '/api/v1/tenants/victim/ingest',
  )
  return body.outcomes.find(({ outcome }) => outcome === 'attributed')?.samples ?? 0
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  while (!text.includes('\n')) await delay(20)
  return text.trim()
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)]!
}
