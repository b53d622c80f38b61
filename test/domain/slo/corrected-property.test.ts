/** Budgets and windows with corrections, past and to come, against a plain recount. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, isoTime } from '../../../src/core/time.ts'
import type { SloId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { windowBurn } from '../../../src/domain/slo/burn.ts'
import { BURNDOWN_STEPS } from '../../../src/domain/slo/burndown-edges.ts'
import { openCorrections } from '../../../src/domain/slo/corrections/corrections.ts'
import { edgeStepSeconds } from '../../../src/domain/slo/edge-steps.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { LAG_TICKS } from '../../../src/domain/slo/windows.ts'
import { openWorld } from '../access/harness.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000
const DAY = 24 * HOUR_MS
const FIVE_MINUTES_TICKS = 30

const CALENDAR: SloSpec = {
  sloId: 'month',
  title: 'Month',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { calendar: 'month', zone: 'UTC' },
  objectives: [{ percent: 99 }],
}

type Step =
  | { readonly kind: 'gain'; readonly lateMs: number; readonly ok: number; readonly failed: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | {
      readonly kind: 'correct'
      readonly agoMs: number
      readonly spanMs: number
      readonly slo: boolean
    }
  | { readonly kind: 'restart' | 'revoke' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('gain' as const),
      lateMs: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: -5_000, max: 20_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * HOUR_MS }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 * DAY }) },
      ),
      ok: fc.integer({ min: 0, max: 300 }),
      failed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1_000, max: 30_000 }) },
        { weight: 3, arbitrary: fc.integer({ min: MINUTE, max: 50 * MINUTE }) },
        { weight: 3, arbitrary: fc.integer({ min: HOUR_MS, max: 30 * HOUR_MS }) },
        { weight: 1, arbitrary: fc.integer({ min: 5 * DAY, max: 20 * DAY }) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      agoMs: fc.oneof(
        fc.integer({ min: -HOUR_MS, max: 2 * HOUR_MS }),
        fc.integer({ min: 0, max: 20 * DAY }),
      ),
      spanMs: fc.oneof(
        fc.integer({ min: 1_000, max: 2 * HOUR_MS }),
        fc.integer({ min: HOUR_MS, max: 3 * DAY }),
      ),
      slo: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'revoke' as const }) },
)

interface Event {
  readonly tick: number
  readonly total: number
  readonly bad: number
}

interface Stretch {
  readonly id: string
  readonly fromTick: number
  readonly toTick: number
  readonly slo: boolean
}

class World {
  readonly corrections = openCorrections(openWorld())
  readonly desk = new Desk({
    book: sloBookOf({ slos: [CALENDAR], overrides: [] }),
    corrections: this.corrections,
  })
  readonly tenant = this.desk.admit('acme')
  readonly cells = this.desk.requestCells(this.tenant)
  readonly events: Event[] = []
  stretches: Stretch[] = []
  #ahead: Event[] = []
  #headTick = -1
  #settled = 0
  nowMs = START_MS

  gain({ lateMs, ok, failed }: Extract<Step, { kind: 'gain' }>): void {
    const atMs = this.nowMs - lateMs
    this.desk.book([
      { cell: this.cells.ok, atMs, amount: ok },
      { cell: this.cells.failed, atMs, amount: failed },
    ])
    this.#add({ tick: Math.ceil(atMs / 10_000), total: ok + failed, bad: failed })
  }

  correct({ agoMs, spanMs, slo }: Extract<Step, { kind: 'correct' }>): void {
    const startMs = this.nowMs - agoMs
    const made = this.corrections.create(
      {
        tenantId: 'acme',
        ...(slo ? { sloId: 'month' } : {}),
        startsAt: isoTime(startMs),
        endsAt: isoTime(startMs + spanMs),
        reason: 'test',
      },
      SYSTEM,
      this.nowMs,
    )
    const step = FIVE_MINUTES_TICKS * 10_000
    this.stretches.push({
      id: made.correctionId,
      fromTick: Math.floor(startMs / step) * FIVE_MINUTES_TICKS,
      toTick: Math.ceil((startMs + spanMs) / step) * FIVE_MINUTES_TICKS,
      slo,
    })
  }

  revoke(): void {
    const first = this.stretches[0]
    if (first === undefined) return
    this.corrections.revoke(first.id, SYSTEM, this.nowMs)
    this.stretches = this.stretches.slice(1)
  }

  pass(ms: number): void {
    this.nowMs += ms
    this.desk.evaluate(this.nowMs)
    this.#headTick = Math.max(this.#headTick, Math.ceil(this.nowMs / 10_000) + 1)
    const settled = Math.max(Math.floor(this.nowMs / 10_000), this.#headTick - LAG_TICKS)
    this.#settled = Math.max(this.#settled, settled)
    const waiting = this.#ahead
    this.#ahead = []
    for (const event of waiting) this.#add(event)
  }

  #add(event: Event): void {
    if (event.tick > this.#headTick) this.#ahead.push(event)
    else this.events.push(event)
  }

  #edge(stepSeconds: number): number {
    const ticks = stepSeconds / 10
    return Math.floor(this.#settled / ticks) * ticks
  }

  /** Counts a range without the buckets of a step that a stretch touches. */
  #count(
    sloId: string,
    { fromTick, toTick, stepTicks }: { fromTick: number; toTick: number; stepTicks: number },
  ): { total: number; bad: number } {
    const own = this.stretches.filter(({ slo }) => !slo || sloId === 'month')
    const kept = this.events.filter(({ tick }) => {
      if (tick <= fromTick || tick > toTick) return false
      const bucketTo = Math.ceil(tick / stepTicks) * stepTicks
      const bucketFrom = bucketTo - stepTicks
      return !own.some((stretch) => stretch.fromTick < bucketTo && stretch.toTick > bucketFrom)
    })
    return {
      total: kept.reduce((sum, { total }) => sum + total, 0),
      bad: kept.reduce((sum, { bad }) => sum + bad, 0),
    }
  }

  compared(sloId: string): { told: unknown; recounted: unknown }[] {
    const status = this.desk.status(this.tenant, sloId)
    const burns = status.burns.flatMap((burn) =>
      (
        [
          [burn.longSeconds, burn.longBurn],
          [burn.shortSeconds, burn.shortBurn],
        ] as const
      ).map(([seconds, told]) => {
        const stepSeconds = edgeStepSeconds(seconds)
        const toTick = this.#edge(stepSeconds)
        const range = { fromTick: toTick - seconds / 10, toTick, stepTicks: stepSeconds / 10 }
        const { bad, total } = this.#count(sloId, range)
        return { told, recounted: windowBurn(bad, total, status.objectivePpm) }
      }),
    )
    const toTick = this.#edge(60)
    const fromTick =
      sloId === 'month' ? monthStart(toTick) : this.#edge(3_600) - (30 * DAY) / 10_000
    const count = this.#count(sloId, { fromTick, toTick, stepTicks: FIVE_MINUTES_TICKS })
    const whole = this.events.filter(({ tick }) => tick > fromTick && tick <= toTick)
    const all = whole.reduce((sum, { total }) => sum + total, 0)
    return [
      ...burns,
      { told: [status.total, status.bad], recounted: [count.total, count.bad] },
      { told: status.uncorrected?.total ?? status.total, recounted: all },
    ]
  }
}

