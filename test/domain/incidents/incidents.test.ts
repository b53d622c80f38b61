import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/core/condition.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS, MINUTE_MS } from '../../../src/core/time.ts'
import type { Incidents } from '../../../src/domain/incidents/incidents.ts'
import {
  inTransaction,
  openDatabase,
  type Database,
} from '../../../src/machinery/storage/database.ts'
import { condition } from './conditions.ts'
import { incidentsOver } from './open.ts'

const T0 = 1_700_000_000_000
const ceased = (part: Partial<Condition> = {}): Condition => condition({ holds: false, ...part })

function open(): { db: Database; incidents: Incidents } {
  const db = openDatabase({ path: ':memory:', kind: 'control' })
  return { db, incidents: incidentsOver(db) }
}

describe('observe', () => {
  it('fires once, resolves once, and tells the timeline', () => {
    const { incidents } = open()
    expect(incidents.observe([ceased()], T0)).toEqual([])
    const [fired] = incidents.observe([condition()], T0 + 5_000)
    expect(incidents.observe([condition()], T0 + 10_000)).toEqual([])
    expect(incidents.firingCountByTenant()).toEqual(new Map([[tenantId('acme'), 1]]))
    const [resolved] = incidents.observe([ceased({ summary: 'back within budget' })], T0 + 15_000)
    expect(resolved).toMatchObject({ kind: 'resolved', event: 'resolved' })
    expect(resolved?.alert.heldAtMs).toBe(T0 + 10_000)
    expect(incidents.firingCount()).toBe(0)
    const id = fired?.alert.alertId ?? ''
    expect(incidents.get(id)).toEqual(resolved?.alert)
    expect(
      incidents.timeline(id).map(({ sequence, kind, atMs }) => [sequence, kind, atMs]),
    ).toEqual([
      [1, 'fired', T0 + 5_000],
      [2, 'resolved', T0 + 15_000],
    ])
  })

  it('shows the latest numbers at once and writes them at most once a minute', () => {
    const { db, incidents } = open()
    const [fired] = incidents.observe([condition()], T0)
    const id = fired?.alert.alertId ?? ''
    const stored = (): unknown => db.prepare('SELECT held_at_ms AS heldAtMs FROM alert').get()
    let writes = 0
    let before = JSON.stringify(stored())
    for (let atMs = T0 + 5_000; atMs <= T0 + 5 * MINUTE_MS; atMs += 5_000) {
      incidents.observe([condition({ numbers: { longBurn: atMs - T0 } })], atMs)
      expect(incidents.get(id)?.numbers).toEqual({ longBurn: atMs - T0 })
      if (JSON.stringify(stored()) !== before) writes += 1
      before = JSON.stringify(stored())
    }
    expect(writes).toBeGreaterThanOrEqual(3)
    expect(writes).toBeLessThanOrEqual(5)
  })

  it('forgets what a transaction that was rolled back had done', () => {
    const { db, incidents } = open()
    const fail = (): void => {
      inTransaction(db, () => {
        incidents.observe([condition()], T0)
        throw new Error('the outbox is full')
      })
    }
    expect(fail).toThrow('the outbox is full')
    expect(incidents.firing()).toEqual([])
    expect(incidents.observe([condition()], T0 + 5_000)).toHaveLength(1)
    expect(incidents.observe([condition()], T0 + 10_000)).toEqual([])
  })

  it('goes on where it was after the database is opened again', () => {
    const { db, incidents } = open()
    incidents.observe([condition(), condition({ key: 'latency/fast' })], T0)
    const again = incidentsOver(db)
    expect(again.firingCount()).toBe(2)
    expect(
      again.observe([condition(), ceased({ key: 'latency/fast' })], T0 + MINUTE_MS),
    ).toMatchObject([{ kind: 'resolved', alert: { key: 'latency/fast' } }])
  })

  it('refuses a key that is too long to be stored', () => {
    const { incidents } = open()
    expect(() => incidents.observe([condition({ key: 'k'.repeat(201) })], T0)).toThrow(
      'key of 1 to 200',
    )
  })
})

