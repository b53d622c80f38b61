/** What becomes of alerts that other systems tell of: of replicas, of sources that fall silent. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../../src/core/condition.ts'
import { groupId, tenantId, type TenantId } from '../../../../src/core/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../../src/core/time.ts'
import {
  openForeignAlerts,
  readPosting,
  type ForeignAlerts,
} from '../../../../src/domain/incidents/incidents.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { openDatabase } from '../../../../src/machinery/storage/database.ts'

const T0 = Date.UTC(2026, 5, 1, 12)
const ACME = tenantId('acme')
const TIERS = { acme: 'enterprise', blue: 'professional', cyan: 'starter' } as const

class Desk {
  readonly db = openDatabase({ path: ':memory:', kind: 'control' })
  readonly counters = memoryCounters()
  foreign = this.open()

  open(): ForeignAlerts {
    return openForeignAlerts({
      db: this.db,
      counters: this.counters,
      resolve: (observed) => (observed in TIERS ? (observed as TenantId) : undefined),
      claim: (label) => (label('namespace') === 'blue-prod' ? 'blue' : undefined),
      ownKey: ({ alertname }) => (alertname === 'Ours' ? 'requests-fail/page' : null),
      replicaLabels: ['replica'],
      tierOf: (tenant) => TIERS[tenant as keyof typeof TIERS],
    })
  }

  /** Tells of an alert that ends in so many milliseconds, or ended before. */
  tell(
    labels: Record<string, string>,
    nowMs: number,
    { endsInMs = 4 * MINUTE_MS, startedMs = 0, sender = null as TenantId | null } = {},
  ): Condition[] {
    const startsAt = new Date(nowMs - startedMs).toISOString()
    const endsAt = new Date(nowMs + endsInMs).toISOString()
    const told = readPosting([{ labels, startsAt, endsAt, annotations: {} }], nowMs)
    const { conditions, problems } = this.foreign.tell(told, sender, nowMs)
    this.problems = problems.map(({ message }) => message)
    return conditions
  }
  problems: string[] = []

  sweep(nowMs: number): Condition[] {
    return this.foreign.fallSilent(nowMs)
  }

  states(): string[] {
    return this.foreign.list({ before: null, limit: 100 }).map(({ state }) => state)
  }
}

const holds = (conditions: readonly Condition[]): boolean[] => conditions.map((each) => each.holds)

describe('whose an alert is', () => {
  it('follows the label, else the rules, else it is told to whoever looks after all', () => {
    const desk = new Desk()
    const of = (labels: Record<string, string>) => desk.tell(labels, T0)[0]!.tenantId
    expect(of({ alertname: 'A', tenant: 'acme' })).toBe('acme')
    expect(of({ alertname: 'A', tenant_id: 'cyan', tenant: 'acme' })).toBe('cyan')
    expect(of({ alertname: 'A', namespace: 'blue-prod' })).toBe('blue')
    expect(of({ alertname: 'A', tenant: 'nobody' })).toBe(groupId(null))
    expect(of({ alertname: 'A' })).toBe(groupId(null))
  })

  it('is that of the key, and another one is refused', () => {
    const desk = new Desk()
    expect(desk.tell({ alertname: 'A' }, T0, { sender: ACME })[0]!.tenantId).toBe(ACME)
    expect(desk.tell({ alertname: 'B', tenant: 'blue' }, T0, { sender: ACME })).toEqual([])
    expect(desk.problems).toEqual(['expected the tenant that the key is bound to, acme'])
    expect(desk.states()).toEqual(['firing'])
  })
})

describe('how urgent an alert is', () => {
  it.each([
    [{ severity: 'critical' }, 'page'],
    [{ severity: 'Page' }, 'page'],
    [{ priority: 'P1' }, 'page'],
    [{ severity: 'warning' }, 'ticket'],
    [{}, 'ticket'],
    [{ severity: 'info' }, 'report'],
    [{ severity: 'none' }, 'report'],
    [{ severity: 'critical', action: 'report' }, 'report'],
  ])('%j: %s', (labels, action) => {
    expect(new Desk().tell({ alertname: 'A', ...labels }, T0)[0]!.action).toBe(action)
  })
})

describe('an alert that is told of', () => {
  const labels = { alertname: 'Down', tenant: 'acme' }

  it('fires, goes on and ends, and a replica of the source tells of the same', () => {
    const desk = new Desk()
    const [first] = desk.tell({ ...labels, replica: 'a' }, T0)
    const [second] = desk.tell({ ...labels, replica: 'b' }, T0 + 1_000)
    expect(second!.key).toBe(first!.key)
    expect(desk.states()).toEqual(['firing'])
    expect(
      holds(
        desk.tell({ ...labels, replica: 'a' }, T0 + MINUTE_MS, {
          endsInMs: 0,
          startedMs: MINUTE_MS,
        }),
      ),
    ).toEqual([false])
    expect(desk.states()).toEqual(['resolved'])
  })

  it('has ended, although a replica that lags says that it fires', () => {
    const desk = new Desk()
    desk.tell(labels, T0)
    desk.tell(labels, T0 + MINUTE_MS, { endsInMs: 0, startedMs: MINUTE_MS })
    expect(desk.tell(labels, T0 + MINUTE_MS + 5_000, { startedMs: MINUTE_MS })).toEqual([])
    expect(desk.states()).toEqual(['resolved'])
    // It insists, so it is no lag.
    expect(holds(desk.tell(labels, T0 + 3 * MINUTE_MS, { startedMs: 3 * MINUTE_MS }))).toEqual([
      true,
    ])
  })

  it('fires anew at once where it began after the end', () => {
    const desk = new Desk()
    desk.tell(labels, T0)
    desk.tell(labels, T0 + MINUTE_MS, { endsInMs: 0, startedMs: MINUTE_MS })
    expect(holds(desk.tell(labels, T0 + MINUTE_MS + 1_000, { startedMs: 500 }))).toEqual([true])
  })

  it('is not ended by the end of an earlier time that it fired', () => {
    const desk = new Desk()
    desk.tell(labels, T0)
    expect(desk.tell(labels, T0 + 1_000, { endsInMs: -5_000, startedMs: 10_000 })).toEqual([])
    expect(desk.states()).toEqual(['firing'])
  })

  it('is no condition where it is one of our own record', () => {
    const desk = new Desk()
    expect(desk.tell({ alertname: 'Ours', tenant: 'acme' }, T0)).toEqual([])
    expect(desk.foreign.list({ before: null, limit: 1 })[0]!.ownKey).toBe('requests-fail/page')
    expect(desk.sweep(T0 + HOUR_MS)).toEqual([])
  })
})

