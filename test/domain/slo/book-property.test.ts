/** Windows and budgets of other periods, kinds and objectives, each against a plain recount. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { windowBurn } from '../../../src/domain/slo/burn.ts'
import { periodAt } from '../../../src/domain/slo/calendar.ts'
import { edgeStepSeconds } from '../../../src/domain/slo/edge-steps.ts'
import { stretchesOf } from '../../../src/domain/slo/model/objective-history.ts'
import { sloBookOf, type SloBookSpec } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { SLICE_RECENT_MINUTES } from '../../../src/domain/slo/page-rings.ts'
import { LAG_TICKS } from '../../../src/domain/slo/windows.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000
const DAY = 24 * HOUR_MS

const REQUESTS = {
  kind: 'event-ratio',
  bad: { signal: 'requests', classes: ['5xx'] },
  total: { signal: 'requests' },
} as const satisfies SloSpec['indicator']

const pair = { speed: 'fast', action: 'page', long: '45m', short: '3m', budgetPercent: 5 } as const
const later = {
  speed: 'slow',
  action: 'ticket',
  long: '2d',
  short: '4h',
  budgetPercent: 20,
} as const

const slo = (sloId: string, period: SloSpec['period'], more: Partial<SloSpec> = {}): SloSpec => ({
  sloId,
  title: sloId,
  cause: sloId,
  indicator: REQUESTS,
  period,
  objectives: [{ percent: 99 }],
  ...more,
})

const iso = (atMs: number): string => new Date(atMs).toISOString()
const CHANGES = [
  { percent: 99 },
  { from: iso(START_MS + 7 * HOUR_MS - 1), percent: 99.9 },
  { from: iso(START_MS + 40 * HOUR_MS), percent: 99.5 },
]

const BOOK: SloBookSpec = {
  slos: [
    slo('rolling-28d', { rolling: '28d' }, { alerts: [pair, later], objectives: CHANGES }),
    slo('rolling-36h', { rolling: '36h' }, { alerts: [pair] }),
    slo('rolling-90d', { rolling: '90d' }),
    slo('day', { calendar: 'day', zone: 'Asia/Kathmandu' }, { alerts: [pair] }),
    slo('week', { calendar: 'week', zone: 'America/New_York' }, { objectives: CHANGES }),
    slo('month', { calendar: 'month', zone: 'Europe/Berlin' }),
    slo(
      'again',
      { rolling: '30d' },
      {
        objectives: [CHANGES[0]!, { ...CHANGES[1]!, recompute: true }],
      },
    ),
    slo(
      'shares',
      { rolling: '30d' },
      {
        indicator: { ...REQUESTS, kind: 'ratio-time-slice' },
      },
    ),
    slo(
      'shares-15m',
      { rolling: '30d' },
      {
        indicator: { ...REQUESTS, kind: 'ratio-time-slice', slice: '15m' },
        alerts: [{ ...pair, short: '15m' }, later],
      },
    ),
    slo(
      'slices-5m',
      { rolling: '30d' },
      {
        indicator: { ...REQUESTS, kind: 'time-slice', slicePercent: 90, slice: '5m' },
        objectives: CHANGES,
      },
    ),
    slo(
      'slices-1h',
      { calendar: 'month', zone: 'UTC' },
      {
        indicator: { ...REQUESTS, kind: 'time-slice', slicePercent: 90, slice: '1h' },
        alerts: [later],
      },
    ),
  ],
  overrides: [
    {
      tenant: 'globex',
      slo: 'rolling-36h',
      objectives: [{ percent: 95 }],
    },
  ],
}

interface Event {
  readonly tick: number
  readonly total: number
  readonly bad: number
  /** The minute of the head when it was booked. */
  readonly headMinute?: number
}

interface Count {
  total: number
  bad: number
}

function countIn(events: readonly Event[], fromTick: number, toTick: number): Count {
  const count = { total: 0, bad: 0 }
  for (const { tick, total, bad } of events) {
    if (tick <= fromTick || tick > toTick) continue
    count.total += total
    count.bad += bad
  }
  return count
}

const isSliced = ({ indicator }: SloSpec): boolean =>
  indicator.kind === 'time-slice' || indicator.kind === 'ratio-time-slice'

/** Turns events into slices, of those that came in time to decide theirs. */
function slicesOf({ indicator }: SloSpec, events: readonly Event[]): Event[] {
  const minutes = { '5m': 5, '15m': 15, '1h': 60 }[String('slice' in indicator && indicator.slice)]
  const length = minutes ?? 1
  const endOf = ({ tick }: Event): number => Math.ceil(Math.ceil(tick / 6) / length) * length
  const deciding = events.filter((event) => {
    return endOf(event) - length + 1 > event.headMinute! - SLICE_RECENT_MINUTES
  })
  return [...Map.groupBy(deciding, endOf)].flatMap(([end, within]) => {
    const { total, bad } = countIn(within, -Infinity, Infinity)
    if (total === 0) return []
    const share = Math.floor((2 * bad * 1_000_000 + total) / (2 * total))
    if (indicator.kind === 'ratio-time-slice') {
      return [{ tick: end * 6, total: 1_000_000, bad: share }]
    }
    return [{ tick: end * 6, total: 1, bad: (total - bad) * 100 >= 90 * total ? 0 : 1 }]
  })
}

