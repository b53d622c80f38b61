/** Another promise, judged by what is stored: beside what the engine said at the time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import type { SloId } from '../../../src/core/ids.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import type { SloTrial, TrialAsked } from '../../../src/domain/slo/slo.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000

const requests = {
  bad: { signal: 'requests' as const, classes: ['5xx' as const] },
  total: { signal: 'requests' as const },
}
const EVENTS: SloSpec = {
  sloId: 'events',
  title: 'Events',
  indicator: { kind: 'event-ratio', ...requests },
  period: { rolling: '30d' },
  objectives: [{ percent: 99 }],
}
const SLICES: SloSpec = {
  sloId: 'slices',
  title: 'Minutes',
  indicator: { kind: 'time-slice', slicePercent: 95, ...requests },
  period: { rolling: '7d' },
  objectives: [{ percent: 99 }],
}

class World {
  readonly desk = new Desk({ book: sloBookOf({ slos: [EVENTS, SLICES], overrides: [] }) })
  readonly tenant = this.desk.admit('acme')
  readonly cells = this.desk.requestCells(this.tenant)

  count(atMs: number, ok: number, failed: number): void {
    this.desk.book([
      { cell: this.cells.ok, atMs, amount: ok },
      { cell: this.cells.failed, atMs, amount: failed },
    ])
  }

  tried(sloId: string, asked: Partial<TrialAsked> = {}): SloTrial {
    const trial = this.desk.slo.tryPromise(this.tenant, sloId as SloId, { days: 30, ...asked })!
    for (;;) {
      const step = trial.next()
      if (step.done === true) return step.value
    }
  }
}

/** What fails in an hour of a day. */
const burst = fc.record({
  atMinute: fc.integer({ min: 0, max: 3 * 1_440 }),
  minutes: fc.integer({ min: 1, max: 300 }),
  share: fc.constantFrom(0.02, 0.07, 0.2, 1),
})

describe('another promise', () => {
  it('the present one raises what was raised, in the same minutes, and leaves what is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(burst, { maxLength: 4 }),
        fc.boolean(),
        async (bursts, isKilled) => {
          const world = new World()
          const said = new Map<string, string[]>([
            ['events', []],
            ['slices', []],
          ])
          const endMs = START_MS + 3 * DAY_MS
          for (let atMs = START_MS; atMs <= endMs; atMs += MINUTE) {
            const minute = (atMs - START_MS) / MINUTE
            const isIdle = minute % 1_440 > 1_300
            const shares = bursts
              .filter((each) => minute >= each.atMinute && minute < each.atMinute + each.minutes)
              .map(({ share }) => share)
            const failed = Math.round(100 * Math.max(0, ...shares))
            if (!isIdle) world.count(atMs, 100 - failed, failed)
            for (const { key, holds } of world.desk.evaluate(atMs)) {
              const [cause, action] = key.split('/') as [string, string]
              if (holds) said.get(cause)?.push(`${action} ${minute}`)
            }
            if (isKilled && minute === 2_000) {
              await world.desk.checkpoint()
              world.desk.restart()
              world.desk.slo.learn(world.desk.cells)
            }
          }
          for (const [sloId, minutes] of said) {
            const { current, tried } = world.tried(sloId)
            expect(tried).toEqual(current)
            const raised = current.raised.flatMap(({ action, fromMs, toMs, isOpen }) => {
              const [from, to] = [fromMs, toMs].map((ms) => (ms - START_MS) / MINUTE) as [
                number,
                number,
              ]
              return Array.from(
                { length: to - from + Number(isOpen) },
                (_, i) => `${action} ${from + i}`,
              )
            })
            expect(raised.toSorted()).toEqual(minutes.toSorted())
            const { budgetLeftRatio, total, bad } = world.desk.status(world.tenant, sloId)
            expect(current).toMatchObject({ budgetLeftRatio, total, bad })
            expect(current.leftRatio.at(-1)).toBe(budgetLeftRatio)
          }
        },
      ),
      { numRuns: 6 },
    )
  })

  it('is judged by five minutes where minutes are kept no more, and says so', () => {
    const world = new World()
    for (let atMs = START_MS; atMs <= START_MS + 20 * DAY_MS; atMs += HOUR_MS / 2) {
      const isBad = atMs >= START_MS + 5 * DAY_MS && atMs < START_MS + 5 * DAY_MS + 6 * HOUR_MS
      world.count(atMs, 900, isBad ? 300 : 0)
      world.desk.evaluate(atMs)
    }
    const { resolutions, current, tried, countedFromMs } = world.tried('events', {
      targetPpm: 900_000,
      minBadEvents: 1,
    })
    expect(resolutions.map(({ stepSeconds }) => stepSeconds)).toEqual([300, 60])
    const [coarse, fine] = [resolutions[0]!, resolutions[1]!]
    expect(coarse.toMs).toBe(fine.fromMs)
    expect((fine.toMs - fine.fromMs) / DAY_MS).toBeGreaterThan(7)
    expect(countedFromMs! - START_MS).toBeLessThanOrEqual(0)
    expect([current.pages, tried.pages]).toEqual([1, 0])
    expect(current.budgetLeftRatio).toBeCloseTo(1 - (12 * 300) / (0.01 * current.total), 9)
    expect(tried.budgetLeftRatio).toBeCloseTo(1 - (12 * 300) / (0.1 * current.total), 9)
  })

  it('of a shorter period forgets what was before it', () => {
    const world = new World()
    for (let atMs = START_MS; atMs <= START_MS + 10 * DAY_MS; atMs += HOUR_MS) {
      world.count(atMs, 100, atMs < START_MS + DAY_MS ? 10 : 0)
      world.desk.evaluate(atMs)
    }
    const period = { kind: 'rolling', seconds: 7 * 86_400 } as const
    const { current, tried } = world.tried('events', { period, periodSeconds: period.seconds })
    expect([current.bad, tried.bad]).toEqual([240, 0])
    expect(tried.lowestLeftRatio).toBeLessThan(-5)
    expect(tried.pairs.map(({ threshold }) => threshold)).toEqual([
      3.36, 1.4, 0.7, 0.23333333333333334,
    ])
  })

  it('is undefined of an SLO that there is not', () => {
    const world = new World()
    expect(world.desk.slo.tryPromise(world.tenant, 'none' as SloId, { days: 30 })).toBeUndefined()
  })
})
