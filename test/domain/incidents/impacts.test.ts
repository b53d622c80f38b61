import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/core/condition.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { isImpact } from '../../../src/domain/slo/slo.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { knownOutcome, outcomeOf, type Impact } from '../../../src/domain/incidents/impact.ts'
import type { Incidents } from '../../../src/domain/incidents/incidents.ts'
import { IMPACT_LIMITS } from '../../../src/domain/incidents/limits.ts'
import { impactCounts } from '../../../src/domain/incidents/recovery.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { inTransaction, openDatabase } from '../../../src/machinery/storage/database.ts'
import { condition } from './conditions.ts'
import { incidentsOver } from './open.ts'

const T0 = Date.UTC(2026, 2, 2, 10)
const ACME = tenantId('acme')
const LIMIT_MS = IMPACT_LIMITS.recoveredWithinMs
const ALL = { limit: 100 } as const

/** Alerts that fire and cease under a clock that the test moves. */
class Watch {
  readonly clock = openSimClock(T0)
  readonly db = openDatabase({ path: ':memory:', kind: 'control' })
  incidents = incidentsOver(this.db, this.clock)

  tell(part: Partial<Condition>): void {
    this.observe([condition(part)])
  }

  observe(conditions: readonly Condition[]): void {
    const nowMs = this.clock.nowMs()
    inTransaction(this.db, () => this.incidents.observe(conditions, nowMs))
  }

  async page(holds: boolean, afterMs: number, part: Partial<Condition> = {}): Promise<void> {
    await this.clock.advance(afterMs)
    this.tell({ holds, ...part })
  }

  list(): ReturnType<Incidents['impacts']>['items'] {
    return this.incidents.impacts(ALL, this.clock.nowMs()).items
  }

  /** Starts anew after a while. The clock goes on, elapsed time begins again. */
  restart(wallMs: number): void {
    const nowMs = this.clock.nowMs() + wallMs
    Object.assign(this, { clock: openSimClock(nowMs) })
    this.incidents = incidentsOver(this.db, this.clock)
  }

  counts(fromMs: number, toMs: number) {
    return this.incidents.recovery.counts(ACME, [fromMs, toMs])[0]
  }
}

describe('conditions that are told some at a time', () => {
  const told = fc.record({
    tenant: fc.constantFrom('acme', 'blue', 'cyan'),
    key: fc.constantFrom('requests-fail/page', 'requests-slow/page'),
    holds: fc.boolean(),
  })
  const alertOf = ({ tenant, key }: { tenant: string; key: string }) => `${tenant}/${key}`

  it('open and end the impacts that they would all at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(told, { maxLength: 6, selector: alertOf }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        async (ticks, most) => {
          const [whole, pieces] = [new Watch(), new Watch()]
          for (const tick of ticks) {
            const conditions = tick.map(({ tenant, ...part }) =>
              condition({ ...part, tenantId: tenantId(tenant) }),
            )
            whole.observe(conditions)
            for (let from = 0; from < conditions.length; from += most) {
              pieces.observe(conditions.slice(from, from + most))
            }
            await whole.clock.advance(HOUR_MS)
            await pieces.clock.advance(HOUR_MS)
          }
          const shown = (watch: Watch) =>
            watch
              .list()
              .map(({ impactId: _, ...impact }) => impact)
              .toSorted((left, right) => (left.tenantId < right.tenantId ? -1 : 1))
          expect(shown(pieces)).toEqual(shown(whole))
          const paged = new Set(pieces.incidents.firing().map((alert) => alert.tenantId))
          const open = pieces.list().filter(({ endedAtMs }) => endedAtMs === null)
          expect(new Set(open.map((impact) => impact.tenantId))).toEqual(paged)
        },
      ),
    )
  })
})

