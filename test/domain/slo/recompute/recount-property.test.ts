/** A past that is counted again is what it would have been by that definition throughout. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SloId, TenantId } from '../../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/core/time.ts'
import { sloBookOf, type SloBook } from '../../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../../src/domain/slo/model/slo-spec.ts'
import type { RecountAsked, SloRecount, SloStatus } from '../../../../src/domain/slo/slo.ts'
import { Desk, START_MS } from '../harness.ts'

const TICK = 10_000
const MINUTE = 60_000
const QUARTER = 15 * MINUTE

/** What counts, before and since. */
interface Definition {
  readonly classes: ('4xx' | '5xx')[]
  readonly thresholdSeconds: number
  readonly slicePercent: number
}

const BEFORE: Definition = { classes: ['5xx'], thresholdSeconds: 0.25, slicePercent: 95 }
const SINCE: Definition = { classes: ['4xx', '5xx'], thresholdSeconds: 0.2, slicePercent: 70 }

function specsOf({ classes, thresholdSeconds, slicePercent }: Definition): SloSpec[] {
  const ratio = {
    bad: { signal: 'requests' as const, classes },
    total: { signal: 'requests' as const },
  }
  const objectives = [{ percent: 99 }]
  const rest = { period: { rolling: '30d' }, objectives }
  return [
    { sloId: 'events', title: 'Events', indicator: { kind: 'event-ratio', ...ratio }, ...rest },
    {
      sloId: 'month',
      title: 'Month',
      indicator: { kind: 'event-ratio', ...ratio },
      ...rest,
      period: { calendar: 'month', zone: 'Asia/Kathmandu' },
    },
    {
      sloId: 'minutes',
      title: 'Minutes',
      indicator: { kind: 'time-slice', ...ratio, slicePercent, standIn: 'probes' },
      ...rest,
    },
    {
      sloId: 'slices',
      title: 'Quarters of an hour',
      indicator: { kind: 'time-slice', ...ratio, slicePercent, slice: '15m' },
      alerts: [],
      ...rest,
    },
    {
      sloId: 'shares',
      title: 'Shares of four minutes',
      indicator: { kind: 'ratio-time-slice', ...ratio, slice: '4m' },
      alerts: [],
      ...rest,
    },
    {
      sloId: 'slow',
      title: 'Slow',
      indicator: { kind: 'latency-threshold', signal: 'duration', thresholdSeconds },
      ...rest,
    },
  ]
}
const SLO_IDS = ['events', 'month', 'minutes', 'slices', 'shares', 'slow'] as SloId[]

function bookOf(definition: Definition): SloBook {
  return sloBookOf({ slos: specsOf(definition), overrides: [] })
}

interface Event {
  readonly atMs: number
  /** When it is told of. */
  readonly toldMs: number
  readonly ok: number
  readonly refused: number
  readonly failed: number
  readonly fast: number
  readonly middling: number
  readonly slow: number
  readonly up: number
  readonly down: number
}

const few = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 0, max }))
const event = fc.record({
  agoMs: fc.oneof(
    fc.integer({ min: 0, max: 12 * DAY_MS }),
    fc.integer({ min: 0, max: 30 * HOUR_MS }),
    // Several in one slice.
    fc.integer({ min: 0, max: 30 }).map((minutes) => minutes * 2 * MINUTE + HOUR_MS),
  ),
  lateMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 3 * HOUR_MS })),
  ok: few(300),
  refused: few(50),
  failed: few(50),
  fast: few(50),
  middling: few(20),
  slow: few(9),
  up: few(5),
  down: few(5),
})

const END_MS = START_MS + 12 * DAY_MS + 17 * MINUTE

class World {
  readonly desk: Desk
  readonly tenant: TenantId
  readonly cells: { ok: number; failed: number }
  readonly refused: number
  readonly probes: { up: number; down: number }
  readonly buckets: number[]

  constructor(definition: Definition) {
    this.desk = new Desk({ book: bookOf(definition) })
    this.tenant = this.desk.admit('acme')
    this.cells = this.desk.requestCells(this.tenant)
    this.refused = this.desk.turnedAwayCells(this.tenant).class4xx
    this.probes = this.desk.probeCells(this.tenant)
    this.buckets = this.desk.durationCells(this.tenant, [0.1, 0.25, Infinity])
  }

