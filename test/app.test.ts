/** The whole program over a real data directory, in one thread, under a simulated clock. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openApp, type App } from '../src/app.ts'
import type { AppParts } from '../src/app-parts.ts'
import { tenantId } from '../src/core/ids.ts'
import type { Disk } from '../src/core/ports.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/core/time.ts'
import { SLO_STATES } from '../src/domain/slo/slo.ts'
import {
  readTenantConfig,
  type TenantConfig,
} from '../src/domain/tenants/registry/tenant-config.ts'
import { systemDisk } from '../src/machinery/runtime/disk.ts'
import { memoryCounters } from '../src/machinery/runtime/memory-counters.ts'
import { readSettings } from '../src/machinery/runtime/settings.ts'
import { openSimClock, type SimClock } from '../src/machinery/runtime/sim-clock.ts'
import { openBulkInline } from '../src/machinery/storage/bulk-writer.ts'
import { otlp } from './domain/metrics/writing.ts'
import { silentLog } from './fixtures/silent-log.ts'

const START_MS = Date.UTC(2026, 0, 5)
const ACME = tenantId('acme')

let root: string
let directory: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantry-app-'))
  directory = join(root, 'data')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

interface World {
  readonly app: App
  readonly clock: SimClock
  readonly counters: ReturnType<typeof memoryCounters>
}

async function open(
  overrides: Partial<AppParts> & { readonly directory?: string } = {},
): Promise<World> {
  const clock = openSimClock(START_MS)
  const counters = memoryCounters()
  const app = await openApp(
    readSettings({ dataDirectory: overrides.directory ?? directory, port: 0 }, {}),
    {
      clock,
      disk: systemDisk(),
      outbound: { send: () => Promise.reject(new Error('there is no network')) },
      telemetry: {
        ...counters,
        exposition: () => Promise.resolve(''),
        close: () => Promise.resolve(),
      },
      log: silentLog(),
      openBulk: (path) => openBulkInline({ directory: path }),
      kind: 'serve',
      ...overrides,
    },
  )
  return { app, clock, counters }
}

function acme(): TenantConfig {
  const read = readTenantConfig({
    tenantId: 'acme',
    name: 'Acme',
    tier: 'enterprise',
    region: 'eu-central-1',
    isolation: 'shared',
  })
  if (!read.ok) throw new Error('the configuration is right')
  return read.config
}

let served = 0

/** A report of the platform: so many more requests of acme, all good. */
function report({ app, clock }: World, requests: number): void {
  served += requests
  const point = {
    startMs: START_MS - DAY_MS,
    atMs: clock.nowMs(),
    count: served,
    sum: served / 10,
    buckets: [served, 0],
    bounds: [0.2],
    attributes: { 'tenant.id': 'acme', 'http.response.status_code': '200' },
  }
  const name = 'http.server.request.duration'
  const message = otlp({}, [{ name, unit: 's', kind: 'histogram', points: [point] }])
  app.ingest.offer(Buffer.from(message), 'test')
}

async function serve(world: World, spanMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < spanMs; passedMs += 15 * SECOND_MS) {
    report(world, 300)
    await world.clock.advance(15 * SECOND_MS)
  }
}

const accounts = ({ app }: World) => app.metrics.stats().accounts

