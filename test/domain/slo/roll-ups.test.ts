import { describe, expect, it } from 'vitest'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { Desk, START_MS } from './harness.ts'

const ERRORS: SloSpec = {
  sloId: 'all-errors',
  title: 'All errors',
  indicator: { kind: 'roll-up', of: 'error-rate', over: 'tier' },
  period: { rolling: '30d' },
  objectives: [{ percentByTier: { starter: 90, professional: 95, enterprise: 99 } }],
}

describe('an SLO that is added up over tenants', () => {
  it('has a tier’s counts, and names who has the most bad events', () => {
    const fleet: SloSpec = {
      ...ERRORS,
      sloId: 'fleet-errors',
      indicator: { kind: 'roll-up', of: 'error-rate', over: 'fleet' },
    }
    const desk = new Desk({ book: sloBookOf({ slos: [ERRORS, fleet], overrides: [] }) })
    const count = (id: string, tier: 'starter' | 'enterprise', ok: number, bad: number): void => {
      const cells = desk.requestCells(desk.admit(id, tier))
      desk.book([
        { cell: cells.ok, atMs: START_MS, amount: ok },
        { cell: cells.failed, atMs: START_MS, amount: bad },
      ])
    }
    count('acme', 'enterprise', 99, 1)
    count('bolt', 'enterprise', 296, 4)
    count('crux', 'starter', 95, 5)
    desk.evaluate(START_MS + 120_000)
    const own = desk.slo.rollUps().filter(({ of }) => of === 'error-rate')
    const [starter, professional, enterprise, all] = own
    expect(enterprise).toMatchObject({
      tier: 'enterprise',
      tenants: 2,
      bad: 5,
      total: 400,
      objectivePpm: 990_000,
      budgetLeftRatio: -0.25,
      worst: [{ tenantId: 'bolt', bad: 4, total: 300 }, { tenantId: 'acme' }],
    })
    expect(starter).toMatchObject({ tier: 'starter', tenants: 1, budgetLeftRatio: 0.5 })
    expect(professional).toMatchObject({ tenants: 0, total: 0, sliRatio: null })
    // Four of the enterprises' and ten of the starter's may fail.
    expect(all).toMatchObject({ tier: null, bad: 10, total: 500, objectivePpm: null })
    expect(all!.budgetLeftRatio).toBeCloseTo(1 - 10 / 14, 12)
    expect(desk.slo.status(desk.registry[0]!.tenantId)).toHaveLength(4)
  })
})
