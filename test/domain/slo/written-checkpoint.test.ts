/** A checkpoint that is on disk, and of which nobody knows that yet, is counted once. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000

describe('a checkpoint that was written', () => {
  it('is read once, before and after the engine learns of it', async () => {
    const desk = new Desk()
    const tenant = desk.admit('acme')
    const { ok, failed } = desk.requestCells(tenant)
    desk.evaluate(START_MS)
    for (let minute = 1; minute <= 60; minute += 1) {
      const atMs = START_MS + minute * MINUTE
      desk.evaluate(atMs)
      desk.book([
        { cell: ok, atMs, amount: 9 },
        { cell: failed, atMs, amount: 1 },
      ])
    }
    desk.evaluate(START_MS + 12 * HOUR_MS)
    const counted = () => {
      // Quarters of an hour that memory holds no more.
      const endsMs = [1, 2, 3, 4].map((quarter) => START_MS + quarter * 15 * MINUTE)
      const steps = { fromMs: START_MS, endsMs }
      return desk.slo
        .attainments(steps)(tenant)
        .filter(({ sloId }) => sloId === 'error-rate' || sloId === 'availability')
        .map(({ sloId, corrected: { total, bad } }) => [sloId, total, bad])
    }
    const whole = [
      ['availability', 60, 60],
      ['error-rate', 600, 60],
    ]
    expect(counted()).toEqual(whole)
    const { writes } = desk.slo.checkpoint()
    expect(counted()).toEqual(whole)
    await desk.bulk.commit({ file: 'shared', logPosition: 1, writes })
    expect(counted()).toEqual(whole)
    desk.slo.confirm(true)
    expect(counted()).toEqual(whole)
    // What comes late meanwhile is counted beside.
    desk.book([{ cell: failed, atMs: START_MS + 30 * MINUTE, amount: 5 }])
    desk.evaluate(START_MS + 12 * HOUR_MS + 10_000)
    const next = desk.slo.checkpoint()
    await desk.bulk.commit({ file: 'shared', logPosition: 2, writes: next.writes })
    desk.book([{ cell: failed, atMs: START_MS + 31 * MINUTE, amount: 7 }])
    desk.evaluate(START_MS + 12 * HOUR_MS + 20_000)
    expect(counted()[1]).toEqual(['error-rate', 612, 72])
    desk.slo.confirm(true)
    expect(counted()[1]).toEqual(['error-rate', 612, 72])
    const last = desk.slo.checkpoint()
    await desk.bulk.commit({ file: 'shared', logPosition: 3, writes: last.writes })
    desk.slo.confirm(true)
    desk.restart()
    desk.slo.learn(desk.cells)
    desk.evaluate(START_MS + 12 * HOUR_MS + 30_000)
    expect(counted()[1]).toEqual(['error-rate', 612, 72])
  })

  it('is taken again where it was not written', async () => {
    const desk = new Desk()
    const tenant = desk.admit('acme')
    const { ok } = desk.requestCells(tenant)
    desk.evaluate(START_MS)
    desk.book([{ cell: ok, atMs: START_MS, amount: 9 }])
    desk.evaluate(START_MS + 12 * HOUR_MS)
    desk.slo.checkpoint()
    desk.slo.confirm(false)
    await desk.checkpoint()
    desk.restart()
    desk.evaluate(START_MS + 12 * HOUR_MS)
    const steps = { fromMs: START_MS - HOUR_MS, endsMs: [START_MS] }
    const [attained] = desk.slo
      .attainments(steps)(tenant)
      .filter(({ sloId }) => sloId === 'error-rate')
    expect(attained!.corrected.total).toBe(9)
  })
})