describe('an impact', () => {
  it('lasts from the first page of a tenant to the end of its last', async () => {
    const watch = new Watch()
    watch.tell({ key: 'requests-fail/page' })
    await watch.page(true, 5 * MINUTE_MS, { key: 'requests-slow/page' })
    await watch.page(false, 5 * MINUTE_MS, { key: 'requests-fail/page' })
    expect(watch.list()).toMatchObject([{ outcome: 'running', endedAtMs: null }])
    await watch.page(false, 10 * MINUTE_MS, { key: 'requests-slow/page' })
    expect(watch.list()).toMatchObject([
      {
        tenantId: 'acme',
        openedAtMs: T0,
        endedAtMs: T0 + 20 * MINUTE_MS,
        elapsedMs: 20 * MINUTE_MS,
        outcome: 'recovered',
      },
    ])
  })

  it('is none of a ticket, nor of a page that is about something else', () => {
    const watch = new Watch()
    watch.tell({ key: 'requests-fail/ticket', action: 'ticket' })
    expect(watch.list()).toEqual([])
    const picky = incidentsOver(watch.db, watch.clock, ({ key }) => key !== 'budget/spent')
    picky.observe([condition({ key: 'budget/spent' })], T0)
    expect(picky.impacts(ALL, T0).items).toEqual([])
    picky.observe([condition({ key: 'requests-fail/page' })], T0)
    expect(picky.impacts(ALL, T0).items).toHaveLength(1)
  })

  it('begins when an alert that pages turns out to be one, though the alert does not turn', async () => {
    const watch = new Watch()
    watch.incidents = incidentsOver(watch.db, watch.clock, isImpact)
    const labels = { slo: 'error-rate', speed: 'slow', raised_from: 'ticket' }
    watch.tell({ key: 'requests-fail/page', labels })
    expect(watch.list()).toEqual([])
    await watch.page(true, HOUR_MS, { key: 'requests-fail/page', labels: { speed: 'fast' } })
    expect(watch.list()).toMatchObject([{ openedAtMs: T0 + HOUR_MS, endedAtMs: null }])
    await watch.page(true, HOUR_MS, { key: 'requests-fail/page', labels })
    expect(watch.list()).toMatchObject([{ outcome: 'recovered', elapsedMs: HOUR_MS }])
  })

  it('goes on when the page comes back soon, and is another one later', async () => {
    const watch = new Watch()
    watch.tell({})
    await watch.page(false, 30 * MINUTE_MS)
    expect(watch.counts(0, T0 + HOUR_MS)).toEqual({ good: 1, total: 1 })
    await watch.page(true, 9 * MINUTE_MS)
    expect(watch.counts(0, T0 + HOUR_MS)).toEqual({ good: 0, total: 0 })
    await watch.page(false, 6 * MINUTE_MS)
    expect(watch.list()).toMatchObject([{ openedAtMs: T0, elapsedMs: 45 * MINUTE_MS }])
    await watch.page(true, 10 * MINUTE_MS)
    expect(watch.list()).toMatchObject([
      { openedAtMs: T0 + 55 * MINUTE_MS, endedAtMs: null },
      { endedAtMs: T0 + 45 * MINUTE_MS },
    ])
  })

  it('that never ends is bad once the limit has passed, at that instant', async () => {
    const watch = new Watch()
    watch.tell({})
    await watch.page(true, LIMIT_MS - 1)
    expect(watch.counts(0, T0 + 2 * LIMIT_MS)).toEqual({ good: 0, total: 0 })
    expect(watch.incidents.recovery.clocks()).toMatchObject([
      { tenantId: 'acme', startedAtMs: T0, elapsedSeconds: 14_399.999, limitSeconds: 14_400 },
    ])
    await watch.page(true, 1)
    expect(watch.list()).toMatchObject([{ outcome: 'overdue' }])
    expect(watch.counts(T0 + LIMIT_MS - 1, T0 + LIMIT_MS)).toEqual({ good: 0, total: 1 })
    await watch.page(false, 3 * HOUR_MS)
    expect(watch.list()).toMatchObject([{ outcome: 'late', elapsedMs: 7 * HOUR_MS }])
    expect(watch.counts(T0 + LIMIT_MS - 1, T0 + LIMIT_MS)).toEqual({ good: 0, total: 1 })
    expect(watch.counts(T0 + LIMIT_MS, Infinity)).toEqual({ good: 0, total: 0 })
  })

  it.each([-3 * HOUR_MS, 26 * HOUR_MS])(
    'lasts as long when the clock steps by %d ms',
    async (by) => {
      const watch = new Watch()
      watch.tell({})
      await watch.page(true, HOUR_MS)
      watch.clock.step(by)
      await watch.page(true, HOUR_MS)
      expect(watch.list()).toMatchObject([{ outcome: 'running', elapsedMs: 2 * HOUR_MS }])
      await watch.page(false, HOUR_MS)
      expect(watch.list()).toMatchObject([
        { outcome: 'recovered', elapsedMs: 3 * HOUR_MS, openedAtMs: T0 },
      ])
      expect(watch.counts(T0, T0 + 3 * HOUR_MS)).toEqual({ good: 1, total: 1 })
    },
  )

  it('goes on over a restart, and a clock that is behind after it takes nothing away', async () => {
    for (const [pauseMs, elapsedMs] of [
      [0, 2 * HOUR_MS],
      [HOUR_MS, 3 * HOUR_MS],
      [-6 * HOUR_MS, 2 * HOUR_MS],
    ] as const) {
      const watch = new Watch()
      watch.tell({})
      await watch.page(true, HOUR_MS)
      await watch.page(true, HOUR_MS)
      watch.restart(pauseMs)
      watch.tell({})
      expect(watch.list()).toMatchObject([{ outcome: 'running', elapsedMs }])
      await watch.page(false, MINUTE_MS)
      expect(watch.list()).toMatchObject([{ elapsedMs: elapsedMs + MINUTE_MS }])
    }
  })

  it('is as it was when its transaction is rolled back', async () => {
    const watch = new Watch()
    const fail = (holds: boolean): void => {
      expect(() =>
        inTransaction(watch.db, () => {
          watch.incidents.observe([condition({ holds })], watch.clock.nowMs())
          throw new Error('disk full')
        }),
      ).toThrow('disk full')
    }
    fail(true)
    expect(watch.list()).toEqual([])
    watch.tell({})
    await watch.clock.advance(HOUR_MS)
    fail(false)
    expect(watch.list()).toMatchObject([{ endedAtMs: null, elapsedMs: HOUR_MS }])
    watch.tell({ holds: false })
    expect(watch.list()).toMatchObject([{ endedAtMs: T0 + HOUR_MS, elapsedMs: HOUR_MS }])
  })

  it('is there for alerts that fired before anybody kept impacts', async () => {
    const watch = new Watch()
    watch.tell({})
    watch.db.exec('DELETE FROM impact')
    watch.restart(2 * HOUR_MS)
    watch.tell({})
    expect(watch.list()).toMatchObject([{ openedAtMs: T0, elapsedMs: 2 * HOUR_MS }])
  })

  it('that is redated is counted by its new dates, and somebody signs for it', async () => {
    const watch = new Watch()
    watch.tell({})
    const [open] = watch.list()
    const dates = { openedAtMs: T0, endedAtMs: T0 + HOUR_MS, reason: 'mended before' }
    const redate = (id: string, part: Partial<typeof dates> = {}) =>
      watch.incidents.redateImpact(id, { ...dates, ...part }, SYSTEM, watch.clock.nowMs())
    expect(() => redate(open!.impactId)).toThrow(expect.objectContaining({ code: 'IMPACT_DATES' }))
    await watch.page(false, 5 * HOUR_MS)
    expect(watch.counts(T0, Infinity)).toEqual({ good: 0, total: 1 })
    expect(redate(open!.impactId)).toMatchObject({ outcome: 'recovered', elapsedMs: HOUR_MS })
    expect(watch.counts(T0, T0 + HOUR_MS)).toEqual({ good: 1, total: 1 })
    watch.restart(0)
    expect(watch.counts(T0, T0 + HOUR_MS)).toEqual({ good: 1, total: 1 })
    for (const wrong of [{ endedAtMs: T0 - 1 }, { endedAtMs: T0 + 6 * HOUR_MS }]) {
      const call = () => redate(open!.impactId, wrong)
      expect(call).toThrow(expect.objectContaining({ code: 'IMPACT_DATES' }))
    }
    const unknown = () => redate('imp_000000000000000000000000')
    expect(unknown).toThrow(expect.objectContaining({ code: 'IMPACT_NOT_FOUND' }))
  })

  it('is listed in pages, newest first', async () => {
    const watch = new Watch()
    for (let i = 0; i < 5; i += 1) {
      watch.tell({})
      await watch.page(false, HOUR_MS)
      await watch.clock.advance(HOUR_MS)
    }
    const seen: number[] = []
    let cursor: string | null = null
    do {
      const page = watch.incidents.impacts({ limit: 2, cursor }, watch.clock.nowMs())
      seen.push(...page.items.map(({ openedAtMs }) => openedAtMs))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual([4, 3, 2, 1, 0].map((i) => T0 + 2 * i * HOUR_MS))
    const open = { limit: 9, isOpen: true }
    expect(watch.incidents.impacts(open, watch.clock.nowMs()).items).toEqual([])
    const wrong = () => watch.incidents.impacts({ limit: 1, cursor: 'x' }, T0)
    expect(wrong).toThrow(expect.objectContaining({ code: 'IMPACT_CURSOR' }))
  })

  it('goes when it ended longer ago than the longest period', async () => {
    const watch = new Watch()
    watch.tell({})
    await watch.page(false, HOUR_MS)
    await watch.clock.advance(IMPACT_LIMITS.keepEndedMs)
    watch.incidents.prune(watch.clock.nowMs())
    expect(watch.list()).toHaveLength(1)
    await watch.clock.advance(1)
    watch.incidents.prune(watch.clock.nowMs())
    expect(watch.list()).toEqual([])
  })
})

describe('counts of impacts', () => {
  const impact = fc
    .record({
      openedAtMs: fc.nat(1_000),
      elapsedMs: fc.nat(300),
      isOpen: fc.boolean(),
    })
    .map(({ openedAtMs, elapsedMs, isOpen }): Impact => {
      const endedAtMs = isOpen ? null : openedAtMs + elapsedMs
      return { impactId: 'i', tenantId: ACME, openedAtMs, elapsedMs, endedAtMs }
    })

  it('are what a recount of every impact in every span gives', () => {
    fc.assert(
      fc.property(
        fc.array(impact, { maxLength: 30 }),
        fc.uniqueArray(fc.nat(1_400), { minLength: 2, maxLength: 20 }),
        (impacts, unsorted) => {
          const edges = unsorted.toSorted((left, right) => left - right)
          const expected = edges.slice(1).map((toMs, i) => {
            const inside = impacts.filter(({ openedAtMs, elapsedMs, endedAtMs }) => {
              if (endedAtMs === null && elapsedMs < 100) return false
              const atMs = openedAtMs + (elapsedMs < 100 ? elapsedMs : 100)
              return atMs > edges[i]! && atMs <= toMs
            })
            const good = inside.filter((each) => outcomeOf(each, 100) === 'recovered').length
            return { good, total: inside.length }
          })
          expect(impactCounts(impacts, edges, 100)).toEqual(expected)
        },
      ),
    )
  })

  it('never change for what is known once', () => {
    fc.assert(
      fc.property(impact, fc.nat(500), (before, moreMs) => {
        const known = knownOutcome(before, 100)
        if (before.endedAtMs !== null || known === null) return
        const elapsedMs = before.elapsedMs + moreMs
        const ended = { ...before, elapsedMs, endedAtMs: before.openedAtMs + elapsedMs }
        expect(knownOutcome(ended, 100)).toEqual(known)
      }),
    )
  })
})
