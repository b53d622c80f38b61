/**
 * Kills the server again and again while clients write, and checks after each restart, before any new write, that everything
 * acknowledged was counted once. A client does what clients do: a request without an answer is sent again, byte for byte.
 *
 * One client a writer (`writers.ts`), all at once. What is found must be what was acknowledged, with the unanswered request or without
 * it; after the retry it must be with it, which the next restart shows. The clock of every other life is off, and jumps. A target is scraped meanwhile: nobody acknowledges a scrape, so
 * what is found of it must never fall, and at the end be what the target counts.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openPrng, type Prng } from '../../src/core/prng.ts'
import { delay, endProcess, eventually, OPERATOR_KEY } from '../system/harness/server.ts'
import { NOT_ELECTED, readFigures, type Figures } from './figures.ts'
import { startScrapeTarget, type ScrapeTarget } from './scrape-target.ts'
import { openWriters, TENANTS, type Writer, type WriteRequest } from './writers.ts'

export interface CrashReport {
  readonly kills: number
  readonly killsByStep: Readonly<Record<string, number>>
  /** Requests by writer. */
  readonly acknowledged: Readonly<Record<string, number>>
  readonly acknowledgedTotal: number
  readonly points: readonly string[]
  /** Unanswered requests that were sent again, and how many of them had been counted already. */
  readonly retried: number
  readonly countedBeforeRetry: number
  /** Events that were acknowledged and not found, and that were found and never sent. */
  readonly lost: number
  readonly countedTwice: number
  /** Empty when everything held. */
  readonly violations: readonly string[]
}

const STEPS = ['random', 'before', 'torn', 'after', 'checkpoint', 'rotation', 'collection'] as const
type Step = (typeof STEPS)[number]

/** No replica falls silent for so long, however slow the machine: an election would be right, and not
 *  what the writer expects. */
const HA_FAILOVER_SECONDS = '3600'
/** How far a clock of a life is off, or jumps to within it: less than what makes a sample one of the
 *  future, or a gauge stale. */
const CLOCK_STEP_MS = 200_000
/** A life ends after this long where its step never came. */
const LONGEST_LIFE_MS = 4_000

interface Client {
  readonly writer: Writer
  acknowledged: number
  /** What the server has counted for sure. */
  expected: Figures
  pending: WriteRequest | undefined
  /** How many samples are known to have been left to another replica. */
  left: number
  /** How far off its figures are known to be: each violation is told once. */
  off: Figures
}

interface Run {
  readonly dataDirectory: string
  readonly prng: Prng
  readonly clients: readonly Client[]
  readonly target: ScrapeTarget
  readonly violations: string[]
  readonly onViolation: (violation: string) => void
  readonly keepIn: string | undefined
  readonly killsByStep: Record<Step, number>
  /** Every server that was started and may still run. */
  readonly children: Set<ChildProcess>
  /** Which life this is and what will end it, and what ended the one before. */
  life: string
  endedBy: string
  lastMs: number
  scraped: number
  retried: number
  countedBeforeRetry: number
  lost: number
  countedTwice: number
}

/** What a run came to so far. */
export interface CrashProgress {
  readonly kills: number
  readonly acknowledged: number
  readonly retried: number
  readonly countedBeforeRetry: number
  readonly violations: number
}

export async function crash(options: {
  kills: number
  seed: number
  onKill?: (progress: CrashProgress) => void
  onViolation?: (violation: string) => void
  /** Where the data directory goes that the first life with a violation was started on. */
  keepIn?: string
}): Promise<CrashReport> {
  const prng = openPrng(options.seed)
  const target = await startScrapeTarget()
  const run: Run = {
    dataDirectory: mkdtempSync(join(tmpdir(), 'tenantry-crash-')),
    prng,
    clients: openWriters(prng).map((writer) => ({
      writer,
      acknowledged: 0,
      expected: {},
      pending: undefined,
      left: 0,
      off: {},
    })),
    target,
    violations: [],
    onViolation: options.onViolation ?? (() => undefined),
    keepIn: options.keepIn,
    killsByStep: Object.fromEntries(STEPS.map((step) => [step, 0])) as Record<Step, number>,
    children: new Set(),
    life: 'the first life',
    endedBy: 'nothing',
    lastMs: 0,
    scraped: 0,
    retried: 0,
    countedBeforeRetry: 0,
    lost: 0,
    countedTwice: 0,
  }
  try {
    await firstLife(run)
    for (let kill = 0; kill < options.kills; kill += 1) {
      await oneLife(run, kill)
      options.onKill?.(progressOf(run, kill + 1))
    }
    await lastLives(run)
  } catch (error) {
    throw new Error(`${run.life}, after ${run.endedBy}`, { cause: error })
  } finally {
    await Promise.all([...run.children].map((child) => endProcess(child, 'SIGKILL')))
    await target.stop()
    rmSync(run.dataDirectory, { recursive: true, force: true })
  }
  return reportOf(run, options.kills)
}

