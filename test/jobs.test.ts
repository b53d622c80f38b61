import { describe, expect, it } from 'vitest'
import type { Access, AuditVerdict } from '../src/domain/access/access.ts'
import type { ForeignAlerts, Incidents } from '../src/domain/incidents/incidents.ts'
import type { Metrics } from '../src/domain/metrics/metrics.ts'
import type { Reports } from '../src/domain/reports/reports.ts'
import type { Routing } from '../src/domain/routing/routing.ts'
import type { BudgetPolicies } from '../src/domain/slo/slo.ts'
import type { Tenants } from '../src/domain/tenants/tenants.ts'
import type { RuleDesk } from '../src/edges/engines/rules/rule-desk.ts'
import { jobRows } from '../src/jobs.ts'
import { openSimClock } from '../src/machinery/runtime/sim-clock.ts'

const HOLDS: AuditVerdict = { ok: true, entries: 3, chains: 1, head: 'h' }
const BROKEN: AuditVerdict = { ok: false, brokenAt: 2, chain: null, reason: 'entry 2 is missing' }

/** The check of the audit log that takes three steps, each told to `steps`. */
function verifying(verdict: AuditVerdict) {
  const clock = openSimClock(0)
  const steps: string[] = []
  const verification = function* (): Generator<void, AuditVerdict> {
    for (const step of ['1', '2', '3']) {
      steps.push(step)
      yield
    }
    return verdict
  }
  const [row] = jobRows({
    access: { audit: { verification } } as unknown as Access,
    metrics: {} as Metrics,
    policies: {} as BudgetPolicies,
    incidents: {} as Incidents,
    foreign: {} as ForeignAlerts,
    reports: {} as Reports,
    reviewZone: 'UTC',
    routing: {} as Routing,
    tenants: {} as Tenants,
    engines: { list: () => [] },
    engineRules: {} as RuleDesk,
    offboards: { follow: () => Promise.resolve([]) },
    clock,
    checkpoint: () => Promise.resolve(),
  })
  return { clock, steps, run: () => row!.run(0, { dueAtMs: 0 }) }
}

describe('the job that checks the audit log', () => {
  it('gives other work a turn between its steps', async () => {
    const { clock, steps, run } = verifying(HOLDS)
    const outcome = run()
    clock.after(0, () => steps.push('other work'))
    await clock.advance(0)
    expect(await outcome).toEqual({ ok: true })
    expect(steps).toEqual(['1', '2', 'other work', '3'])
  })

  it('fails with what is broken', async () => {
    const { clock, run } = verifying(BROKEN)
    const outcome = run()
    await clock.advance(0)
    expect(await outcome).toEqual({ ok: false, detail: 'entry 2 is missing' })
  })
})

describe('the job that deletes what is kept no longer', () => {
  it('brings days to disk before their hours go', async () => {
    const clock = openSimClock(0)
    const told: string[] = []
    const rows = jobRows({
      access: {} as Access,
      metrics: {
        *makeDays() {
          yield
          told.push('made')
          return 1
        },
        async *expire() {
          yield
          told.push('expired')
          return 1
        },
      },
      policies: {} as BudgetPolicies,
      incidents: {} as Incidents,
      foreign: {} as ForeignAlerts,
      reports: {} as Reports,
      reviewZone: 'UTC',
      routing: {} as Routing,
      tenants: {} as Tenants,
      engines: { list: () => [] },
      engineRules: {} as RuleDesk,
      offboards: { follow: () => Promise.resolve([]) },
      clock,
      checkpoint: async () => void told.push('checkpoint'),
    })
    const outcome = rows.find(({ name }) => name === 'expire-signals')!.run(0, { dueAtMs: 0 })
    for (let turn = 0; turn < 4; turn += 1) await clock.advance(0)
    await outcome
    expect(told).toEqual(['made', 'checkpoint', 'expired'])
  })
})
