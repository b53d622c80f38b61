/** SLOs that a source counts: budgets, periods, burndown and corrections against a plain recount,
 *  and what is raised of clocks that run. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId, type SloId, type TenantId } from '../../../src/core/ids.ts'
import type { SliClock, SliSource } from '../../../src/core/sli-source.ts'
import { HOUR_MS, isoTime, MINUTE_MS } from '../../../src/core/time.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { periodAt } from '../../../src/domain/slo/calendar.ts'
import { CLOCK_MARKS } from '../../../src/domain/slo/clock-marks.ts'
import { openCorrections } from '../../../src/domain/slo/corrections/corrections.ts'
import { bookProblems, EMPTY_BOOK, sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { openWorld } from '../access/harness.ts'
import { Desk, START_MS } from './harness.ts'

const DAY = 24 * HOUR_MS
const YEAR = 365 * DAY

interface Item {
  tenantId: TenantId
  atMs: number
  isGood: boolean
}

/** A source that the test may change as it likes. */
class Ledger implements SliSource {
  readonly name = 'recovery'
  readonly one = 'impact'
  readonly many = 'impacts'
  items: Item[] = []
  running: SliClock[] = []

  counts(tenant: TenantId, edgesMs: readonly number[]) {
    return edgesMs.slice(1).map((toMs, i) => {
      const inside = this.items.filter(
        (item) => item.tenantId === tenant && item.atMs > edgesMs[i]! && item.atMs <= toMs,
      )
      return { good: inside.filter(({ isGood }) => isGood).length, total: inside.length }
    })
  }

  clocks() {
    return this.running
  }
}

const MONTH: SloSpec = {
  sloId: 'month',
  title: 'Month',
  indicator: { kind: 'external', source: 'recovery' },
  period: { calendar: 'month', zone: 'Europe/Berlin' },
  objectives: [{ percent: 75 }],
}

function open(slos: SloSpec[] = []) {
  const ledger = new Ledger()
  const corrections = openCorrections(openWorld())
  const book = sloBookOf({ slos, overrides: [] })
  const desk = new Desk({ book, corrections, sources: [ledger] })
  const acme = desk.admit('acme')
  return { ledger, desk, acme, corrections }
}