describe('an app', () => {
  it('goes on after a stop as if nothing had been', async () => {
    const first = await open()
    first.app.applyTenants([acme()])
    await first.app.start()
    await serve(first, 5 * MINUTE_MS)
    const { app } = first
    const before = { accounts: accounts(first), totals: app.metrics.totals(ACME) }
    expect(before.accounts['received']).toBeGreaterThan(0)
    expect(before.totals.requests['2xx']).toBeGreaterThan(0)
    await app.stop()

    const second = await open()
    expect(accounts(second)).toEqual(before.accounts)
    expect(second.app.metrics.totals(ACME)).toEqual(before.totals)
    expect(second.app.tenants.get(ACME)).toBeDefined()
    await second.app.stop()
  })

  it('comes to the same counts from checkpoint and log as from neither stop nor end', async () => {
    const first = await open()
    first.app.applyTenants([acme()])
    await first.app.start()
    await serve(first, 2 * MINUTE_MS)
    await first.app.checkpoint()
    await serve(first, MINUTE_MS)
    const killed = join(root, 'killed')
    cpSync(directory, killed, { recursive: true, filter: (path) => !path.endsWith('.lock') })
    await first.app.tick()

    const second = await open({ directory: killed })
    expect(accounts(second)).toEqual(accounts(first))
    expect(second.app.metrics.totals(ACME)).toEqual(first.app.metrics.totals(ACME))
    await second.app.stop()
    await first.app.stop()
  })

  it('tells commands where it is while it runs, and only then', async () => {
    const { app } = await open()
    const path = join(directory, 'server.json')
    await app.start()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      url: app.url(),
      pid: process.pid,
    })
    expect((await fetch(`${app.url()}/metrics`)).status).toBe(401)
    await app.stop()
    expect(existsSync(path)).toBe(false)
  })

  it('tells what time it is here, how old its last evaluation is, and how much room it has', async () => {
    const { app, clock, counters } = await open()
    await app.tick()
    await clock.advance(30_000)
    expect(counters.read('tenantry_time_seconds')).toBe((START_MS + 30_000) / 1_000)
    expect(counters.read('tenantry_tick_age_seconds')).toBe(30)
    await app.tick()
    expect(counters.read('tenantry_tick_age_seconds')).toBe(0)
    const free = counters.read('tenantry_disk_free_bytes')
    expect(free).toBeGreaterThan(0)
    expect(counters.read('tenantry_disk_size_bytes')).toBeGreaterThanOrEqual(free)
    await app.stop()
  })

  it('stops without having been started, and writes what it has', async () => {
    const first = await open()
    report(first, 10)
    await first.app.stop()
    const second = await open()
    expect(accounts(second)['received']).toBe(accounts(first)['received'])
    await second.app.stop()
  })

  it('has its directory to itself', async () => {
    const { app } = await open()
    await expect(open()).rejects.toMatchObject({ code: 'DATA_LOCKED' })
    await expect(open({ kind: 'demo' })).rejects.toMatchObject({ code: 'DATA_LOCKED' })
    await app.stop()
    await expect(open({ kind: 'demo' })).rejects.toMatchObject({ code: 'DATA_OTHER_KIND' })
    const again = await open()
    await again.app.stop()
  })

  it('closes everything even when the disk refuses the last sync', async () => {
    let isBroken = false
    const whole = systemDisk()
    const disk: Disk = {
      ...whole,
      openAppend(path) {
        const file = whole.openAppend(path)
        return {
          ...file,
          sync: () => (isBroken ? Promise.reject(new Error('EIO')) : file.sync()),
        }
      },
    }
    const first = await open({ disk })
    await first.app.start()
    report(first, 10)
    isBroken = true
    await expect(first.app.stop()).rejects.toMatchObject({ code: 'LOG_SYNC' })

    const second = await open()
    expect(accounts(second)['received']).toBe(accounts(first)['received'])
    await second.app.stop()
  })
})

