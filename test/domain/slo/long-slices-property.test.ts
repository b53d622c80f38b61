/** Slices of any length, and corrections that touch a part of one, against a plain recount. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SloId } from '../../../src/core/ids.ts'
import { HOUR_MS, isoTime } from '../../../src/core/time.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { windowBurn } from '../../../src/domain/slo/burn.ts'
import { openCorrections } from '../../../src/domain/slo/corrections/corrections.ts'
import { edgeStepSeconds } from '../../../src/domain/slo/edge-steps.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import { sloSpecSchema, type SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { SLICE_RECENT_MINUTES } from '../../../src/domain/slo/page-rings.ts'
import { SLICE_MINUTES } from '../../../src/domain/slo/time-slice.ts'
import { LAG_TICKS } from '../../../src/domain/slo/windows.ts'
import { openWorld } from '../access/harness.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000
const DAY = 24 * HOUR_MS
const PERCENT = 90

function specsOf(minutes: number): SloSpec[] {
  const ratio = {
    bad: { signal: 'requests' as const, classes: ['5xx' as const] },
    total: { signal: 'requests' as const },
  }
  const rest = {
    objectives: [{ percent: 95 }],
    period: { rolling: '30d' },
    // Windows of whole slices, whatever their length.
    alerts: [
      { speed: 'fast', action: 'page', long: '6h', short: '1h', budgetPercent: 5 },
      { speed: 'slow', action: 'ticket', long: '3d', short: '6h', budgetPercent: 10 },
    ],
  }
  const slice = `${String(minutes)}m`
  const specs = [
    {
      sloId: 'slices',
      title: 'Slices',
      indicator: { kind: 'time-slice', ...ratio, slicePercent: PERCENT, slice },
      ...rest,
    },
    {
      sloId: 'shares',
      title: 'Shares',
      indicator: { kind: 'ratio-time-slice', ...ratio, slice },
      ...rest,
    },
  ]
  return specs.map((spec) => sloSpecSchema.parse(spec))
}

type Step =
  | { readonly kind: 'gain'; readonly lateMs: number; readonly ok: number; readonly failed: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'correct'; readonly agoMs: number; readonly spanMs: number }
  | { readonly kind: 'restart' | 'revoke' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('gain' as const),
      // In time to decide its slice.
      lateMs: fc.oneof(
        fc.integer({ min: -5_000, max: 20_000 }),
        fc.integer({ min: 0, max: 2 * HOUR_MS }),
      ),
      ok: fc.integer({ min: 0, max: 300 }),
      failed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1_000, max: 90_000 }) },
        { weight: 4, arbitrary: fc.integer({ min: MINUTE, max: 50 * MINUTE }) },
        { weight: 1, arbitrary: fc.integer({ min: HOUR_MS, max: 40 * HOUR_MS }) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      agoMs: fc.oneof(
        fc.integer({ min: -HOUR_MS, max: 3 * HOUR_MS }),
        fc.integer({ min: 0, max: 5 * DAY }),
      ),
      // Most of a part of one slice.
      spanMs: fc.oneof(
        fc.integer({ min: 1_000, max: 20 * MINUTE }),
        fc.integer({ min: 1_000, max: 5 * HOUR_MS }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'revoke' as const }) },
)

interface Count {
  readonly tick: number
  readonly total: number
  readonly bad: number
}

interface Stretch {
  readonly id: string
  readonly fromTick: number
  readonly toTick: number
}

class World {
  readonly corrections = openCorrections(openWorld())
  readonly desk: Desk
  readonly tenant
  readonly cells
  readonly minutes: number
  readonly events: Count[] = []
  stretches: Stretch[] = []
  #ahead: Count[] = []
  #headTick = -1
  #settled = 0
  nowMs = START_MS

  constructor(minutes: number) {
    this.minutes = minutes
    this.desk = new Desk({
      book: sloBookOf({ slos: specsOf(minutes), overrides: [] }),
      corrections: this.corrections,
    })
    this.tenant = this.desk.admit('acme')
    this.cells = this.desk.requestCells(this.tenant)
  }

  gain({ lateMs, ok, failed }: Extract<Step, { kind: 'gain' }>): void {
    const atMs = this.nowMs - lateMs
    this.desk.book([
      { cell: this.cells.ok, atMs, amount: ok },
      { cell: this.cells.failed, atMs, amount: failed },
    ])
    this.#add({ tick: Math.ceil(atMs / 10_000), total: ok + failed, bad: failed })
  }

  /** Excludes whole five minutes that are whole slices. */
  correct({ agoMs, spanMs }: Extract<Step, { kind: 'correct' }>): void {
    const startMs = this.nowMs - agoMs
    const made = this.corrections.create(
      {
        tenantId: 'acme',
        startsAt: isoTime(startMs),
        endsAt: isoTime(startMs + spanMs),
        reason: 'test',
      },
      SYSTEM,
      this.nowMs,
    )
    let grain = 5
    while (grain % this.minutes !== 0) grain += 5
    const ticks = 6 * grain
    this.stretches.push({
      id: made.correctionId,
      fromTick: Math.floor(startMs / 10_000 / ticks) * ticks,
      toTick: Math.ceil((startMs + spanMs) / 10_000 / ticks) * ticks,
    })
  }

  revoke(): void {
    const first = this.stretches.shift()
    if (first !== undefined) this.corrections.revoke(first.id, SYSTEM, this.nowMs)
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

  #add(event: Count): void {
    if (event.tick > this.#headTick) {
      this.#ahead.push(event)
      return
    }
    const end = Math.ceil(event.tick / 6 / this.minutes) * this.minutes
    // What waited for the clock may be too late to decide its slice.
    const oldest = Math.ceil(this.#headTick / 6) - SLICE_RECENT_MINUTES
    if (end - this.minutes + 1 > oldest) this.events.push(event)
  }

  /** Decides every slice from the list of events. */
  #slices(sloId: string): Count[] {
    const length = 6 * this.minutes
    const byEnd = Map.groupBy(this.events, ({ tick }) => Math.ceil(tick / length) * length)
    return [...byEnd].flatMap(([tick, within]) => {
      const total = within.reduce((sum, each) => sum + each.total, 0)
      const bad = within.reduce((sum, each) => sum + each.bad, 0)
      if (total === 0) return []
      if (sloId === 'slices') {
        return [{ tick, total: 1, bad: (total - bad) * 100 >= PERCENT * total ? 0 : 1 }]
      }
      return [{ tick, total: 1e6, bad: Math.floor((2e6 * bad + total) / (2 * total)) }]
    })
  }

  #edge(stepSeconds: number): number {
    const ticks = stepSeconds / 10
    return Math.floor(this.#settled / ticks) * ticks
  }

  /** Counts slices without those in buckets of a step that a stretch touches. */
  #count(sloId: string, fromTick: number, toTick: number, stepTicks: number) {
    const slices = this.#slices(sloId).filter(({ tick }) => tick > fromTick && tick <= toTick)
    const kept = slices.filter(({ tick }) => {
      const bucketTo = Math.ceil(tick / stepTicks) * stepTicks
      return !this.stretches.some(
        (stretch) => stretch.fromTick < bucketTo && stretch.toTick > bucketTo - stepTicks,
      )
    })
    const sumOf = (of: readonly Count[]) => ({
      total: of.reduce((sum, { total }) => sum + total, 0),
      bad: of.reduce((sum, { bad }) => sum + bad, 0),
    })
    return { kept: sumOf(kept), all: sumOf(slices) }
  }

  compared(sloId: string): { told: unknown; recounted: unknown }[] {
    const status = this.desk.status(this.tenant, sloId)
    const units = sloId === 'slices' ? 1 : 1e6
    const burns = status.burns.flatMap((burn) =>
      (
        [
          [burn.longSeconds, burn.longBurn],
          [burn.shortSeconds, burn.shortBurn],
        ] as const
      ).map(([seconds, told]) => {
        const stepSeconds = Math.max(60, edgeStepSeconds(seconds))
        const toTick = this.#edge(stepSeconds)
        const { kept } = this.#count(sloId, toTick - seconds / 10, toTick, stepSeconds / 10)
        return { told, recounted: windowBurn(kept.bad, kept.total, status.objectivePpm) }
      }),
    )
    const toTick = this.#edge(60)
    const fromTick = this.#edge(3_600) - (30 * DAY) / 10_000
    // A slice counts in its last minute, and that one is excluded with it.
    const { kept, all } = this.#count(sloId, fromTick, toTick, 6)
    const down = this.desk.slo.burndown(this.tenant, status.sloId as SloId)!
    const sum = (of: readonly number[]): number =>
      Math.round(of.reduce((total, each) => total + each, 0) * units)
    return [
      ...burns,
      {
        told: [status.total, status.bad, (status.uncorrected ?? status).total],
        recounted: [kept.total / units, kept.bad / units, all.total / units],
      },
      { told: [sum(down.total), sum(down.bad)], recounted: [kept.total, kept.bad] },
    ]
  }
}

async function replay(minutes: number, steps: readonly Step[]): Promise<void> {
  const world = new World(minutes)
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
    for (const sloId of ['slices', 'shares']) {
      for (const { told, recounted } of world.compared(sloId)) {
        expect([sloId, minutes, told]).toEqual([sloId, minutes, recounted])
      }
    }
  }
}

describe('slices of 1 to 60 minutes', () => {
  it('count as a recount does, and corrections that touch a part of one exclude it whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SLICE_MINUTES),
        fc.array(step, { minLength: 1, maxLength: 50 }),
        replay,
      ),
      { numRuns: 60 },
    )
  })
})