describe('an SLO that a source counts', () => {
  it('has no traffic and a whole budget where nothing happened', () => {
    const { desk, acme } = open()
    desk.evaluate(START_MS)
    expect(desk.status(acme, 'recovery')).toMatchObject({
      state: 'no-traffic',
      verdict: 'No impacts counted within 365 d: the budget is whole.',
      kind: 'external',
      sliRatio: null,
      good: 0,
      total: 0,
      budgetLeftRatio: 1,
      exhaustsInSeconds: null,
      counted: { one: 'impact', many: 'impacts' },
      burns: [],
      clocks: [],
    })
    const roll = desk.slo.rollUps().filter(({ sloId }) => sloId === 'recovery-by-tier')
    expect(
      roll.map(({ tier, tenants, total, budgetLeftRatio }) => [
        tier,
        tenants,
        total,
        budgetLeftRatio,
      ]),
    ).toEqual([
      ['starter', 0, 0, null],
      ['professional', 0, 0, null],
      ['enterprise', 1, 0, 1],
    ])
    const burndown = desk.slo.burndown(acme, 'recovery' as SloId)!
    expect(burndown.budgetLeftRatio.every((ratio) => ratio === 1)).toBe(true)
    expect(JSON.stringify([desk.slo.status(acme), burndown, roll])).not.toMatch(/NaN|Infinity/)
  })

  it('is judged by its objective, rolled up per tier, and is no budget of a policy', () => {
    const { desk, ledger, acme } = open()
    const bolt = desk.admit('bolt')
    const crux = desk.admit('crux', 'starter')
    const put = (tenant: TenantId, isGood: boolean, count: number): void => {
      for (let i = 0; i < count; i += 1) {
        ledger.items.push({ tenantId: tenant, atMs: START_MS - DAY * (i + 1), isGood })
      }
    }
    put(acme, true, 38)
    put(acme, false, 1)
    put(bolt, true, 41)
    put(crux, false, 2)
    desk.evaluate(START_MS)
    expect(desk.status(acme, 'recovery')).toMatchObject({ state: 'ok', bad: 1, total: 39 })
    expect(desk.status(acme, 'recovery').budgetLeftRatio).toBeCloseTo(1 - 1 / (39 * 0.05), 12)
    expect(desk.status(crux, 'recovery').verdict).toBe(
      'Has spent its recovery budget: 100 % bad where 5 % is allowed.',
    )
    const [starter, , enterprise] = desk.slo.rollUps()
    expect(enterprise).toMatchObject({ tenants: 2, bad: 1, total: 80, budgetLeftRatio: 0.75 })
    expect(starter).toMatchObject({ bad: 2, total: 2, worst: [{ tenantId: 'crux', bad: 2 }] })
    expect(desk.slo.budgets(crux).map(({ sloId }) => sloId)).not.toContain('recovery')
    expect(desk.slo.steps(acme).find(({ sloId }) => sloId === 'recovery')).toMatchObject({
      windows: { period: { good: 38, total: 39 } },
      alerts: [],
    })
  })

  it('begins a rolling period on full hours and counts all that is known by now', () => {
    const { desk, ledger, acme } = open()
    const nowMs = START_MS + 25 * MINUTE_MS + 42_000
    const edges = [
      [START_MS - YEAR, false],
      [START_MS - YEAR + 1, true],
      [START_MS + 25 * MINUTE_MS, true],
      [nowMs, true],
      // The wall clock was stepped back since.
      [nowMs + HOUR_MS, true],
    ] as const
    for (const [atMs, isInside] of edges) {
      ledger.items = [{ tenantId: acme, atMs, isGood: true }]
      desk.evaluate(nowMs)
      expect(desk.status(acme, 'recovery').total, isoTime(atMs)).toBe(Number(isInside))
    }
  })

  it('takes nothing back when the wall clock steps back, nor after a restart then', async () => {
    const { desk, ledger, acme } = open()
    desk.requestCells(acme)
    ledger.items = [{ tenantId: acme, atMs: START_MS - MINUTE_MS, isGood: false }]
    desk.evaluate(START_MS)
    expect(desk.status(acme, 'recovery').total).toBe(1)
    desk.evaluate(START_MS - 3 * HOUR_MS)
    expect(desk.status(acme, 'recovery').total).toBe(1)
    await desk.checkpoint()
    desk.restart()
    desk.evaluate(START_MS - 3 * HOUR_MS)
    expect(desk.status(acme, 'recovery').total).toBe(1)
  })

  it('is not counted, and says so, where nobody is called so', () => {
    const desk = new Desk({ book: sloBookOf({ slos: [MONTH], overrides: [] }) })
    const acme = desk.admit('acme')
    desk.evaluate(START_MS)
    expect(desk.slo.status(acme).map(({ sloId }) => sloId)).not.toContain('month')
    expect(desk.slo.burndown(acme, 'month' as SloId)).toBeUndefined()
  })

  it('may be added up, and then raises no burns', () => {
    const sum: SloSpec = {
      ...MONTH,
      sloId: 'months',
      indicator: { kind: 'roll-up', of: 'month', over: 'fleet' },
    }
    expect(bookProblems({ ...EMPTY_BOOK, slos: [MONTH, sum] })).toEqual([])
    const otherPeriod: SloSpec = { ...sum, period: { rolling: '30d' } }
    expect(bookProblems({ ...EMPTY_BOOK, slos: [MONTH, otherPeriod] })).toMatchObject([
      { index: 1, field: ['indicator', 'of'] },
    ])
  })
})