  count({ atMs, ok, refused, failed, fast, middling, slow, up, down }: Event): void {
    const amounts: [number, number][] = [
      [this.cells.ok, ok],
      [this.refused, refused],
      [this.cells.failed, failed],
      [this.buckets[0]!, fast],
      [this.buckets[1]!, fast + middling],
      [this.buckets[2]!, fast + middling + slow],
      [this.probes.up, up],
      [this.probes.down, down],
    ]
    this.desk.book(amounts.map(([cell, amount]) => ({ cell, atMs, amount })))
  }

  /** Counts events as they are told of, from one instant to another. */
  live(events: readonly Event[], fromMs: number, toMs: number): void {
    let nowMs = fromMs
    const passTo = (atMs: number): void => {
      for (; nowMs < atMs; nowMs = Math.min(atMs, nowMs + 5 * HOUR_MS)) this.evaluate(nowMs)
      this.evaluate(nowMs)
    }
    for (const each of events) {
      if (each.toldMs <= fromMs || each.toldMs > toMs) continue
      passTo(each.toldMs)
      this.count(each)
    }
    passTo(toMs)
  }

  evaluate(nowMs: number): void {
    this.desk.evaluate(nowMs)
  }

  recount(sloId: SloId, asked: Partial<RecountAsked> = {}): SloRecount {
    const steps = this.desk.slo.recount(this.tenant, sloId, {
      fromMs: START_MS - HOUR_MS,
      toMs: null,
      apply: true,
      ...asked,
    })!
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
    }
  }
}

/** What is told of counts; decisions may differ. */
function countsOf({ burns, ...status }: SloStatus) {
  const { sloId, good, bad, total, budgetLeftRatio } = status
  const windows = burns.map(({ speed, longBad, longTotal, shortBad, shortTotal }) => {
    return { speed, longBad, longTotal, shortBad, shortTotal }
  })
  return { sloId, good, bad, total, budgetLeftRatio, windows }
}

interface Count {
  total: number
  bad: number
}

/** Counts every quarter of an hour from the list of events alone. */
function quartersOf(events: readonly Event[], sloId: SloId, endsMs: readonly number[]): Count[] {
  const sums = new Map<number, Count>()
  const minutes = Map.groupBy(events, ({ atMs }) => Math.ceil(Math.ceil(atMs / TICK) / 6))
  const length = { slices: 15, shares: 4 }[sloId as string] ?? 1
  const slices = Map.groupBy(minutes, ([minute]) => Math.ceil(minute / length) * length)
  for (const [end, of] of slices) {
    const all = of.flatMap(([, each]) => each)
    const sum = (pick: (each: Event) => number): number =>
      all.reduce((total, each) => total + pick(each), 0)
    const requests = {
      total: sum(({ ok, refused, failed }) => ok + refused + failed),
      bad: sum(({ refused, failed }) => refused + failed),
    }
    const probes = { total: sum(({ up, down }) => up + down), bad: sum(({ down }) => down) }
    const durations = {
      total: sum(({ fast, middling, slow }) => fast + middling + slow),
      // By the bound above the threshold.
      bad: sum(({ slow }) => slow),
    }
    const count = countedAs(sloId, { requests, probes, durations })
    const quarter = Math.ceil((end * MINUTE) / QUARTER) * QUARTER
    const known = sums.get(quarter) ?? { total: 0, bad: 0 }
    sums.set(quarter, { total: known.total + count.total, bad: known.bad + count.bad })
  }
  const units = sloId === 'shares' ? 1e6 : 1
  return endsMs.map((endMs) => {
    const { total, bad } = sums.get(endMs) ?? { total: 0, bad: 0 }
    return { total: total / units, bad: bad / units }
  })
}