describe('list', () => {
  it('pages from the newest opening to the oldest, for one tenant or all, by state', () => {
    const { incidents } = open()
    for (let i = 0; i < 25; i += 1) {
      const part = { key: `k${String(i)}`, tenantId: tenantId(i % 2 === 0 ? 'acme' : 'globex') }
      incidents.observe([condition(part)], T0 + Math.floor(i / 2))
      if (i % 5 === 0) incidents.observe([ceased(part)], T0 + i)
    }
    const keys = (query: {
      tenantId?: ReturnType<typeof tenantId>
      state?: 'firing' | 'resolved'
    }): string[] => {
      const found: string[] = []
      let cursor: string | null = null
      do {
        const page = incidents.list({ ...query, cursor, limit: 4 })
        found.push(...page.items.map((alert) => `${String(alert.openedAtMs - T0)}:${alert.key}`))
        cursor = page.nextCursor
      } while (cursor !== null)
      return found
    }
    expect(keys({})).toHaveLength(25)
    expect(new Set(keys({})).size).toBe(25)
    expect(keys({}).map((key) => Number(key.split(':')[0]))).toEqual(
      Array.from({ length: 25 }, (_, i) => Math.floor((24 - i) / 2)),
    )
    expect(keys({ state: 'firing' })).toEqual(
      keys({}).filter((key) => Number(key.split('k')[1]) % 5 !== 0),
    )
    expect(keys({ state: 'resolved' })).toHaveLength(5)
    expect(keys({ tenantId: tenantId('globex') })).toHaveLength(12)
    expect(keys({ tenantId: tenantId('globex'), state: 'resolved' })).toHaveLength(2)
  })

  it('refuses a cursor that it did not give', () => {
    const { incidents } = open()
    expect(() => incidents.list({ cursor: 'x', limit: 10 })).toThrow(
      expect.objectContaining({ code: 'ALERT_CURSOR' }),
    )
  })
})

describe('prune', () => {
  it('deletes what resolved long ago with its events, and nothing that fires', () => {
    const { db, incidents } = open()
    incidents.observe([condition(), condition({ key: 'other' })], T0)
    incidents.observe([ceased()], T0 + MINUTE_MS)
    expect(incidents.prune(T0 + 300 * DAY_MS)).toBe(0)
    expect(incidents.prune(T0 + 500 * DAY_MS)).toBe(1)
    expect(db.prepare('SELECT count(*) AS count FROM alert_event').get()).toEqual({ count: 1 })
    expect(incidents.observe([condition({ key: 'other' })], T0 + 500 * DAY_MS)).toEqual([])
  })
})

describe('any run of conditions, rollbacks and restarts', () => {
  it('ends with an alert firing exactly where its condition last held', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      tenant: fc.constantFrom('acme', 'globex'),
      holds: fc.boolean(),
      advanceMs: fc.integer({ min: -20 * MINUTE_MS, max: 20 * MINUTE_MS }),
      fate: fc.constantFrom('commit', 'commit', 'commit', 'roll back', 'restart'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { db } = open()
        let incidents = incidentsOver(db)
        const holding = new Map<string, boolean>()
        let nowMs = T0
        for (const { key, tenant, holds, advanceMs, fate } of steps) {
          nowMs += advanceMs
          const observed = condition({ key, holds, tenantId: tenantId(tenant) })
          try {
            inTransaction(db, () => {
              const transitions = incidents.observe([observed], nowMs)
              const held = holding.get(`${tenant}/${key}`) ?? false
              expect(transitions).toHaveLength(held === holds ? 0 : 1)
              if (fate === 'roll back') throw new Error('rolled back')
            })
            holding.set(`${tenant}/${key}`, holds)
          } catch (error) {
            if ((error as Error).message !== 'rolled back') throw error
          }
          if (fate === 'restart') incidents = incidentsOver(db)
        }
        const expected = [...holding].filter(([, holds]) => holds).map(([name]) => name)
        const firing = incidents.firing().map((alert) => `${alert.tenantId}/${alert.key}`)
        expect(firing.sort()).toEqual(expected.sort())
        db.close()
      }),
      { numRuns: 40 },
    )
  })
})