type Step =
  | { readonly kind: 'happen'; readonly agoMs: number; readonly isGood: boolean }
  | { readonly kind: 'redate'; readonly which: number; readonly byMs: number }
  | { readonly kind: 'correct'; readonly agoMs: number; readonly spanMs: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('happen' as const),
      agoMs: fc.oneof(fc.nat(HOUR_MS), fc.nat(40 * DAY), fc.nat(YEAR + 3 * DAY)),
      isGood: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('redate' as const),
      which: fc.nat(20),
      byMs: fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      agoMs: fc.nat(30 * DAY),
      spanMs: fc.integer({ min: MINUTE_MS, max: 2 * DAY }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(fc.nat(2 * MINUTE_MS), fc.nat(3 * DAY)),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

describe('whatever a source tells and corrects', () => {
  it('budgets, periods and burndowns are what a recount gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const { desk, ledger, acme, corrections } = open([MONTH])
        const excluded: { fromMs: number; toMs: number }[] = []
        let nowMs = START_MS
        for (const each of steps) {
          if (each.kind === 'happen') {
            ledger.items.push({ tenantId: acme, atMs: nowMs - each.agoMs, isGood: each.isGood })
          } else if (each.kind === 'redate' && ledger.items.length > 0) {
            ledger.items[each.which % ledger.items.length]!.atMs += each.byMs
          } else if (each.kind === 'correct') {
            const startsAt = isoTime(nowMs - each.agoMs)
            const endsAt = isoTime(nowMs - each.agoMs + each.spanMs)
            corrections.create({ startsAt, endsAt, reason: 'test' }, SYSTEM, nowMs)
            const five = 5 * MINUTE_MS
            excluded.push({
              fromMs: Math.floor((nowMs - each.agoMs) / five) * five,
              toMs: Math.ceil((nowMs - each.agoMs + each.spanMs) / five) * five,
            })
          } else if (each.kind === 'pass') nowMs += each.ms
          else if (each.kind === 'restart') {
            await desk.checkpoint()
            desk.restart()
          }
          desk.evaluate(nowMs)
        }
        const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
        const hourMs = Math.floor(toMs / HOUR_MS) * HOUR_MS
        for (const [sloId, fromMs, targetShare] of [
          ['recovery', hourMs - YEAR, 0.05],
          ['month', periodAt(toMs, 'month', 'Europe/Berlin').startMs, 0.25],
        ] as const) {
          const inside = ledger.items.filter(({ atMs }) => atMs > fromMs)
          const isExcluded = ({ atMs }: Item): boolean =>
            excluded.some((one) => {
              return (
                one.fromMs < toMs && atMs > one.fromMs && (atMs <= one.toMs || one.toMs >= toMs)
              )
            })
          const charged = inside.filter((item) => !isExcluded(item))
          const bad = charged.filter(({ isGood }) => !isGood).length
          const left = charged.length === 0 ? 1 : 1 - bad / (charged.length * targetShare)
          const status = desk.status(acme, sloId)
          expect(status).toMatchObject({
            total: charged.length,
            bad,
            state: inside.length === 0 ? 'no-traffic' : 'ok',
          })
          expect(status.budgetLeftRatio).toBeCloseTo(left, 9)
          const burndown = desk.slo.burndown(acme, sloId as SloId)!
          expect([burndown.fromMs, burndown.toMs]).toEqual([fromMs, toMs])
          const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
          expect([sum(burndown.total), sum(burndown.bad)]).toEqual([charged.length, bad])
          expect(sum(burndown.total) + sum(burndown.excludedTotal)).toBe(inside.length)
          expect(burndown.budgetLeftRatio.at(-1)).toBe(status.budgetLeftRatio)
          burndown.endsMs.forEach((endMs, i) => {
            const beginMs = burndown.endsMs[i - 1] ?? fromMs
            const isLast = i === burndown.endsMs.length - 1
            const own = charged.filter(({ atMs }) => atMs > beginMs && (isLast || atMs <= endMs))
            expect(burndown.total[i]).toBe(own.length)
          })
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a clock that runs against its limit', () => {
  const clockOf = (tenant: string, elapsedSeconds: number, clockId = 'imp_1'): SliClock => ({
    tenantId: tenantId(tenant),
    clockId,
    startedAtMs: START_MS,
    elapsedSeconds,
    limitSeconds: 14_400,
  })

  function raised(elapsedSeconds: readonly number[]) {
    const { desk, ledger, acme } = open()
    ledger.running = elapsedSeconds.map((each, i) => clockOf('acme', each, `imp_${i}`))
    const burns = desk.evaluate(START_MS)
    expect(burns.filter(({ key }) => key.startsWith('recovery'))).toEqual([])
    const conditions = desk.slo.clockConditions([], START_MS)
    return { conditions, status: desk.status(acme, 'recovery') }
  }

  it.each([
    [0, null],
    [7_199.999, null],
    [7_200, 'recovery/clock slow report'],
    [10_799, 'recovery/clock slow report'],
    [10_800, 'recovery/clock medium ticket'],
    [12_959.9, 'recovery/clock medium ticket'],
    [12_960, 'recovery/clock fast page'],
    [14_400, 'recovery/clock fast page'],
    [99_000, 'recovery/clock fast page'],
  ])('after %d s of 4 h raises %s', (elapsed, expected) => {
    const { conditions, status } = raised([elapsed])
    const said = conditions.map(({ key, labels, action }) => `${key} ${labels['speed']} ${action}`)
    expect(said).toEqual(expected === null ? [] : [expected])
    const mark = status.clocks[0]!.mark
    expect(mark === null ? null : `recovery/clock ${mark.speed} ${mark.action}`).toBe(expected)
  })

  it('has a speed and an action of its own at every mark', () => {
    expect(new Set(CLOCK_MARKS.map(({ speed }) => speed)).size).toBe(CLOCK_MARKS.length)
    expect(new Set(CLOCK_MARKS.map(({ action }) => action)).size).toBe(CLOCK_MARKS.length)
  })

  it('says how long is left, and what is too long', () => {
    const [left] = raised([7_800]).conditions
    expect(left).toMatchObject({
      summary: 'acme: an impact is open for 2 h 10 min, 1 h 50 min left of 4 h.',
      numbers: { elapsedSeconds: 7_800, limitSeconds: 14_400, leftSeconds: 6_600, markRatio: 0.5 },
      labels: { slo: 'recovery', tier: 'enterprise' },
    })
    expect(raised([15_600]).status.verdict).toBe(
      'An impact is open for 4 h 20 min, 20 min longer than the 4 h that it may be. No impacts counted within 365 d: the budget is whole.',
    )
  })

  it('speaks for the one that is nearest to its limit where several run', () => {
    const { conditions, status } = raised([7_300, 13_000, 100])
    expect(conditions).toMatchObject([{ action: 'page', numbers: { elapsedSeconds: 13_000 } }])
    expect(status.clocks.map(({ elapsedSeconds }) => elapsedSeconds)).toEqual([13_000, 7_300, 100])
  })

  it('ends when nothing runs any more, whoever remembers that it was raised', () => {
    const { desk } = open()
    desk.evaluate(START_MS)
    const firing = {
      source: 'slo',
      tenantId: tenantId('acme'),
      key: 'recovery/clock',
      action: 'page',
      labels: { slo: 'recovery' },
    } as const
    const other = { ...firing, key: 'requests-fail/page' }
    const ended = desk.slo.clockConditions([firing, other], START_MS)
    expect(ended).toMatchObject([{ key: 'recovery/clock', holds: false }])
  })

  it('of a tenant that nothing is promised to raises nothing', () => {
    const { desk, ledger } = open()
    ledger.running = [clockOf('somebody', 14_000)]
    desk.evaluate(START_MS)
    expect(desk.slo.clockConditions([], START_MS)).toEqual([])
  })
})