function progressOf({ clients, retried, countedBeforeRetry, violations }: Run, kills: number) {
  return {
    kills,
    acknowledged: acknowledgedOf(clients),
    retried,
    countedBeforeRetry,
    violations: violations.length,
  } satisfies CrashProgress
}

function acknowledgedOf(clients: readonly Client[]): number {
  return clients.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
}

/** Notes and tells what did not hold, with the kill that it came after. */
function violate(run: Run, what: string): void {
  const violation = `${run.life}, after ${run.endedBy}: ${what}`
  const before = join(run.dataDirectory, 'before')
  if (run.keepIn !== undefined && existsSync(before)) renameSync(before, run.keepIn)
  run.violations.push(violation)
  run.onViolation(violation)
}

function reportOf(run: Run, kills: number): CrashReport {
  const { clients, killsByStep, retried, countedBeforeRetry, lost, countedTwice, violations } = run
  return {
    kills,
    killsByStep,
    acknowledged: Object.fromEntries(
      clients.map(({ writer, acknowledged }) => [writer.name, acknowledged]),
    ),
    acknowledgedTotal: acknowledgedOf(clients),
    points: [...clients.flatMap(({ writer }) => writer.points), 'scraped counter'],
    retried,
    countedBeforeRetry,
    lost,
    countedTwice,
    violations,
  }
}

/** Nothing is scraped yet: what a target says of a tenant that is still to be made would be nobody's. Then the target is scraped once,
 *  because what it counted before its first scrape that is kept is not to be found. */
async function firstLife(run: Run): Promise<void> {
  const nothing = join(run.dataDirectory, 'nothing.yaml')
  writeFileSync(nothing, 'scrape_configs: []\n')
  const server = await start(run, { TENANTRY_SCRAPE_CONFIG: nothing })
  await createTenants(server.url)
  await endProcess(server.child, 'SIGTERM')

  const scraping = await start(run, {})
  const figures = (): Promise<Figures> => readFigures(scraping.url)
  await eventually('the target is scraped', figures, (found) => (found['all received'] ?? 0) > 0)
  await endProcess(scraping.child, 'SIGTERM')
  run.target.hold(false)
}

async function oneLife(run: Run, kill: number): Promise<void> {
  const step = STEPS[run.prng.below(STEPS.length)] ?? 'random'
  run.killsByStep[step] += 1
  const nth = 1 + run.prng.below(step === 'before' || step === 'torn' || step === 'after' ? 80 : 4)
  const randomMs = run.prng.below(400)
  const clock = clockOf(run.prng)
  const what = step === 'random' ? `${String(randomMs)} ms` : `time ${String(nth)}`
  run.life = `life ${String(kill + 1)} (clock ${clock})`
  const server = await start(run, { CRASH_AT: step, CRASH_NTH: String(nth), CRASH_CLOCK: clock })
  if (await verify(run, server)) {
    const timer = setTimeout(
      () => server.child.kill('SIGKILL'),
      step === 'random' ? randomMs : LONGEST_LIFE_MS,
    )
    await Promise.all(run.clients.map((client) => writeUntilDead(run, client, server)))
    clearTimeout(timer)
  }
  await endProcess(server.child, 'SIGKILL')
  run.endedBy = `kill ${String(kill + 1)} (${step}, ${what})`
}

