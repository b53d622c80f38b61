/** The whole line under a simulated clock, in one thread: samples in, an alert and its delivery out, and back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAlertIntake } from '../src/alert-intake.ts'
import { sloId, tenantId, type TenantId } from '../src/core/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../src/core/time.ts'
import { openAccess } from '../src/domain/access/access.ts'
import { openForeignAlerts, openIncidents, readPosting } from '../src/domain/incidents/incidents.ts'
import { openMetrics } from '../src/domain/metrics/metrics.ts'
import { logChannel } from '../src/domain/routing/channels/log.ts'
import { openRouting } from '../src/domain/routing/routing.ts'
import { openBudgetPolicies, openSlo, openSloBook } from '../src/domain/slo/slo.ts'
import { memoryCounters } from '../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../src/machinery/runtime/sim-clock.ts'
import { openBulkInline } from '../src/machinery/storage/bulk-writer.ts'
import { openDatabase } from '../src/machinery/storage/database.ts'
import { readWriteRequest } from '../src/machinery/wire/remote-write.ts'
import { raise, tick, type Stages } from '../src/pipeline.ts'
import { remoteWrite } from './domain/metrics/writing.ts'
import { silentLog } from './fixtures/silent-log.ts'

const ACME = tenantId('acme')
const START_MS = Date.UTC(2026, 0, 5)
const STEP_MS = 15 * SECOND_MS

describe('the pipeline', () => {
  let line: ReturnType<typeof openLine>

  beforeEach(() => {
    line = openLine()
  })
  afterEach(() => line.close())

  it('turns a burst of errors into one page, delivered once, and its end into a resolve', async () => {
    await line.serve({ minutes: 90, errorShare: 0 })
    expect(line.firing()).toEqual([])

    await line.serve({ minutes: 20, errorShare: 0.5 })
    const firing = line.firing()
    expect(firing.filter((alert) => alert.action === 'page')).toHaveLength(1)
    expect(firing.map(({ key }) => key)).toEqual(['requests-fail/page'])

    await line.serve({ minutes: 240, errorShare: 0 })
    expect(line.firing().filter((alert) => alert.action === 'page')).toEqual([])
    const alerts = line.incidents.list({ limit: 100 }).items
    expect(alerts.filter((alert) => alert.action === 'page')).toMatchObject([
      { key: 'requests-fail/page', state: 'resolved', flaps: 0 },
    ])
    const deliveries = line.routing.deliveries({ limit: 100 }).items
    expect(deliveries.length).toBeGreaterThanOrEqual(2)
    expect(deliveries.map((delivery) => delivery.state)).toEqual(deliveries.map(() => 'sent'))
  })

  it('counts every event once', async () => {
    await line.serve({ minutes: 30, errorShare: 0.25 })
    const status = line.slo.status(ACME).find((item) => item.sloId === sloId('error-rate'))
    expect(status?.total).toBe(line.sent().total - line.unsettled())
    expect(status?.bad).toBe(status!.total / 4)
  })

  it('raises what somebody else decides, in place of what is worked out here', async () => {
    await line.serve({ minutes: 90, errorShare: 0 })
    await line.serve({ minutes: 20, errorShare: 0.5 })
    const seen: string[][] = []
    const decide: Stages['decide'] = (conditions, firing, nowMs) => {
      seen.push(conditions.map(({ key }) => key))
      return firing.map((alert) => ({ ...alert, holds: false, summary: 'it is over', atMs: nowMs }))
    }
    await tick({ ...line, decide })
    expect(seen[0]).toContain('requests-fail/page')
    expect(line.firing()).toEqual([])
  })

  it('ends an alert whose source fell silent, and tells that it did', async () => {
    await line.tellOf({ alertname: 'Disk', tenant: 'acme', severity: 'critical' })
    expect(line.firing()).toMatchObject([{ source: 'foreign', action: 'page' }])
    await line.serve({ minutes: 6, errorShare: 0 })
    expect(line.firing()).toMatchObject([{ labels: { source_state: 'silent' } }])
    await line.serve({ minutes: 16, errorShare: 0 })
    expect(line.firing()).toEqual([])
    const deliveries = line.routing.deliveries({ limit: 100 }).items
    expect(deliveries.map(({ event, state }) => [event, state]).toReversed()).toEqual([
      ['triggered', 'sent'],
      ['resolved', 'sent'],
    ])
  })

  it('rolls a raise back whole when a part of it fails', () => {
    const condition = {
      source: 'slo',
      tenantId: ACME,
      key: 'requests-fail/page',
      holds: true,
      action: 'page',
      summary: 'acme burns',
      numbers: {},
      labels: {},
      atMs: START_MS,
    } as const
    const failing = {
      ...line,
      routing: {
        ...line.routing,
        enqueue: () => {
          throw new Error('disk full')
        },
      },
    }
    expect(() => raise(failing, [condition], START_MS).next()).toThrow('disk full')
    expect(line.firing()).toEqual([])
    for (const _ of raise(line, [condition], START_MS)) continue
    expect(line.firing()).toHaveLength(1)
  })
})

function openLine() {
  const clock = openSimClock(START_MS)
  const counters = memoryCounters()
  const log = silentLog()
  const bulk = openBulkInline({ directory: ':memory:' })
  const control = openDatabase({ path: ':memory:', kind: 'control' })
  const tenants = {
    active: () => [{ tenantId: ACME, tier: 'enterprise' as const, name: 'Acme' }],
    generation: () => 1,
  }
  const resolver = {
    resolve: (observed: string): TenantId | undefined => (observed === 'acme' ? ACME : undefined),
    generation: () => 1,
  }
  const metrics = openMetrics({ resolver, bulk, counters, log })
  const slo = openSlo({ bulk, tenants, log, counters })
  const access = openAccess({ db: control, log })
  const book = openSloBook({ db: control, access })
  const policies = openBudgetPolicies({ db: control, access, book, slo, tenants, counters })
  const incidents = openIncidents({ db: control, access, clock })
  const outbound = { send: () => Promise.reject(new Error('there is no network')) }
  const routing = openRouting({
    db: control,
    channels: [logChannel.open({})],
    tierOf: () => 'enterprise',
    clock,
    outbound,
    counters,
    log,
    seed: 1,
  })
  const foreign = openForeignAlerts({
    db: control,
    counters,
    resolve: resolver.resolve,
    claim: () => undefined,
    ownKey: () => null,
    replicaLabels: [],
    tierOf: () => 'starter',
  })
  const intake = openAlertIntake({
    control,
    foreign,
    incidents,
    routing,
    clock,
    pause: () => clock.sleep(0),
  })
  const stages: Stages = { clock, control, metrics, slo, policies, incidents, foreign, routing }
  const totals = { ok: 0, failed: 0 }
  const history: { atMs: number; total: number }[] = []

  const send = (): void => {
    const staged = metrics.stage({ boundTenant: null, namedTenant: null })
    const series = (code: string, value: number) => ({
      labels: {
        __name__: 'http_requests_total',
        code,
        instance: 'a',
        job: 'app',
        tenant_id: 'acme',
      },
      samples: [[clock.nowMs(), value]] as const,
    })
    readWriteRequest(remoteWrite([series('200', totals.ok), series('500', totals.failed)]), staged)
    staged.apply(clock.nowMs())
    history.push({ atMs: clock.nowMs(), total: totals.ok + totals.failed })
  }
  send()
  return {
    ...stages,
    async serve({ minutes, errorShare }: { minutes: number; errorShare: number }): Promise<void> {
      const perStep = 400
      for (let elapsedMs = 0; elapsedMs < minutes * MINUTE_MS; elapsedMs += STEP_MS) {
        await clock.advance(STEP_MS)
        totals.failed += perStep * errorShare
        totals.ok += perStep * (1 - errorShare)
        send()
        await tick(stages)
        await routing.deliverDue(clock.nowMs())
      }
    },
    sent: () => ({ total: totals.ok + totals.failed }),
    /** Events after the last bucket that the engine took as complete. */
    unsettled(): number {
      const settledToMs = slo.status(ACME)[0]!.settledToMs
      const settled = history.findLast((entry) => entry.atMs <= settledToMs)
      return totals.ok + totals.failed - (settled?.total ?? 0)
    },
    firing: () => incidents.firing(),
    tellOf: (labels: Record<string, string>) =>
      intake.take(readPosting([{ labels }], clock.nowMs()), null),
    close: () => control.close(),
  }
}