describe('a source that falls silent', () => {
  it.each([
    ['acme', null],
    ['blue', HOUR_MS],
    ['cyan', 15 * MINUTE_MS],
  ])('leaves an alert of %s as its tier has it', (tenant, afterMs) => {
    const desk = new Desk()
    desk.tell({ alertname: 'Down', tenant }, T0)
    const endMs = T0 + 4 * MINUTE_MS
    expect(desk.sweep(endMs - 1)).toEqual([])
    const [silent] = desk.sweep(endMs)
    expect(silent).toMatchObject({ holds: true, labels: { source_state: 'silent' } })
    expect(desk.sweep(endMs + 1)).toEqual([])
    if (afterMs === null) {
      expect(desk.sweep(endMs + 90 * 24 * HOUR_MS)).toEqual([])
      expect(desk.states()).toEqual(['silent'])
      return
    }
    expect(desk.sweep(endMs + afterMs - 1)).toEqual([])
    const [over] = desk.sweep(endMs + afterMs)
    expect(over).toMatchObject({ holds: false, summary: expect.stringContaining('fell silent') })
    expect(desk.sweep(endMs + 2 * afterMs)).toEqual([])
  })

  it('is heard again, and the alert fires as before', () => {
    const desk = new Desk()
    desk.tell({ alertname: 'Down', tenant: 'acme' }, T0)
    desk.sweep(T0 + HOUR_MS)
    const [again] = desk.tell({ alertname: 'Down', tenant: 'acme' }, T0 + 2 * HOUR_MS, {
      startedMs: 2 * HOUR_MS,
    })
    expect(again).toMatchObject({ holds: true, labels: { alertname: 'Down', tenant: 'acme' } })
    expect(desk.states()).toEqual(['firing'])
  })

  it('says late that an alert is over, and that is heard', () => {
    const desk = new Desk()
    desk.tell({ alertname: 'Down', tenant: 'acme' }, T0)
    desk.sweep(T0 + HOUR_MS)
    const over = desk.tell({ alertname: 'Down', tenant: 'acme' }, T0 + 2 * HOUR_MS, {
      endsInMs: -MINUTE_MS,
      startedMs: 2 * HOUR_MS,
    })
    expect(holds(over)).toEqual([false])
  })
})

describe('any run of what is told and what is not', () => {
  it('never leaves an alert without an end that a tier gives, nor ends one that is told of', () => {
    const step = fc.record({
      tenant: fc.constantFrom('acme', 'blue', 'cyan'),
      waitMs: fc.integer({ min: 1, max: 30 * MINUTE_MS }),
      says: fc.constantFrom('fires', 'over', 'nothing'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const desk = new Desk()
        const raised = new Map<string, boolean>()
        const take = (conditions: readonly Condition[]): void => {
          for (const each of conditions) raised.set(each.tenantId, each.holds)
        }
        let nowMs = T0
        for (const { tenant, waitMs, says } of steps) {
          nowMs += waitMs
          take(desk.sweep(nowMs))
          const labels = { alertname: 'Down', tenant }
          if (says === 'fires') {
            take(desk.tell(labels, nowMs))
            const [alert] = desk.foreign.list({
              tenantId: tenant as TenantId,
              before: null,
              limit: 1,
            })
            expect(alert!.state).toBe('firing')
            expect(raised.get(tenant)).toBe(true)
          }
          if (says === 'over') {
            take(desk.tell(labels, nowMs, { endsInMs: 0 }))
            expect(raised.get(tenant) ?? false).toBe(false)
          }
        }
        // First they fall silent, then the silence lasts.
        for (let wait = 0; wait < 3; wait += 1) take(desk.sweep((nowMs += 2 * HOUR_MS)))
        expect([raised.get('blue') ?? false, raised.get('cyan') ?? false]).toEqual([false, false])
        const [acme] = desk.foreign.list({ tenantId: ACME, before: null, limit: 1 })
        expect(raised.get('acme') ?? false).toBe(acme !== undefined && acme.state !== 'resolved')
      }),
    )
  })
})

describe('what is kept', () => {
  it('goes thirty days after its end, and no earlier', () => {
    const desk = new Desk()
    desk.tell({ alertname: 'Down', tenant: 'acme' }, T0)
    desk.tell({ alertname: 'Down', tenant: 'acme' }, T0 + MINUTE_MS, {
      endsInMs: 0,
      startedMs: MINUTE_MS,
    })
    expect(desk.foreign.prune(T0 + 30 * 24 * HOUR_MS)).toBe(0)
    expect(desk.foreign.prune(T0 + 30 * 24 * HOUR_MS + 2 * MINUTE_MS)).toBe(1)
  })
})