/** How the clock of a life goes: it is off by so much, and jumps after a while, or it does neither. */
function clockOf(prng: Prng): string {
  if (prng.below(2) === 0) return '0'
  const stepMs = (): number => prng.below(2 * CLOCK_STEP_MS) - CLOCK_STEP_MS
  return `${stepMs()},${prng.below(600)},${stepMs()}`
}

async function writeUntilDead(run: Run, client: Client, server: LethalServer): Promise<void> {
  while (isAlive(server.child)) {
    const isRetry = client.pending !== undefined
    if (isRetry) run.retried += 1
    client.pending ??= client.writer.next(nextMs(run))
    if (!(await send(run, client, server.url, client.pending))) return
    client.acknowledged += 1
    take(client, client.pending)
  }
}

/** Notes that a request was answered. */
function take(client: Client, { after, left = 0 }: WriteRequest): void {
  client.expected = after
  client.left += left
  client.pending = undefined
}

/** Every request is of a time of its own, and none of the future. */
function nextMs(run: Run): number {
  run.lastMs = Math.max(run.lastMs + 1, Date.now())
  return run.lastMs
}

async function lastLives(run: Run): Promise<void> {
  run.target.hold(true)
  // No scrape before was later by the clock of its life
  const ahead = { CRASH_CLOCK: String(CLOCK_STEP_MS) }
  run.life = 'the last life but one'
  const server = await start(run, ahead)
  await verify(run, server)
  for (const client of run.clients) {
    if (client.pending === undefined) continue
    run.retried += 1
    if (!(await send(run, client, server.url, client.pending))) throw new Error('no answer')
    take(client, client.pending)
  }
  await scrapedWhole(run, server)
  await endProcess(server.child, 'SIGTERM')
  run.life = 'the last life'
  run.endedBy = 'an orderly stop'
  const again = await start(run, ahead)
  await verify(run, again)
  await endProcess(again.child, 'SIGTERM')
}

/** Compares before any new write. False where the server was killed meanwhile. */
async function verify(run: Run, server: LethalServer): Promise<boolean> {
  const found = await readFigures(server.url).catch(async (error: unknown) => {
    // What is scraped is logged too, and may be what it dies of
    for (let waits = 0; waits < 50 && isAlive(server.child); waits += 1) await delay(20)
    if (isAlive(server.child)) throw error
    return undefined
  })
  if (found === undefined) return false
  for (const client of run.clients) {
    compare(run, client, found)
    compareLeft(run, client, found)
  }
  const missing = found['all missing'] ?? 0
  if (missing !== 0) violate(run, `the accounts do not add up: ${String(missing)} missing`)
  const scraped = found['scraped 2xx'] ?? 0
  if (scraped < run.scraped || scraped > run.target.count())
    violate(run, `found ${String(scraped)} scraped after ${String(run.scraped)}`)
  run.scraped = scraped
  return true
}

function compare(run: Run, client: Client, found: Figures): void {
  const { writer, expected, pending, off } = client
  const asExpected = offBy(found, expected)
  const asPending = pending === undefined ? undefined : offBy(found, pending.after)
  if (asPending !== undefined && same(asPending, off)) {
    if (!same(asExpected, off)) run.countedBeforeRetry += 1
    return
  }
  if (same(asExpected, off)) return
  const isCounted = asPending !== undefined && total(asPending) < total(asExpected)
  client.off = isCounted ? asPending : asExpected
  for (const [name, difference] of Object.entries(client.off)) {
    const more = difference - (off[name] ?? 0)
    if (more < 0) run.lost -= more
    else run.countedTwice += more
  }
  violate(
    run,
    `${writer.name}: found ${show(found, expected)}, acknowledged ${show(expected, expected)}` +
      (pending === undefined ? '' : `, with the unanswered ${show(pending.after, pending.after)}`),
  )
}

/** Tells by how much what was found differs, where it does. */
function offBy(found: Figures, expected: Figures): Figures {
  const rows = Object.entries(expected).map(([name, value]) => [name, (found[name] ?? 0) - value])
  return Object.fromEntries(rows.filter(([, difference]) => difference !== 0)) as Figures
}

function same(left: Figures, right: Figures): boolean {
  const names = Object.keys({ ...left, ...right })
  return names.every((name) => (left[name] ?? 0) === (right[name] ?? 0))
}

