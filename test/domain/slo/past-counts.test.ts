/** What is loaded of the past, what is not, and what nobody is told because of it. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import type { SloId } from '../../../src/core/ids.ts'
import { SHARED_FILE } from '../../../src/core/names/bulk-file.ts'
import { noPast, type PastOutcome } from '../../../src/domain/slo/slo.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000
const ERRORS = 'error-rate' as SloId

const BY_TIER: SloSpec = {
  sloId: 'errors-by-tier',
  title: 'Errors by tier',
  noun: 'error',
  indicator: { kind: 'roll-up', of: 'error-rate', over: 'tier' },
  period: { rolling: '30d' },
  objectives: [{ percent: 99.9 }],
}

function world(slos: SloSpec[] = []) {
  const desk = new Desk(slos.length === 0 ? {} : { book: sloBookOf({ slos, overrides: [] }) })
  const tenant = desk.admit('acme')
  const cells = desk.requestCells(tenant)
  const count = (atMs: number, ok: number, failed: number): void =>
    desk.book([
      { cell: cells.ok, atMs, amount: ok },
      { cell: cells.failed, atMs, amount: failed },
    ])
  /** Loads the same of every minute. */
  const load = (fromMs: number, toMs: number, total: number, bad: number): PastOutcome => {
    const outcome = noPast()
    const minutes = Math.ceil((toMs - fromMs) / MINUTE)
    const each = (value: number): number[] => Array.from({ length: minutes }, () => value)
    const row = {
      tenantId: tenant,
      sloId: ERRORS,
      fromMs,
      toMs,
      totals: each(total),
      bads: each(bad),
    }
    desk.slo.load(row, outcome)
    return outcome
  }
  const loadable = () => desk.slo.loadable(tenant).find(({ sloId }) => sloId === ERRORS)!
  const budget = () => desk.slo.budgets(tenant).find(({ sloId }) => sloId === ERRORS)!
  return { desk, tenant, count, load, loadable, budget }
}

describe('what is loaded', () => {
  it('ends before the first ten seconds that something was counted in as it came', () => {
    const { desk, count, load, loadable, tenant } = world()
    desk.evaluate(START_MS)
    expect(loadable()).toMatchObject({ beforeMs: START_MS, isCounting: false, loaded: [] })
    count(START_MS + 35_000, 5, 5)
    desk.evaluate(START_MS + 2 * MINUTE)
    expect(loadable()).toMatchObject({ beforeMs: START_MS + 30_000, isCounting: true })
    const outcome = load(START_MS - HOUR_MS, START_MS + 10 * MINUTE, 10, 1)
    // An hour, and the half minute before the first count; of nine minutes more nothing.
    expect(outcome).toMatchObject({ loadedMinutes: 61, total: 610, bad: 61 })
    expect(outcome.left).toMatchObject({ counted: 10, loaded: 0 })
    desk.evaluate(START_MS + 2 * MINUTE)
    expect(desk.status(tenant, ERRORS)).toMatchObject({ total: 620, bad: 66 })
  })

  it('has what comes late for it already, and what comes late beside it has its place', () => {
    const { desk, count, load, tenant } = world()
    desk.evaluate(START_MS)
    load(START_MS - 2 * HOUR_MS, START_MS - HOUR_MS, 10, 0)
    count(START_MS - HOUR_MS, 7, 0)
    count(START_MS - HOUR_MS + 10_000, 3, 0)
    desk.evaluate(START_MS + MINUTE)
    expect(desk.counted.get('tenantry_slo_discarded_total loaded')).toBe(1)
    expect(desk.status(tenant, ERRORS).total).toBe(603)
    // It came before: the time from it on is counted, not to be loaded.
    expect(load(START_MS - HOUR_MS, START_MS, 10, 0)).toMatchObject({ loadedMinutes: 0 })
  })

  it('is nothing of SLOs that there are not, and nothing older than is kept', () => {
    const { desk, load, tenant } = world()
    desk.evaluate(START_MS)
    const outcome = noPast()
    const row = {
      tenantId: tenant,
      fromMs: START_MS - HOUR_MS,
      toMs: START_MS,
      totals: [],
      bads: [],
    }
    desk.slo.load({ ...row, sloId: 'none' as SloId }, outcome)
    expect(outcome.loadedMinutes).toBe(0)
    const old = START_MS - 300 * 24 * HOUR_MS
    expect(load(old, old + HOUR_MS, 1, 0).left.expired).toBe(60)
  })

  it('is told from what counted before anybody noted since when', async () => {
    const { desk, count, loadable, tenant } = world()
    desk.evaluate(START_MS)
    count(START_MS, 1, 0)
    for (let at = START_MS; at < START_MS + 40 * HOUR_MS; at += HOUR_MS) desk.evaluate(at)
    await desk.checkpoint()
    const noted = loadable().beforeMs
    const forget = { sql: `UPDATE slo_page SET first_ticks = x''`, rows: [[]] }
    await desk.bulk.commit({ file: SHARED_FILE, logPosition: 1_000, writes: [forget] })
    desk.restart()
    desk.evaluate(START_MS + 40 * HOUR_MS)
    const found = desk.slo.loadable(tenant).find(({ sloId }) => sloId === ERRORS)!.beforeMs
    expect(found).toBeLessThanOrEqual(noted)
    expect(found).toBeGreaterThan(noted - 24 * HOUR_MS)
  })
})

