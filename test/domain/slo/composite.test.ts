import { describe, expect, it } from 'vitest'
import { weighted } from '../../../src/domain/slo/composite.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { Desk, START_MS } from './harness.ts'

const WHOLE: SloSpec = {
  sloId: 'whole',
  title: 'Whole',
  indicator: {
    kind: 'composite',
    of: [
      { slo: 'error-rate', weight: 2 },
      { slo: 'response-time', weight: 1 },
    ],
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99 }],
}

describe('an SLO that is made of others', () => {
  it('is the weighted mean of their shares, whatever their traffic', () => {
    const errors = { weight: 2, count: { total: 1_000, bad: 10 } }
    const slow = { weight: 1, count: { total: 100, bad: 30 } }
    expect(weighted([errors, slow])).toEqual({ total: 3_000_000, bad: 320_000 })
    expect(weighted([errors, { weight: 1, count: { total: 0, bad: 0 } }])).toEqual({
      total: 2_000_000,
      bad: 20_000,
    })
    expect(weighted([])).toEqual({ total: 0, bad: 0 })
  })

  it('counts, burns and raises as its parts do together, over a restart as well', async () => {
    const desk = new Desk({ book: sloBookOf({ slos: [WHOLE], overrides: [] }) })
    const tenant = desk.admit('acme')
    const { ok, failed } = desk.requestCells(tenant)
    const [fast, all] = desk.durationCells(tenant, [0.2, Infinity]) as [number, number]
    desk.book([
      { cell: ok, atMs: START_MS, amount: 900 },
      { cell: failed, atMs: START_MS, amount: 100 },
      { cell: fast, atMs: START_MS, amount: 60 },
      { cell: all, atMs: START_MS, amount: 100 },
    ])
    expect(desk.holding(START_MS + 60_000)).toContain('acme whole/page')
    const status = desk.status(tenant, 'whole')
    expect(status).toMatchObject({ kind: 'composite', total: 3, state: 'ok' })
    expect(status.bad).toBeCloseTo(0.6, 6)
    expect(status.sliRatio).toBeCloseTo(0.8, 6)
    expect(status.budgetLeftRatio).toBeCloseTo(1 - 0.2 / 0.01, 6)
    expect(status.burns[0]!.longBurn).toBeCloseTo(20, 6)
    await desk.checkpoint()
    desk.restart()
    expect(desk.holding(START_MS + 65_000)).toContain('acme whole/page')
    const ceased = desk.evaluate(START_MS + 90 * 60_000).find(({ key }) => key === 'whole/page')
    expect(ceased?.holds).toBe(false)
  })

  it('is held back while its parts have too few bad events together', () => {
    const desk = new Desk({ book: sloBookOf({ slos: [WHOLE], overrides: [] }) })
    const tenant = desk.admit('acme')
    const { ok, failed } = desk.requestCells(tenant)
    desk.book([
      { cell: ok, atMs: START_MS, amount: 2 },
      { cell: failed, atMs: START_MS, amount: 1 },
    ])
    expect(desk.holding(START_MS + 60_000)).toEqual([])
    expect(desk.status(tenant, 'whole').burns[0]!.suppressed).toBe(
      '1 bad of 3 events: fewer than 3 bad',
    )
  })
})
