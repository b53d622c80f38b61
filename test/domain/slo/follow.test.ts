/** What becomes of counts, budgets and alerts when the book of SLOs is another one. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS, isoTime } from '../../../src/core/time.ts'
import { unpackHistory } from '../../../src/domain/slo/history-pack.ts'
import { sloBookOf, type SloBookSpec } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { Desk, START_MS } from './harness.ts'

const CHECKOUT: SloSpec = {
  sloId: 'checkout',
  title: 'Checkout',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99 }],
}

const bookOf = (...slos: SloSpec[]): SloBookSpec => ({ slos, overrides: [] })

function deskWith(book: SloBookSpec): {
  desk: Desk
  tenant: ReturnType<Desk['admit']>
  count: (atMs: number, ok: number, failed: number) => void
} {
  const desk = new Desk({ book: sloBookOf(book) })
  const tenant = desk.admit('acme')
  const cells = desk.requestCells(tenant)
  const count = (atMs: number, ok: number, failed: number): void =>
    desk.book([
      { cell: cells.ok, atMs, amount: ok },
      { cell: cells.failed, atMs, amount: failed },
    ])
  return { desk, tenant, count }
}

function follow(desk: Desk, book: SloBookSpec): void {
  desk.sloBook = sloBookOf(book)
  desk.slo.follow(desk.sloBook)
}

describe('another book', () => {
  it('counts for a new SLO from then on, and for one that stays as before', async () => {
    const { desk, tenant, count } = deskWith(bookOf())
    count(START_MS, 90, 10)
    desk.evaluate(START_MS + HOUR_MS)
    follow(desk, bookOf(CHECKOUT))
    count(START_MS + HOUR_MS, 50, 5)
    desk.evaluate(START_MS + 2 * HOUR_MS)
    expect(desk.status(tenant, 'checkout')).toMatchObject({ total: 55, bad: 5 })
    expect(desk.status(tenant, 'error-rate')).toMatchObject({ total: 155, bad: 15 })
    await desk.checkpoint()
    desk.restart()
    desk.evaluate(START_MS + 2 * HOUR_MS)
    expect(desk.status(tenant, 'checkout')).toMatchObject({ total: 55, bad: 5 })
  })

  it('carries counts over to other windows, and writes the history once', async () => {
    const { desk, tenant, count } = deskWith(bookOf(CHECKOUT))
    for (let hour = 0; hour < 5; hour += 1) count(START_MS + hour * HOUR_MS, 90, 10)
    desk.evaluate(START_MS + 4 * HOUR_MS + 30_000)
    follow(desk, bookOf({ ...CHECKOUT, period: { rolling: '60d' } }))
    desk.evaluate(START_MS + 4 * HOUR_MS + 60_000)
    expect(desk.status(tenant, 'checkout')).toMatchObject({ total: 500, bad: 50 })
    for (let minute = 2; minute < 200; minute += 1) {
      desk.evaluate(START_MS + 4 * HOUR_MS + minute * 60_000)
    }
    await desk.checkpoint()
    expect(historySum(desk, 60)).toEqual({ total: 500, bad: 50 })
    expect(historySum(desk, 300)).toEqual({ total: 500, bad: 50 })
  })

  function historySum(desk: Desk, stepSeconds: number): { total: number; bad: number } {
    const rows = desk.bulk.read<{ counts: Uint8Array }>(
      'shared',
      "SELECT counts FROM slo_history WHERE slo_id = 'checkout' AND step_seconds = ?",
      [stepSeconds],
    )
    const sum = { total: 0, bad: 0 }
    for (const { counts } of rows) {
      const { totals, bads } = unpackHistory(counts, 6 * 60)
      sum.total += totals.reduce((all, one) => all + one, 0)
      sum.bad += bads.reduce((all, one) => all + one, 0)
    }
    return sum
  }

  it('ends what the SLOs that are gone had raised, and keeps what still burns', () => {
    const { desk, count } = deskWith(bookOf(CHECKOUT))
    for (let minute = 0; minute < 60; minute += 1) count(START_MS + minute * 60_000, 10, 90)
    const before = desk.holding(START_MS + HOUR_MS)
    expect(before).toEqual(['acme requests-fail/page', 'acme checkout/page'])
    follow(desk, bookOf())
    const conditions = desk.evaluate(START_MS + HOUR_MS + 5_000)
    const said = conditions.map(({ key, holds }) => `${key} ${holds ? 'holds' : 'ceased'}`)
    expect(said).toContain('requests-fail/page holds')
    expect(said).toContain('checkout/page ceased')
    expect(said).not.toContain('requests-fail/page ceased')
  })

  it('counts anew where minutes are counted instead of events', () => {
    const { desk, tenant, count } = deskWith(bookOf(CHECKOUT))
    count(START_MS, 90, 10)
    desk.evaluate(START_MS + HOUR_MS)
    const indicator = { ...CHECKOUT.indicator, kind: 'time-slice', slicePercent: 95 } as const
    follow(desk, bookOf({ ...CHECKOUT, indicator } as SloSpec))
    count(START_MS + HOUR_MS, 90, 10)
    desk.evaluate(START_MS + 2 * HOUR_MS)
    expect(desk.status(tenant, 'checkout')).toMatchObject({ total: 1, bad: 1 })
  })

  it('judges by an objective from the hour on that it names, and the hours before as before', () => {
    const from = isoTime(START_MS + 2 * HOUR_MS)
    const objectives = [{ percent: 90 }, { from, percent: 99 }]
    const { desk, tenant, count } = deskWith(bookOf({ ...CHECKOUT, objectives }))
    count(START_MS + HOUR_MS, 95, 5)
    desk.evaluate(START_MS + 2 * HOUR_MS - 10_000)
    expect(desk.status(tenant, 'checkout')).toMatchObject({
      objectivePpm: 900_000,
      budgetLeftRatio: 0.5,
    })
    count(START_MS + 3 * HOUR_MS, 1_000, 0)
    desk.evaluate(START_MS + 4 * HOUR_MS)
    // Of the first hundred ten may fail, of the next thousand ten.
    expect(desk.status(tenant, 'checkout')).toMatchObject({
      objectivePpm: 990_000,
      budgetLeftRatio: 0.75,
    })
  })

  it('promises a tenant what its override says, and nothing that is not for it', () => {
    const only: SloSpec = { ...CHECKOUT, tenants: { ids: ['globex'] } }
    const overrides = [{ tenant: 'acme', slo: 'error-rate', objectives: [{ percent: 95 }] }]
    const { desk, tenant } = deskWith({ slos: [only], overrides })
    const other = desk.admit('globex')
    desk.evaluate(START_MS)
    expect(desk.status(tenant, 'error-rate').objectivePpm).toBe(950_000)
    expect(desk.status(other, 'error-rate').objectivePpm).toBe(999_000)
    expect(desk.slo.status(tenant).map(({ sloId }) => sloId)).not.toContain('checkout')
    expect(desk.status(other, 'checkout').total).toBe(0)
  })

  it('holds a pair back while its long window holds too few events altogether', () => {
    const alerts = [
      { speed: 'fast', action: 'page', long: '1h', short: '5m', budgetPercent: 2 },
    ] as const
    const few: SloSpec = {
      ...CHECKOUT,
      alerts: [{ ...alerts[0], minBadEvents: 1, minTotalEvents: 4 }],
    }
    const { desk, tenant, count } = deskWith(bookOf(few))
    count(START_MS, 2, 1)
    expect(desk.holding(START_MS + 60_000)).toEqual([])
    expect(desk.status(tenant, 'checkout').burns[0]!.suppressed).toBe(
      '1 bad of 3 events: fewer than 4 altogether',
    )
    count(START_MS + 60_000, 0, 1)
    expect(desk.holding(START_MS + 120_000)).toContain('acme checkout/page')
  })
})