describe('because of what is loaded', () => {
  it('nobody is alerted, and what comes afterwards is judged with it', () => {
    const { desk, count, load, tenant } = world()
    desk.evaluate(START_MS)
    load(START_MS - 24 * HOUR_MS, START_MS - MINUTE, 1_000, 500)
    expect(desk.holding(START_MS + MINUTE)).toEqual([])
    const { burns, budgetLeftRatio } = desk.status(tenant, ERRORS)
    expect(burns.map(({ holds, longBurn }) => [holds, Math.round(longBurn!)])).toEqual([
      [false, 500],
      [false, 500],
      [false, 500],
      [false, 500],
    ])
    expect(budgetLeftRatio).toBeLessThan(-400)
    // Without failures none of it matters; with them the page comes as ever.
    count(START_MS + MINUTE, 1_000, 0)
    expect(desk.holding(START_MS + 2 * MINUTE)).toEqual([])
    count(START_MS + 2 * MINUTE, 0, 1_000)
    expect(desk.holding(START_MS + 3 * MINUTE)).toEqual(['acme requests-fail/page'])
  })

  it('no group of tenants is alerted', () => {
    const { desk, load } = world([BY_TIER])
    desk.evaluate(START_MS)
    load(START_MS - 24 * HOUR_MS, START_MS - MINUTE, 1_000, 500)
    desk.evaluate(START_MS + MINUTE)
    const enterprise = desk.slo
      .rollUps()
      .find(({ sloId, tier }) => sloId === BY_TIER.sloId && tier === 'enterprise')
    expect(enterprise).toMatchObject({ bad: 719_500 })
    const raised = desk.slo.rollUpConditions([], START_MS + MINUTE)
    expect(raised.filter(({ holds }) => holds)).toEqual([])
  })

  it('no policy charges a budget', () => {
    const { desk, count, load, budget } = world()
    desk.evaluate(START_MS)
    load(START_MS - 24 * HOUR_MS, START_MS - MINUTE, 1_000, 500)
    count(START_MS + 5 * MINUTE, 900, 100)
    desk.evaluate(START_MS + 10 * MINUTE)
    expect(budget()).toMatchObject({ bad: 719_600, counted: { total: 1_000, bad: 100 } })
    expect(budget().events).toEqual({ total: 1_000, bad: 100 })
    expect(budget().countedRatio()).toBeLessThan(0.001)
  })

  it('nobody misses a tenant of which nothing came for a day', () => {
    const { desk, load, tenant } = world()
    desk.lastSampleAtMs.set(tenant, START_MS)
    for (let at = START_MS; at < START_MS + 30 * HOUR_MS; at += 30_000) desk.evaluate(at)
    load(START_MS, START_MS + 29 * HOUR_MS, 10, 0)
    expect(desk.holding(START_MS + 30 * HOUR_MS)).toEqual([])
  })
})
