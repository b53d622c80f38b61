/** Recovery time through the whole program: a tenant is let down for hours, its clock raises more and
 *  more urgent alerts, and the budget is charged when the time is up; over a step of the wall clock
 *  and a restart. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openApp, type App } from '../src/app.ts'
import { tenantId } from '../src/core/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/core/time.ts'
import { readTenantConfig } from '../src/domain/tenants/registry/tenant-config.ts'
import { systemDisk } from '../src/machinery/runtime/disk.ts'
import { memoryCounters } from '../src/machinery/runtime/memory-counters.ts'
import { readSettings } from '../src/machinery/runtime/settings.ts'
import { openSimClock, type SimClock } from '../src/machinery/runtime/sim-clock.ts'
import { openBulkInline } from '../src/machinery/storage/bulk-writer.ts'
import { otlp } from './domain/metrics/writing.ts'
import { silentLog } from './fixtures/silent-log.ts'

const START_MS = Date.UTC(2026, 0, 5)
const ACME = tenantId('acme')

let directory: string
let app: App
let clock: SimClock
const served = new Map<string, number>()

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-recovery-'))
  served.clear()
})
afterEach(async () => {
  await app.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function open(atMs: number): Promise<void> {
  clock = openSimClock(atMs)
  app = await openApp(readSettings({ dataDirectory: join(directory, 'data'), port: 0 }, {}), {
    clock,
    disk: systemDisk(),
    outbound: { send: () => Promise.reject(new Error('there is no network')) },
    telemetry: {
      ...memoryCounters(),
      exposition: () => Promise.resolve(''),
      close: () => Promise.resolve(),
    },
    log: silentLog(),
    openBulk: (path) => openBulkInline({ directory: path }),
    kind: 'serve',
  })
}

/** Serves by the minute: a thousand requests, all well or half of them failed. */
async function serve(spanMs: number, isDown: boolean): Promise<void> {
  for (let passedMs = 0; passedMs < spanMs; passedMs += MINUTE_MS) {
    await clock.advance(MINUTE_MS)
    for (const [code, count] of [
      ['200', isDown ? 500 : 1_000],
      ['500', isDown ? 500 : 0],
    ] as const) {
      served.set(code, (served.get(code) ?? 0) + count)
    }
    const points = [...served].map(([code, count]) => ({
      startMs: START_MS - DAY_MS,
      atMs: clock.nowMs(),
      count,
      sum: count / 10,
      buckets: [count, 0],
      bounds: [0.2],
      attributes: { 'tenant.id': 'acme', 'http.response.status_code': code },
    }))
    const name = 'http.server.request.duration'
    app.ingest.offer(Buffer.from(otlp({}, [{ name, unit: 's', kind: 'histogram', points }])), 'x')
    await app.tick()
  }
}

const recovery = () => app.slo.status(ACME).find(({ sloId }) => sloId === 'recovery')!
const elapsedMinutes = (): number => Math.round((recovery().clocks[0]?.elapsedSeconds ?? 0) / 60)
const clockAlert = () => app.incidents.firing(ACME).find(({ key }) => key === 'recovery/clock')

it('warns at 50, 75 and 90 % of four hours, charges when they are over, and ends with the impact', async () => {
  await open(START_MS)
  const read = readTenantConfig({
    tenantId: 'acme',
    name: 'Acme',
    tier: 'enterprise',
    region: 'eu-central-1',
    isolation: 'shared',
  })
  if (!read.ok) throw new Error('the configuration is right')
  app.applyTenants([read.config])
  await serve(90 * MINUTE_MS, false)
  expect(recovery()).toMatchObject({ state: 'no-traffic', budgetLeftRatio: 1, clocks: [] })

  while (app.incidents.firing(ACME).length === 0) await serve(MINUTE_MS, true)
  const [impact] = app.incidents.impacts({ limit: 9 }, clock.nowMs()).items
  const { impactId, openedAtMs } = impact!
  await serve(60 * MINUTE_MS, true)
  expect(elapsedMinutes()).toBe(60)
  clock.step(-2 * MINUTE_MS)
  await serve(30 * MINUTE_MS, true)
  expect(elapsedMinutes()).toBe(90)
  expect(clockAlert()).toBeUndefined()

  const nowMs = clock.nowMs()
  await app.stop()
  await open(nowMs + 20 * MINUTE_MS)
  await serve(MINUTE_MS, true)
  // Rows are written once a minute, so at most that is not known.
  const restored = elapsedMinutes()
  expect([110, 111]).toContain(restored)

  const said: string[] = []
  for (let minute = restored; minute < 5 * 60; minute += 1) {
    await serve(MINUTE_MS, true)
    const alert = clockAlert()
    const told = alert === undefined ? 'none' : `${alert.action} ${alert.labels['speed']}`
    if (said.at(-1)?.endsWith(told) !== true) said.push(`${elapsedMinutes()} ${told}`)
    const isOver = recovery().clocks[0]!.elapsedSeconds >= 4 * 3_600
    expect(recovery().bad, String(elapsedMinutes())).toBe(Number(isOver))
  }
  expect(said.slice(-3)).toEqual(['120 report slow', '180 ticket medium', '216 page fast'])
  expect(recovery()).toMatchObject({ state: 'ok', bad: 1, total: 1, budgetLeftRatio: -19 })
  expect(app.slo.rollUps().find(({ tier }) => tier === 'enterprise')).toMatchObject({ bad: 1 })

  await serve(2 * HOUR_MS, false)
  expect(clockAlert()).toBeUndefined()
  expect(recovery()).toMatchObject({ bad: 1, total: 1, clocks: [] })
  expect(app.incidents.impacts({ limit: 9 }, clock.nowMs()).items).toMatchObject([
    { impactId, openedAtMs, outcome: 'late' },
  ])
  const clocks = app.incidents
    .list({ limit: 100 })
    .items.filter(({ key }) => key === 'recovery/clock')
  expect(clocks).toHaveLength(1)
  const timeline = app.incidents.timeline(clocks[0]!.alertId)
  expect(timeline.map(({ kind, action }) => [kind, action])).toEqual([
    ['fired', 'report'],
    ['urgency-raised', 'ticket'],
    ['urgency-raised', 'page'],
    ['resolved', 'page'],
  ])
})
