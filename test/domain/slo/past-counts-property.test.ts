/** What was loaded and then counted live is what would have been counted live throughout. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import type { SloId } from '../../../src/core/ids.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { noPast, type PastOutcome, type SloStatus } from '../../../src/domain/slo/slo.ts'
import { Desk, START_MS } from './harness.ts'

const TICK = 10_000
const MINUTE = 60_000

const requests = {
  bad: { signal: 'requests' as const, classes: ['5xx' as const] },
  total: { signal: 'requests' as const },
}

const SLOS: SloSpec[] = [
  {
    sloId: 'month',
    title: 'Month',
    indicator: { kind: 'event-ratio', ...requests },
    period: { calendar: 'month', zone: 'Europe/Berlin' },
    objectives: [{ percent: 99 }, { percent: 90, from: '2026-03-20T00:00:00Z' }],
  },
  {
    sloId: 'week',
    title: 'Mean of minutes',
    indicator: { kind: 'ratio-time-slice', ...requests },
    period: { rolling: '7d' },
    objectives: [{ percent: 95 }],
  },
]
const OF_REQUESTS = ['error-rate', 'availability', 'throughput', 'month', 'week']

interface Event {
  readonly atMs: number
  readonly ok: number
  readonly failed: number
  readonly fast: number
  readonly middling: number
  readonly slow: number
}

const event = fc.record({
  // Many near the end, so that short windows hold some.
  agoMs: fc.oneof(
    fc.integer({ min: 0, max: 45 * DAY_MS }),
    fc.integer({ min: 0, max: 4 * DAY_MS }),
    fc.integer({ min: 0, max: 3 * HOUR_MS }),
  ),
  ok: fc.integer({ min: 0, max: 300 }),
  failed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
  fast: fc.integer({ min: 0, max: 50 }),
  middling: fc.integer({ min: 0, max: 20 }),
  slow: fc.integer({ min: 0, max: 9 }),
})

const END_MS = START_MS + 45 * DAY_MS

class World {
  readonly desk = new Desk({ book: sloBookOf({ slos: SLOS, overrides: [] }) })
  readonly tenant = this.desk.admit('acme')
  readonly cells = this.desk.requestCells(this.tenant)
  readonly buckets = this.desk.durationCells(this.tenant, [0.1, 0.25, Infinity])
  readonly holding: string[] = []

  count({ atMs, ok, failed, fast, middling, slow }: Event): void {
    this.desk.book([
      { cell: this.cells.ok, atMs, amount: ok },
      { cell: this.cells.failed, atMs, amount: failed },
      { cell: this.buckets[0]!, atMs, amount: fast },
      { cell: this.buckets[1]!, atMs, amount: fast + middling },
      { cell: this.buckets[2]!, atMs, amount: fast + middling + slow },
    ])
  }

  evaluate(nowMs: number): void {
    this.holding.push(...this.desk.holding(nowMs).map((each) => `${each} ${nowMs}`))
  }

  /** Counts events as they come, from one instant to another. */
  live(events: readonly Event[], fromMs: number, toMs: number): void {
    let nowMs = fromMs
    const passTo = (atMs: number): void => {
      for (; nowMs < atMs; nowMs = Math.min(atMs, nowMs + 12 * HOUR_MS)) this.evaluate(nowMs)
      this.evaluate(nowMs)
    }
    for (const each of events) {
      if (each.atMs <= fromMs || each.atMs > toMs) continue
      passTo(Math.ceil(each.atMs / TICK) * TICK)
      this.count(each)
    }
    passTo(toMs)
  }

  load(events: readonly Event[], fromMs: number, spanMs: number): PastOutcome {
    const outcome = noPast()
    for (const { sloId, beforeMs } of this.desk.slo.loadable(this.tenant)) {
      for (let atMs = fromMs; atMs < beforeMs; atMs += spanMs) {
        const toMs = Math.min(beforeMs, atMs + spanMs)
        this.desk.slo.load(
          { tenantId: this.tenant, ...rowOf(events, { sloId, fromMs: atMs, toMs }) },
          outcome,
        )
      }
    }
    return outcome
  }
}

