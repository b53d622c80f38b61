/**
 * `tenantry demo`: the server with a sample platform beside it. The first start writes 30 days of
 * history through the same pipeline, under a simulated clock and with a network that leads nowhere;
 * a later start fills only the gap. Then the clock is the machine's, and real traffic comes over
 * HTTP.
 */
import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, openSystemApp, type App } from './app.ts'
import type { AppParts } from './app-parts.ts'
import { openClosing } from './closing.ts'
import { TenantryError } from './core/errors.ts'
import type { Outbound } from './core/ports.ts'
import { DAY_MS, floorToStep, HOUR_MS, MINUTE_MS, SECOND_MS, type TimeRange } from './core/time.ts'
import { demoTenants, openDemo } from './edges/demo/demo.ts'
import { historyEnd, historySteps } from './edges/demo/history.ts'
import { probeAddress } from './edges/http/server.ts'
import { systemClock } from './machinery/runtime/clock.ts'
import { systemDisk } from './machinery/runtime/disk.ts'
import { RUNTIME_ERRORS } from './machinery/runtime/errors.ts'
import { openLogger } from './machinery/runtime/logger.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import { openSimClock, type SimClock } from './machinery/runtime/sim-clock.ts'
import { openTelemetry } from './machinery/runtime/telemetry.ts'
import { openBulkInline } from './machinery/storage/bulk-writer.ts'

const HISTORY_DAYS = 30
const STEP_MS = MINUTE_MS
/** What the long history leaves over is written in these, so that live traffic follows at once. */
const LAST_STEP_MS = 10 * SECOND_MS
/** A gap shorter than this is left to the live traffic. */
const SMALLEST_GAP_MS = 2 * LAST_STEP_MS
/** Shorter gaps are filled without a word. */
const SAID_GAP_MS = 3 * MINUTE_MS
const STEPS_PER_CHECKPOINT = 2_880
const STEPS_PER_PROGRESS = 4_320
const SEED = 7
const LOG_FILE = 'demo.log'
const HISTORY_KEY = 'demo-history'

export interface RunningDemo {
  stop(): Promise<void>
}

/** Runs the demo until stopped. `say` prints a line for the person who started it. */
export async function runDemo(
  settings: Settings,
  say: (line: string) => void,
): Promise<RunningDemo> {
  await probeAddress(settings.host, settings.port)
  // A long history takes so long that another, short one is missing behind it
  let isWritten = false
  while (await writeHistory(settings, say, isWritten)) isWritten = true
  const log = openLogger({ level: settings.logLevel, destination: logFile(settings) })
  const app = await openSystemApp(settings, { kind: 'demo', log })
  const closing = openClosing()
  closing.add(() => app.stop())
  try {
    await app.start()
    const demo = openDemo({
      baseUrl: app.url(),
      collectorKey: app.access.localKey(app.clock.nowMs()),
      clock: app.clock,
      log,
      seed: SEED,
    })
    closing.add(() => demo.stop())
    await demo.start()
    greet(app, { settings, platformPort: demo.platformPort() }, say)
    return { stop: () => closing.close() }
  } catch (error) {
    await closing.close()
    throw error
  }
}

/**
 * Brings the demo's data up to now: the whole history at first, later what is missing since the
 * last sample, and then ends its levels. Returns whether anything was missing.
 */
async function writeHistory(
  settings: Settings,
  say: (line: string) => void,
  isWritten: boolean,
): Promise<boolean> {
  const toMs = floorToStep(systemClock().nowMs(), LAST_STEP_MS)
  const clock = openSimClock(toMs - HISTORY_DAYS * DAY_MS)
  const app = await openApp(settings, historyParts(clock))
  try {
    app.applyTenants(demoTenants)
    const fromMs = historyStart(app, floorToStep(clock.nowMs(), STEP_MS))
    if (toMs - fromMs < SMALLEST_GAP_MS) {
      if (isWritten) await endLevels(app, clock, fromMs)
      return false
    }
    clock.step(fromMs - clock.nowMs())
    await writeSteps(app, clock, { fromMs, toMs }, say)
    return true
  } finally {
    await app.stop()
  }
}