describe('an app that cannot be opened', () => {
  /** Opens it in vain, and tells why and what stayed open. */
  async function refused(): Promise<{ code: string; hint: string; bulkOpen: boolean }> {
    let bulkOpen = false
    const openBulk = (path: string) => {
      const bulk = openBulkInline({ directory: path })
      bulkOpen = true
      return {
        ...bulk,
        close() {
          bulkOpen = false
          return bulk.close()
        },
      }
    }
    const error = await open({ openBulk }).then(
      () => undefined,
      (cause: { code: string; hint: string }) => cause,
    )
    return { code: error?.code ?? 'opened', hint: error?.hint ?? '', bulkOpen }
  }

  async function fill(): Promise<void> {
    const world = await open()
    for (let sent = 0; sent < 3; sent += 1) report(world, 10)
    await world.app.stop()
  }

  const segment = () => join(directory, 'log', readdirSync(join(directory, 'log'))[0]!)

  it.each<[string, string, () => void]>([
    ['a damaged log', 'LOG_DAMAGED', () => overwrite(segment(), 100)],
    ['a log that is none', 'LOG_OPEN', () => replaceByFile('log')],
    ['a bulk file that is none', 'DATABASE_OPEN', () => overwrite(bulkFile(), 0)],
    ['a control file that is none', 'DATABASE_OPEN', () => overwrite(controlFile(), 0)],
    ['an empty control file', 'CONTROL_LOST', () => writeFileSync(controlFile(), '')],
    ['no control file', 'CONTROL_LOST', () => rmSync(controlFile())],
  ])('says so of %s and leaves nothing open', async (_what, code, harm) => {
    await fill()
    const kept = join(root, 'kept')
    cpSync(directory, kept, { recursive: true })
    harm()
    expect(await refused()).toEqual({ code, hint: expect.stringMatching(/\w/), bulkOpen: false })

    rmSync(directory, { recursive: true })
    cpSync(kept, directory, { recursive: true })
    const { app } = await open()
    await app.stop()
  })

  it('says so of a directory that is a file', async () => {
    writeFileSync(directory, '')
    expect(await refused()).toMatchObject({ code: 'DATA_DIRECTORY' })
    directory = join(directory, 'below')
    expect(await refused()).toMatchObject({ code: 'DATA_DIRECTORY' })
  })

  const bulkFile = () => join(directory, 'bulk/shared.db')
  const controlFile = () => join(directory, 'control.db')

  function replaceByFile(name: string): void {
    rmSync(join(directory, name), { recursive: true })
    writeFileSync(join(directory, name), '')
  }

  function overwrite(path: string, offset: number): void {
    const bytes = readFileSync(path)
    bytes.fill(0x5a, offset, offset + 64)
    mkdirSync(directory, { recursive: true })
    writeFileSync(path, bytes)
  }
})

describe('a wall clock that jumps', () => {
  it.each([
    ['an hour back', -HOUR_MS],
    ['a day ahead', DAY_MS],
  ])('%s raises no page and stops nothing', async (_what, jumpMs) => {
    const world = await open()
    const { app, clock, counters } = world
    app.applyTenants([acme()])
    await app.start()
    await serve(world, 10 * MINUTE_MS)
    clock.step(jumpMs)
    await serve(world, 10 * MINUTE_MS)
    clock.step(-jumpMs)
    await serve(world, 10 * MINUTE_MS)

    expect(counters.read('tenantry_tick_failures_total')).toBe(0)
    expect(counters.read('tenantry_checkpoint_failures_total')).toBe(0)
    expect(app.incidents.firing()).toEqual([])
    expect(app.slo.conditions().filter((condition) => condition.holds)).toEqual([])
    const statuses = app.slo.status(ACME).filter(({ counted }) => counted === null)
    expect(statuses.length).toBeGreaterThan(0)
    for (const status of statuses) {
      expect(SLO_STATES).toContain(status.state)
      expect(status.bad).toBe(0)
      expect(status.good).toBe(status.total)
      expect(status.total).toBeGreaterThan(0)
    }
    // Times that the clock was wrong about make nothing that comes later out of order.
    const { received, attributed, unattributed, duplicate, discarded } = accounts(world)
    expect(discarded).toBe(0)
    expect(received).toBe(attributed! + unattributed! + duplicate! + discarded!)
    await app.stop()

    const again = await open()
    await again.app.tick()
    expect(accounts(again)['received']).toBe(received)
    await again.app.stop()
  })
})