function rowOf(
  events: readonly Event[],
  {
    sloId,
    fromMs,
    toMs,
  }: { readonly sloId: SloId; readonly fromMs: number; readonly toMs: number },
) {
  const minutes = Math.ceil((toMs - fromMs) / MINUTE)
  const zeros = (): number[] => Array.from({ length: minutes }, () => 0)
  const row = { sloId, fromMs, toMs, totals: zeros(), bads: zeros(), surelyBads: zeros() }
  for (const { atMs, ok, failed, fast, middling, slow } of events) {
    const endMs = Math.ceil(atMs / TICK) * TICK
    if (endMs <= fromMs || endMs > toMs) continue
    const minute = Math.ceil((endMs - fromMs) / MINUTE) - 1
    const isOfRequests = OF_REQUESTS.includes(sloId)
    // Nobody was turned away.
    const bad = sloId === 'throughput' ? 0 : failed
    row.totals[minute]! += isOfRequests ? ok + failed : fast + middling + slow
    row.bads[minute]! += isOfRequests ? bad : slow
    row.surelyBads[minute]! += isOfRequests ? bad : middling + slow
  }
  return row
}

/** What is told of counts; decisions may differ. */
function countsOf({ burns, ...status }: SloStatus) {
  const { sloId, good, bad, total, sliRatio, budgetLeftRatio, budgetLeftEvents } = status
  const windows = burns.map(({ speed, longBad, longTotal, shortBad, shortTotal }) => {
    return { speed, longBad, longTotal, shortBad, shortTotal }
  })
  return { sloId, good, bad, total, sliRatio, budgetLeftRatio, budgetLeftEvents, windows }
}

describe('past counts', () => {
  it('followed by live ones are what live ones would have been throughout', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: (6 * DAY_MS) / TICK }),
        fc.oneof(fc.integer({ min: 0, max: 3 * HOUR_MS }), fc.integer({ min: 0, max: 5 * DAY_MS })),
        fc.constantFrom(HOUR_MS, 7 * HOUR_MS, 3 * DAY_MS),
        fc.boolean(),
        async (given, cutTicks, loadAfterMs, spanMs, isKilled) => {
          const events = given
            .map(({ agoMs, ...rest }) => ({ ...rest, atMs: END_MS - agoMs }))
            .toSorted((left, right) => left.atMs - right.atMs)
          const isSoon = loadAfterMs < 3 * HOUR_MS
          // A minute that memory has no more is loaded whole or not at all.
          const grid = isSoon ? TICK : MINUTE
          const cutMs = Math.floor((END_MS - cutTicks * TICK) / grid) * grid
          const loadMs = Math.min(END_MS, Math.ceil((cutMs + loadAfterMs) / TICK) * TICK)
          const fromMs = START_MS - HOUR_MS

          const all = new World()
          all.live(events, fromMs, END_MS)
          const never = new World()
          never.live(events, cutMs, END_MS)

          const world = new World()
          world.live(events, cutMs, loadMs)
          if (isKilled) {
            await world.desk.checkpoint()
            world.load(events.slice(0, events.length / 2), fromMs, spanMs)
            world.desk.restart()
            world.desk.slo.learn(world.desk.cells)
            world.evaluate(loadMs)
          }
          world.load(events, fromMs, spanMs)
          await world.desk.checkpoint()
          world.live(events, loadMs, END_MS)
          await world.desk.checkpoint()
          world.desk.restart()
          world.evaluate(END_MS)
          // What was not settled then, should nothing have come since.
          world.load(events, fromMs, spanMs)
          world.evaluate(END_MS)
          expect(world.load(events, fromMs, spanMs).loadedMinutes).toBe(0)
          world.evaluate(END_MS)
          all.evaluate(END_MS)

          for (const { sloId } of world.desk.slo.loadable(world.tenant)) {
            const [left, right] = [all, world].map(({ desk, tenant }) =>
              desk.slo.burndown(tenant, sloId),
            )
            expect(right).toEqual(left)
          }
          const days = Array.from({ length: 45 }, (_, day) => START_MS + (day + 1) * DAY_MS)
          const attained = ({ desk, tenant }: World) =>
            desk.slo.attainments({ fromMs: START_MS, endsMs: days })(tenant)
          expect(attained(world)).toEqual(attained(all))
          const statuses = (each: World) => each.desk.slo.status(each.tenant).map(countsOf)
          expect(statuses(world)).toEqual(statuses(all))
          // Nothing is raised that would not have been raised without.
          expect(never.holding).toEqual(expect.arrayContaining(world.holding))
        },
      ),
      { numRuns: 12 },
    )
  })
})