/** What the history was at last is not added to what the live platform is. */
async function endLevels(app: App, clock: SimClock, atMs: number): Promise<void> {
  clock.step(atMs - clock.nowMs())
  app.ingest.offer(Buffer.from(historyEnd(atMs)), HISTORY_KEY)
  await app.tick()
}

async function writeSteps(
  app: App,
  clock: SimClock,
  { fromMs, toMs }: TimeRange,
  say: (line: string) => void,
): Promise<void> {
  const isLong = toMs - fromMs > HOUR_MS
  const stepMs = isLong ? STEP_MS : LAST_STEP_MS
  const steps = Math.floor((toMs - fromMs) / stepMs)
  if (toMs - fromMs > SAID_GAP_MS)
    say(
      `Writing ${describeSpan(toMs - fromMs)} of history for ${String(demoTenants.length)} tenants …`,
    )
  let done = 0
  for (const { atMs, body } of historySteps({ fromMs, toMs, stepMs, seed: SEED })) {
    await clock.advance(atMs - clock.nowMs())
    app.ingest.offer(Buffer.from(body.buffer, body.byteOffset, body.byteLength), HISTORY_KEY)
    await app.tick()
    await app.routing.deliverDue(clock.nowMs())
    done += 1
    if (done % STEPS_PER_CHECKPOINT === 0) await app.checkpoint()
    if (done % STEPS_PER_PROGRESS === 0) say(`  ${String(Math.floor((done / steps) * 100))} %`)
  }
  if (isLong) makeReviews(app, toMs)
}

/** What the schedule would have made in the past. */
function makeReviews(app: App, nowMs: number): void {
  for (const span of ['week', 'month'] as const) {
    const making = app.reports.makeDueReviews({ span, zone: app.reviewZone }, nowMs)
    while (making.next().done !== true);
  }
}

/** The last moment that some tenant was heard of, or the whole span ago. */
function historyStart(app: App, earliestMs: number): number {
  const heard = demoTenants.map(({ tenantId }) => app.metrics.lastSampleAtMs(tenantId) ?? 0)
  return Math.max(earliestMs, Math.ceil(Math.max(...heard) / LAST_STEP_MS) * LAST_STEP_MS)
}

/** What happened in the past is in the alerts' history; it is not said again on the terminal. */
function historyParts(clock: AppParts['clock']): AppParts {
  const log = openLogger({ level: 'silent' })
  return {
    clock,
    log,
    disk: systemDisk(),
    outbound: nowhere,
    telemetry: openTelemetry({ log }),
    openBulk: (directory) => openBulkInline({ directory }),
    kind: 'demo',
  }
}

/**
 * The demo's terminal is for people: its log, alerts included, goes to a file, anew with every
 * start.
 */
function logFile(settings: Settings): { write(line: string): void } {
  const file = openSync(join(settings.dataDirectory, LOG_FILE), 'w')
  return { write: (line) => void writeSync(file, line) }
}

/** The network of a simulated past. */
const nowhere: Outbound = {
  send: () =>
    Promise.reject(
      new TenantryError(RUNTIME_ERRORS.outboundUnreachable, 'sending from a simulated past'),
    ),
}

function describeSpan(spanMs: number): string {
  const days = spanMs / DAY_MS
  if (days >= 1) return `${String(Math.round(days))} days`
  return `${String(Math.round(spanMs / MINUTE_MS))} minutes`
}

function greet(
  app: App,
  { settings, platformPort }: { settings: Settings; platformPort: number | null },
  say: (line: string) => void,
): void {
  say('')
  say(`Tenantry listens on ${app.url()}`)
  say(
    `Sign in:            ${app.url()}/sign-in?token=${app.access.createSignInLink(app.clock.nowMs())}`,
  )
  say(
    `                    (once, within 15 minutes; another: npx tenantry sign-in --data ${settings.dataDirectory})`,
  )
  // For load tests.
  if (platformPort !== null) {
    say(`Sample platform:    http://127.0.0.1:${String(platformPort)} (POST /complete)`)
  }
  say(`Its log:            ${join(settings.dataDirectory, LOG_FILE)}`)
  say('Ctrl-C ends it; a second start goes on from there.')
}
