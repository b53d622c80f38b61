/** How a budget was spent over its period. That every step equals a recount, whatever came late or
 *  was corrected, is in `corrected-property.test.ts`. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import type { SloId, TenantId } from '../../../src/core/ids.ts'
import { BURNDOWN_STEPS, burndownEdges } from '../../../src/domain/slo/burndown-edges.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import type { SloBurndown } from '../../../src/domain/slo/slo.ts'
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

function deskWith(...slos: SloSpec[]): {
  desk: Desk
  tenant: TenantId
  count: (atMs: number, ok: number, failed: number) => void
} {
  const desk = new Desk({ book: sloBookOf({ slos, overrides: [] }) })
  const tenant = desk.admit('acme')
  const cells = desk.requestCells(tenant)
  const count = (atMs: number, ok: number, failed: number): void =>
    desk.book([
      { cell: cells.ok, atMs, amount: ok },
      { cell: cells.failed, atMs, amount: failed },
    ])
  return { desk, tenant, count }
}

const burndown = (desk: Desk, tenant: TenantId, sloId: string): SloBurndown =>
  desk.slo.burndown(tenant, sloId as SloId)!

/** The steps in which anything was counted. */
const spent = ({ endsMs, bad, total, budgetLeftRatio, evenLeftRatio }: SloBurndown) =>
  endsMs.flatMap((endMs, step) =>
    total[step] === 0
      ? []
      : [[endMs, bad[step], total[step], budgetLeftRatio[step], evenLeftRatio[step]]],
  )