type Step =
  | { readonly kind: 'gain'; readonly lateMs: number; readonly ok: number; readonly failed: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' | 'follow' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('gain' as const),
      lateMs: fc.oneof(
        fc.integer({ min: -5_000, max: 20_000 }),
        fc.integer({ min: 0, max: 3 * HOUR_MS }),
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
        { weight: 1, arbitrary: fc.integer({ min: 5 * DAY, max: 40 * DAY }) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'follow' as const }) },
)

class World {
  readonly desk = new Desk({ book: sloBookOf(BOOK) })
  readonly tenant = this.desk.admit('acme')
  readonly cells = this.desk.requestCells(this.tenant)
  readonly events: Event[] = []
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
    if (event.tick > this.#headTick) {
      this.#ahead.push(event)
      return
    }
    this.events.push({ ...event, headMinute: Math.ceil(this.#headTick / 6) })
  }

  #edge(stepSeconds: number): number {
    const ticks = stepSeconds / 10
    return Math.floor(this.#settled / ticks) * ticks
  }

  /** What an SLO tells beside what a recount gives. */
  compared(spec: SloSpec): Compared[] {
    const status = this.desk.status(this.tenant, spec.sloId)
    const events = isSliced(spec) ? slicesOf(spec, this.events) : this.events
    const burns = status.burns.flatMap((burn) =>
      (
        [
          [burn.longSeconds, burn.longBurn],
          [burn.shortSeconds, burn.shortBurn],
        ] as const
      ).map(([seconds, told]) => {
        const end = this.#edge(Math.max(isSliced(spec) ? 60 : 10, edgeStepSeconds(seconds)))
        const { bad, total } = countIn(events, end - seconds / 10, end)
        const recounted = windowBurn(bad, total, status.objectivePpm)
        return { what: `${spec.sloId} ${seconds}`, told, recounted }
      }),
    )
    const toTick = this.#edge(60)
    const fromTick = this.#periodStart(spec, toTick)
    const units = spec.indicator.kind === 'ratio-time-slice' ? 1_000_000 : 1
    const count = countIn(events, fromTick, toTick)
    return [
      ...burns,
      { what: `${spec.sloId} total`, told: status.total, recounted: count.total / units },
      { what: `${spec.sloId} bad`, told: status.bad, recounted: count.bad / units },
      {
        what: `${spec.sloId} budget`,
        told: rounded(status.budgetLeftRatio),
        recounted: rounded(this.#budget(spec, { events, fromTick, toTick })),
      },
    ]
  }

  #periodStart({ period }: SloSpec, toTick: number): number {
    const { calendar, zone, rolling } = period
    if (calendar !== undefined) {
      return periodAt(toTick * 10_000, calendar, zone!).startMs / 10_000
    }
    const hours = { '28d': 672, '36h': 36, '90d': 2_160, '30d': 720 }[rolling!]!
    return this.#edge(3_600) - hours * 360
  }

  #budget(
    spec: SloSpec,
    { events, fromTick, toTick }: { events: readonly Event[]; fromTick: number; toTick: number },
  ): number | null {
    const template = this.desk.sloBook!.templates.find(({ sloId }) => sloId === spec.sloId)!
    const range = { fromMs: fromTick * 10_000, toMs: toTick * 10_000 }
    const parts = stretchesOf(template.objectives.enterprise, range).map((stretch) => {
      const { total } = countIn(events, stretch.fromMs / 10_000, stretch.toMs / 10_000)
      return total * (1_000_000 - stretch.targetPpm)
    })
    const allowed = parts.reduce((sum, part) => sum + part, 0)
    const { bad, total } = countIn(events, fromTick, toTick)
    return total === 0 ? null : 1 - (bad * 1_000_000) / allowed
  }
}

interface Compared {
  readonly what: string
  readonly told: number | null
  readonly recounted: number | null
}

function rounded(ratio: number | null): number | null {
  return ratio === null ? null : Number(ratio.toPrecision(10))
}

function expectAlike(compared: readonly Compared[]): void {
  for (const { what, told, recounted } of compared) expect([what, told]).toEqual([what, recounted])
}

async function replay(steps: readonly Step[]): Promise<void> {
  const world = new World()
  for (const action of steps) {
    if (action.kind === 'gain') world.gain(action)
    if (action.kind === 'pass') {
      world.pass(action.ms)
      for (const spec of BOOK.slos) expectAlike(world.compared(spec))
    }
    if (action.kind === 'follow') world.desk.slo.follow(sloBookOf(BOOK))
    if (action.kind !== 'restart') continue
    await world.desk.checkpoint()
    world.desk.restart()
  }
}

describe('SLOs of all periods', () => {
  it('count as a recount does, and judge every hour by what was promised in it', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), replay), {
      numRuns: 60,
    })
  })
})