function total(differences: Figures): number {
  return Object.values(differences).reduce((sum, each) => sum + Math.abs(each), 0)
}

/** What is left to another replica may have been left of the unanswered request already, and is left
 *  once more of its repeat. */
function compareLeft(run: Run, client: Client, found: Figures): void {
  const left = client.pending?.left ?? 0
  if (client.writer.name !== 'ha') return
  const counted = found[NOT_ELECTED] ?? 0
  if (counted !== client.left && counted !== client.left + left) {
    violate(
      run,
      `${client.writer.name}: ${String(counted)} left to another replica, ` +
        `of ${String(client.left)} and an unanswered ${String(left)}`,
    )
  }
  client.left = counted
}

function show(figures: Figures, names: Figures): string {
  return Object.keys(names)
    .map((name) => `${name} ${String(figures[name] ?? 0)}`)
    .join(', ')
}

/** A counter that is scraped heals itself: in the end it is what the target counts. */
async function scrapedWhole(run: Run, server: LethalServer): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = (await readFigures(server.url))['scraped 2xx'] ?? 0
    if (found === run.target.count()) {
      run.scraped = found
      return
    }
    if (Date.now() > deadline) {
      const counted = `found ${String(found)} of ${String(run.target.count())}`
      violate(run, `scraped: ${counted}`)
      return
    }
    await delay(200)
  }
}

/** Sends a request. False without an answer. */
async function send(
  run: Run,
  client: Client,
  url: string,
  { path, headers, body }: WriteRequest,
): Promise<boolean> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${OPERATOR_KEY}` },
      body,
    })
    const answer = await response.text()
    if (response.ok) return true
    violate(run, `${client.writer.name} was answered ${String(response.status)} ${answer}`)
    return false
  } catch {
    return false
  }
}

interface LethalServer {
  readonly url: string
  readonly child: ChildProcess
}

async function start(run: Run, env: Readonly<Record<string, string>>): Promise<LethalServer> {
  const scrapeConfig = join(run.dataDirectory, 'scrape.yaml')
  writeFileSync(scrapeConfig, run.target.config)
  keep(run)
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'crash-server.ts')], {
    env: {
      ...process.env,
      TENANTRY_DATA: join(run.dataDirectory, 'data'),
      TENANTRY_PORT: '0',
      TENANTRY_LOG_LEVEL: 'error',
      TENANTRY_BOOTSTRAP_KEY: OPERATOR_KEY,
      TENANTRY_CHECKPOINT_SECONDS: '1',
      TENANTRY_SCRAPE_CONFIG: scrapeConfig,
      TENANTRY_HA_FAILOVER_SECONDS: HA_FAILOVER_SECONDS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  run.children.add(child)
  child.once('exit', () => run.children.delete(child))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const deadline = Date.now() + 120_000
  for (;;) {
    const match = /listens on (http:\/\/\S+)/.exec(output)
    if (match?.[1] !== undefined) return { url: match[1], child }
    if (child.exitCode !== null) throw new Error(`no start, exit ${child.exitCode}: ${output}`)
    if (Date.now() > deadline) throw new Error(`no start within two minutes: ${output}`)
    // Killed at a step before it listened: the next start finds what that left.
    if (child.signalCode !== null) return start(run, {})
    await delay(5)
  }
}

/** Keeps the data directory as the next life finds it, until something did not hold. */
function keep({ dataDirectory, keepIn, violations }: Run): void {
  const data = join(dataDirectory, 'data')
  if (keepIn === undefined || violations.length > 0 || !existsSync(data)) return
  const before = join(dataDirectory, 'before')
  rmSync(before, { recursive: true, force: true })
  cpSync(data, before, { recursive: true })
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

async function createTenants(url: string): Promise<void> {
  for (const tenantId of [...TENANTS, 'scraped']) {
    const response = await fetch(`${url}/api/v1/tenants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_KEY}` },
      body: JSON.stringify({
        tenantId,
        name: tenantId,
        tier: 'enterprise',
        region: 'eu',
        isolation: 'shared',
      }),
    })
    if (response.status !== 201) throw new Error(await response.text())
  }
}