describe('the burndown of a budget', () => {
  it('begins with the whole budget, falls by what each step spent, and ends with the present one', () => {
    const { desk, tenant, count } = deskWith(CHECKOUT)
    desk.evaluate(START_MS)
    count(START_MS + 10_000, 2_490, 10)
    desk.evaluate(START_MS + HOUR_MS)
    count(START_MS + HOUR_MS + 10_000, 7_485, 15)
    desk.evaluate(START_MS + 2 * HOUR_MS + 20_000)
    const down = burndown(desk, tenant, 'checkout')
    expect(down).toMatchObject({ stepSeconds: 3_600, objectivePpm: 990_000, exclusions: [] })
    expect([down.toMs - START_MS, down.endsMs.length]).toEqual([2 * HOUR_MS, 720])
    expect(spent(down)).toEqual([
      [START_MS + HOUR_MS, 10, 2_500, 0.9, 0.75],
      [START_MS + 2 * HOUR_MS, 15, 7_500, 0.75, 0],
    ])
    expect(down.budgetLeftRatio[0]).toBe(1)
    expect(down.budgetLeftRatio.at(-1)).toBe(desk.status(tenant, 'checkout').budgetLeftRatio)
    expect(down.uncorrectedLeftRatio).toBe(null)
  })

  it('judges each hour by what was promised in it', () => {
    const changed: SloSpec = {
      ...CHECKOUT,
      objectives: [
        { percent: 99 },
        { percent: 90, from: new Date(START_MS + HOUR_MS).toISOString() },
      ],
    }
    const { desk, tenant, count } = deskWith(changed)
    desk.evaluate(START_MS)
    count(START_MS + 10_000, 990, 10)
    desk.evaluate(START_MS + HOUR_MS)
    count(START_MS + HOUR_MS + 10_000, 2_990, 10)
    desk.evaluate(START_MS + 2 * HOUR_MS + 20_000)
    const down = burndown(desk, tenant, 'checkout')
    // Ten and three hundred may fail.
    expect(spent(down).map((step) => step.slice(3))).toEqual([
      [1 - 10 / 310, 1 - 10 / 310],
      [1 - 20 / 310, 0],
    ])
    expect(down.objectives).toEqual([
      { fromMs: 0, objectivePpm: 990_000, recompute: false },
      { fromMs: START_MS + HOUR_MS, objectivePpm: 900_000, recompute: false },
    ])
    expect(down.budgetLeftRatio.at(-1)).toBe(desk.status(tenant, 'checkout').budgetLeftRatio)
  })

  it('puts the parts of a composite together as its budget does', () => {
    const whole: SloSpec = {
      sloId: 'whole',
      title: 'Whole',
      indicator: {
        kind: 'composite',
        of: [
          { slo: 'error-rate', weight: 2 },
          { slo: 'checkout', weight: 1 },
        ],
      },
      period: { rolling: '30d' },
      objectives: [{ percent: 99 }],
    }
    const { desk, tenant, count } = deskWith(CHECKOUT, whole)
    desk.evaluate(START_MS)
    count(START_MS + 10_000, 997, 3)
    desk.evaluate(START_MS + HOUR_MS)
    count(START_MS + HOUR_MS + 10_000, 998, 2)
    desk.evaluate(START_MS + 2 * HOUR_MS + 20_000)
    const status = desk.status(tenant, 'whole')
    const down = burndown(desk, tenant, 'whole')
    const [first, second] = spent(down)
    expect(first![3]).toBeCloseTo(1 - 0.0015 / 0.01, 9)
    expect(first![4]).toBeCloseTo(0.5, 9)
    expect(second!.slice(3)).toEqual([status.budgetLeftRatio, 0])
    expect(down.bad.reduce((sum, bad) => sum + bad, 0)).toBeCloseTo(status.bad, 12)
    expect(down.total.reduce((sum, total) => sum + total, 0)).toBeCloseTo(status.total, 12)
  })

  it('has nothing to tell without events, and knows only what the tenant is promised', () => {
    const { desk, tenant } = deskWith(CHECKOUT)
    desk.evaluate(START_MS)
    const down = burndown(desk, tenant, 'checkout')
    expect(new Set(down.budgetLeftRatio)).toEqual(new Set([null]))
    expect(new Set(down.evenLeftRatio)).toEqual(new Set([null]))
    expect(desk.slo.burndown(tenant, 'nothing' as SloId)).toBe(undefined)
    expect(desk.slo.burndown('nobody' as TenantId, 'checkout' as SloId)).toBe(undefined)
  })

  it('ends with the present budget where the windows became others, too', () => {
    const monthly = (zone: string): SloSpec => ({
      ...CHECKOUT,
      period: { calendar: 'month', zone },
    })
    const { desk, tenant, count } = deskWith(monthly('UTC'))
    desk.evaluate(START_MS)
    count(START_MS + 10_000, 990, 10)
    desk.evaluate(START_MS + 3 * HOUR_MS)
    desk.sloBook = sloBookOf({ slos: [monthly('Europe/Berlin')], overrides: [] })
    desk.slo.follow(desk.sloBook)
    desk.evaluate(START_MS + 3 * HOUR_MS + 10_000)
    count(START_MS + 3 * HOUR_MS + 20_000, 999, 1)
    desk.evaluate(START_MS + 4 * HOUR_MS)
    const down = burndown(desk, tenant, 'checkout')
    expect(down.budgetLeftRatio.at(-1)).toBe(desk.status(tenant, 'checkout').budgetLeftRatio)
  })
})

describe('the steps of a burndown', () => {
  it('are whole ones on the clock, as fine as keeps their number bounded', () => {
    const of = (days: number): [number, number] => {
      const toTick = (START_MS + 1_230_000) / 10_000
      const { stepTicks, endTicks } = burndownEdges({ fromTick: toTick - days * 8_640, toTick })
      expect(endTicks.at(-1)).toBe(toTick)
      expect(endTicks.slice(0, -1).every((tick) => tick % stepTicks === 0)).toBe(true)
      return [stepTicks * 10, endTicks.length]
    }
    expect(of(1 / 24)).toEqual([300, 13])
    expect(of(1)).toEqual([300, 289])
    expect(of(7)).toEqual([900, 673])
    expect(of(30)).toEqual([3_600, 721])
    expect(of(92)).toEqual([10_800, 737])
    expect(of(400)).toEqual([43_200, 801])
    for (let days = 1; days <= 400; days += 1) {
      expect(of(days)[1]).toBeLessThanOrEqual(BURNDOWN_STEPS + 2)
    }
  })
})