/** Lays every step of a burndown beside a recount of its events, and its ends beside the budget. */
function burntDown(world: World, sloId: string): { told: unknown; recounted: unknown }[] {
  const status = world.desk.status(world.tenant, sloId)
  const down = world.desk.slo.burndown(world.tenant, status.sloId as SloId)!
  expect(down.endsMs.length).toBeLessThanOrEqual(BURNDOWN_STEPS + 2)
  const excluded = (tick: number): boolean =>
    world.stretches.some(
      ({ fromTick, toTick, slo }) =>
        tick > fromTick && tick <= toTick && (!slo || sloId === 'month'),
    )
  const counts = {
    bad: zeros(down),
    total: zeros(down),
    outBad: zeros(down),
    outTotal: zeros(down),
  }
  for (const { tick, bad, total } of world.events) {
    const atMs = tick * 10_000
    if (atMs <= down.fromMs || atMs > down.toMs) continue
    const step = down.endsMs.findIndex((endMs) => atMs <= endMs)
    const isOut = excluded(tick)
    counts[isOut ? 'outBad' : 'bad'][step]! += bad
    counts[isOut ? 'outTotal' : 'total'][step]! += total
  }
  const { bad, total, excludedBad, excludedTotal } = down
  return [
    {
      told: { bad, total, outBad: excludedBad, outTotal: excludedTotal },
      recounted: counts,
    },
    { told: down.budgetLeftRatio.at(-1), recounted: status.budgetLeftRatio },
    {
      told: down.uncorrectedLeftRatio?.at(-1) ?? null,
      recounted: status.uncorrected?.budgetLeftRatio ?? null,
    },
  ]
}

function zeros({ endsMs }: { readonly endsMs: readonly number[] }): number[] {
  return endsMs.map(() => 0)
}

/** The first of the month that holds the minute before an edge. */
function monthStart(toTick: number): number {
  const date = new Date(toTick * 10_000 - 1)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 10_000
}

async function replay(steps: readonly Step[]): Promise<void> {
  const world = new World()
  for (const action of steps) {
    if (action.kind === 'gain') world.gain(action)
    if (action.kind === 'correct') world.correct(action)
    if (action.kind === 'revoke') world.revoke()
    if (action.kind === 'restart') {
      await world.desk.checkpoint()
      world.desk.restart()
    }
    if (action.kind !== 'pass') continue
    world.pass(action.ms)
    for (const sloId of ['error-rate', 'month']) {
      for (const { told, recounted } of world.compared(sloId)) {
        expect([sloId, told]).toEqual([sloId, recounted])
      }
      for (const { told, recounted } of burntDown(world, sloId)) {
        expect([sloId, told]).toEqual([sloId, recounted])
      }
    }
  }
}

describe('corrected budgets', () => {
  it('count what a recount without the excluded five minutes counts, by step as well, and windows without the buckets they touch', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), replay), {
      numRuns: 60,
    })
  })
})