function countedAs(
  sloId: SloId,
  { requests, probes, durations }: Record<'requests' | 'probes' | 'durations', Count>,
): Count {
  const isGood = ({ total, bad }: Count): boolean => (total - bad) * 100 >= total * 70
  const slice = (of: Count): Count =>
    of.total === 0 ? { total: 0, bad: 0 } : { total: 1, bad: isGood(of) ? 0 : 1 }
  switch (sloId as string) {
    case 'minutes':
      return slice(requests.total > 0 ? requests : probes)
    case 'slices':
      return slice(requests)
    case 'shares': {
      if (requests.total === 0) return { total: 0, bad: 0 }
      const bad = Math.floor((2e6 * requests.bad + requests.total) / (2 * requests.total))
      return { total: 1e6, bad }
    }
    case 'slow':
      return durations
    default:
      return requests
  }
}

describe('a past that is counted again', () => {
  it('is what it would have been by the definition of today', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 60 }),
        fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40 })),
        fc.integer({ min: 70, max: 300 }),
        fc.constantFrom('none', 'before', 'half-way', 'after'),
        async (given, changedHoursAgo, waitMinutes, killed) => {
          const events = given
            .map(({ agoMs, lateMs, ...rest }) => {
              const atMs = END_MS - agoMs
              return { ...rest, atMs, toldMs: Math.ceil((atMs + lateMs) / TICK) * TICK }
            })
            .toSorted((left, right) => left.toldMs - right.toldMs)
          const changedMs =
            Math.floor((END_MS - changedHoursAgo * HOUR_MS) / TICK) * TICK - 7 * TICK
          const recountMs = changedMs + waitMinutes * MINUTE
          const lastMs = Math.max(recountMs, END_MS) + 5 * HOUR_MS
          const fromMs = START_MS - HOUR_MS

          const always = new World(SINCE)
          always.live(events, fromMs, lastMs)

          const world = new World(BEFORE)
          world.live(events, fromMs, changedMs)
          world.desk.sloBook = bookOf(SINCE)
          world.desk.slo.follow(world.desk.sloBook)
          world.live(events, changedMs, recountMs)
          const restart = (): void => {
            world.desk.restart()
            world.desk.slo.learn(world.desk.cells)
            world.evaluate(recountMs)
          }
          await world.desk.checkpoint()
          if (killed === 'before') restart()
          for (const sloId of SLO_IDS) {
            const planned = world.recount(sloId, { apply: false })
            if (killed === 'half-way') {
              const steps = world.desk.slo.recount(world.tenant, sloId, {
                fromMs,
                toMs: null,
                apply: true,
              })!
              for (let i = 0; i < 150; i += 1) steps.next()
              await world.desk.checkpoint()
              restart()
            }
            const done = world.recount(sloId)
            if (killed !== 'half-way') expect(done).toEqual(planned)
            expect(done.left.filter(({ reason }) => reason !== 'recent')).toEqual([])
            // Again it changes nothing.
            const again = world.recount(sloId)
            expect(again).toEqual({ ...done, before: done.after, hours: [] })
          }
          if (killed === 'after') {
            await world.desk.checkpoint()
            restart()
          }
          world.live(events, recountMs, lastMs)
          await world.desk.checkpoint()
          world.desk.restart()
          world.desk.slo.learn(world.desk.cells)
          world.evaluate(lastMs)
          always.evaluate(lastMs)

          const endsMs = Array.from(
            { length: Math.floor((lastMs - HOUR_MS - START_MS) / QUARTER) },
            (_, quarter) => START_MS + (quarter + 1) * QUARTER,
          )
          const attained = ({ desk, tenant }: World) =>
            desk.slo.attainments({ fromMs: START_MS, endsMs })(tenant)
          const told = events.filter(({ toldMs }) => toldMs <= lastMs)
          for (const { sloId, steps } of attained(world)) {
            if (!SLO_IDS.includes(sloId as SloId)) continue
            const counts = steps.map(({ total, bad }) => ({ total, bad }))
            expect([sloId, counts]).toEqual([sloId, quartersOf(told, sloId as SloId, endsMs)])
          }
          expect(attained(world)).toEqual(attained(always))
          const statuses = ({ desk, tenant }: World) => desk.slo.status(tenant).map(countsOf)
          expect(statuses(world)).toEqual(statuses(always))
          for (const sloId of SLO_IDS) {
            const [left, right] = [always, world].map(({ desk, tenant }) =>
              desk.slo.burndown(tenant, sloId),
            )
            expect(right).toEqual(left)
          }
        },
      ),
      { numRuns: 20 },
    )
  })
})
