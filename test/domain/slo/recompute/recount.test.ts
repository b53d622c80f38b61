import { describe, expect, it } from 'vitest'
import type { SloId, TenantId } from '../../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/core/time.ts'
import { sloBookOf } from '../../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../../src/domain/slo/model/slo-spec.ts'
import { noPast, type RecountAsked, type SloRecount } from '../../../../src/domain/slo/slo.ts'
import { Desk, START_MS } from '../harness.ts'

const MINUTE = 60_000
const ERRORS = 'errors' as SloId
const MINUTES = 'minutes' as SloId

function specs(classes: ('4xx' | '5xx')[]): SloSpec[] {
  const ratio = {
    bad: { signal: 'requests' as const, classes },
    total: { signal: 'requests' as const },
  }
  const common = { period: { rolling: '30d' }, objectives: [{ percent: 99 }] }
  return [
    { sloId: ERRORS, title: 'Errors', indicator: { kind: 'event-ratio', ...ratio }, ...common },
    {
      sloId: MINUTES,
      title: 'Minutes',
      indicator: { kind: 'time-slice', ...ratio, slicePercent: 75 },
      ...common,
    },
  ]
}

class World {
  readonly desk = new Desk({ book: sloBookOf({ slos: specs(['5xx']), overrides: [] }) })
  readonly tenant: TenantId = this.desk.admit('acme')
  readonly ok: number
  readonly refused: number

  constructor() {
    this.ok = this.desk.requestCells(this.tenant).ok
    this.refused = this.desk.turnedAwayCells(this.tenant).class4xx
    this.desk.evaluate(START_MS)
  }

  /** Counts at an instant that has come. */
  count(atMs: number, ok: number, refused: number): void {
    if (atMs > this.desk.nowMs) this.desk.evaluate(atMs)
    this.desk.book([
      { cell: this.ok, atMs, amount: ok },
      { cell: this.refused, atMs, amount: refused },
    ])
  }

  /** What was refused is bad from now on. */
  redefine(): void {
    this.desk.slo.follow(sloBookOf({ slos: specs(['4xx', '5xx']), overrides: [] }))
  }

  recount(sloId: SloId, asked: Partial<RecountAsked> = {}): SloRecount {
    const all = { fromMs: START_MS, toMs: null, apply: true, ...asked }
    const steps = this.desk.slo.recount(this.tenant, sloId, all)!
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
    }
  }

  counts(sloId: SloId): { total: number; bad: number } {
    const { total, bad } = this.desk.status(this.tenant, sloId)
    return { total, bad }
  }
}

describe('counting the past again', () => {
  it('tells each hour before and after, and changes nothing until it is asked to', () => {
    const world = new World()
    world.count(START_MS + 30 * MINUTE, 90, 10)
    world.count(START_MS + 3 * HOUR_MS + MINUTE, 50, 0)
    world.desk.evaluate(START_MS + 8 * HOUR_MS)
    world.redefine()
    const planned = world.recount(ERRORS, { apply: false })
    expect(planned).toMatchObject({
      fromMs: START_MS,
      before: { total: 150, bad: 0 },
      after: { total: 150, bad: 10 },
      hours: [
        {
          hourEndMs: START_MS + HOUR_MS,
          before: { total: 100, bad: 0 },
          after: { total: 100, bad: 10 },
        },
      ],
    })
    expect(world.counts(ERRORS)).toEqual({ total: 150, bad: 0 })
    expect(world.recount(ERRORS)).toEqual(planned)
    world.desk.evaluate(START_MS + 8 * HOUR_MS)
    expect(world.counts(ERRORS)).toEqual({ total: 150, bad: 10 })
  })

  it('leaves what is stored by the hour alone, or not at all, and says so', () => {
    const world = new World()
    for (let day = 0; day < 4; day += 1) world.count(START_MS + day * DAY_MS + MINUTE, 90, 10)
    world.desk.evaluate(START_MS + 4 * DAY_MS)
    world.redefine()
    world.desk.signals.forget({
      fromMs: START_MS + DAY_MS,
      minutesFromMs: START_MS + 2 * DAY_MS,
    })
    const { left, before, after } = world.recount(ERRORS)
    const hour = (day: number) => ({
      fromMs: START_MS + day * DAY_MS,
      toMs: START_MS + day * DAY_MS + HOUR_MS,
      total: 100,
      bad: 0,
    })
    expect(left.filter(({ reason }) => reason !== 'recent')).toEqual([
      { reason: 'gone', ...hour(0) },
      { reason: 'coarse', ...hour(1) },
    ])
    expect([before, after]).toEqual([
      { total: 200, bad: 0 },
      { total: 200, bad: 20 },
    ])
    world.desk.evaluate(START_MS + 4 * DAY_MS + MINUTE)
    expect(world.counts(ERRORS)).toEqual({ total: 400, bad: 20 })
  })

  it('leaves the hour that windows see by ten seconds, and counts them later', () => {
    const world = new World()
    const atMs = START_MS + HOUR_MS
    world.count(atMs, 90, 10)
    world.desk.evaluate(atMs + 2 * MINUTE)
    world.redefine()
    const first = world.recount(ERRORS)
    expect(first.hours).toEqual([])
    expect(first.left).toEqual([
      { reason: 'recent', fromMs: first.toMs, toMs: atMs + 2 * MINUTE, total: 100, bad: 0 },
    ])
    expect(world.recount(MINUTES).hours).toHaveLength(0)
    world.desk.evaluate(atMs + 70 * MINUTE)
    expect(world.recount(ERRORS).after).toEqual({ total: 100, bad: 10 })
  })

  it('leaves what was loaded', () => {
    const world = new World()
    world.desk.evaluate(START_MS + 5 * HOUR_MS)
    world.desk.slo.load(
      {
        tenantId: world.tenant,
        sloId: ERRORS,
        fromMs: START_MS + HOUR_MS,
        toMs: START_MS + HOUR_MS + MINUTE,
        totals: [70],
        bads: [7],
      },
      noPast(),
    )
    world.count(START_MS + 6 * HOUR_MS, 90, 10)
    world.desk.evaluate(START_MS + 9 * HOUR_MS)
    world.redefine()
    const { left, after } = world.recount(ERRORS)
    expect(left[0]).toEqual({
      reason: 'loaded',
      fromMs: START_MS,
      toMs: START_MS + HOUR_MS + 5 * MINUTE,
      total: 70,
      bad: 7,
    })
    expect(after).toEqual({ total: 100, bad: 10 })
    world.desk.evaluate(START_MS + 9 * HOUR_MS)
    expect(world.counts(ERRORS)).toEqual({ total: 170, bad: 17 })
  })

  it('pages nobody for the past, also after a restart, and ends nothing that still burns', async () => {
    const world = new World()
    const endMs = START_MS + 3 * HOUR_MS
    for (let atMs = START_MS + MINUTE; atMs <= endMs; atMs += MINUTE) world.count(atMs, 100, 100)
    expect(world.desk.holding(endMs)).toEqual([])
    world.redefine()
    world.recount(ERRORS)
    world.recount(MINUTES)
    expect(world.desk.status(world.tenant, ERRORS).bad).toBeGreaterThan(11_000)
    await world.desk.checkpoint()
    world.desk.sloBook = sloBookOf({ slos: specs(['4xx', '5xx']), overrides: [] })
    world.desk.restart()
    for (let atMs = endMs + MINUTE; atMs <= endMs + HOUR_MS; atMs += MINUTE) {
      world.count(atMs, 200, 0)
      expect(world.desk.holding(atMs)).toEqual([])
    }
    // What fails now pages as ever, and counting again takes nothing of it back.
    let holding: string[] = []
    for (let atMs = endMs + HOUR_MS; atMs <= endMs + 2 * HOUR_MS; atMs += MINUTE) {
      world.count(atMs, 50, 150)
      holding = world.desk.holding(atMs + 10_000)
    }
    const pages = ['acme errors/page', 'acme minutes/page']
    expect(holding).toEqual(expect.arrayContaining(pages))
    world.recount(ERRORS)
    world.recount(MINUTES)
    world.count(endMs + 2 * HOUR_MS + MINUTE, 50, 150)
    const after = world.desk.evaluate(endMs + 2 * HOUR_MS + MINUTE + 10_000)
    expect(after.filter(({ holds }) => !holds).map(({ key }) => key)).not.toEqual(
      expect.arrayContaining(['errors/page']),
    )
  })

  it('lets late counts decide minutes that were decided by another rule', () => {
    const world = new World()
    const minuteMs = START_MS + HOUR_MS + MINUTE
    world.count(minuteMs, 70, 30)
    world.desk.evaluate(minuteMs + 20 * MINUTE)
    world.desk.slo.follow(
      sloBookOf({
        slos: specs(['4xx', '5xx']).map((spec) =>
          spec.indicator.kind === 'time-slice'
            ? { ...spec, indicator: { ...spec.indicator, slicePercent: 80 } }
            : spec,
        ),
        overrides: [],
      }),
    )
    world.recount(MINUTES)
    expect(world.counts(MINUTES)).toEqual({ total: 1, bad: 1 })
    // 170 of 200 are good.
    world.count(minuteMs, 100, 0)
    world.desk.evaluate(minuteMs + 25 * MINUTE)
    expect(world.counts(MINUTES)).toEqual({ total: 1, bad: 0 })
    // 170 of 230 are not.
    world.count(minuteMs, 0, 30)
    world.desk.evaluate(minuteMs + 30 * MINUTE)
    expect(world.counts(MINUTES)).toEqual({ total: 1, bad: 1 })
  })

  it('gives an SLO that is new the past that its signals tell', () => {
    const world = new World()
    world.count(START_MS + 30 * MINUTE, 90, 10)
    world.desk.evaluate(START_MS + 8 * HOUR_MS)
    const added = { ...specs(['4xx'])[0]!, sloId: 'added', title: 'Added' }
    world.desk.slo.follow(sloBookOf({ slos: [...specs(['5xx']), added], overrides: [] }))
    world.desk.evaluate(START_MS + 8 * HOUR_MS + 10_000)
    expect(world.recount('added' as SloId).after).toEqual({ total: 100, bad: 10 })
    expect(world.counts('added' as SloId)).toEqual({ total: 100, bad: 10 })
    // What is older may be loaded; what was counted is not loaded once more.
    const loadable = world.desk.slo.loadable(world.tenant).find(({ sloId }) => sloId === 'added')!
    expect(loadable.beforeMs).toBeLessThan(START_MS + 30 * MINUTE)
  })

  it('keeps to the span that is asked for, in whole five minutes', () => {
    const world = new World()
    for (let minute = 1; minute <= 60; minute += 1) {
      world.count(START_MS + minute * MINUTE, 9, 1)
    }
    world.desk.evaluate(START_MS + 8 * HOUR_MS)
    world.redefine()
    const { fromMs, toMs, after } = world.recount(ERRORS, {
      fromMs: START_MS + 11 * MINUTE,
      toMs: START_MS + 29 * MINUTE,
    })
    expect([fromMs, toMs]).toEqual([START_MS + 15 * MINUTE, START_MS + 25 * MINUTE])
    expect(after).toEqual({ total: 100, bad: 10 })
    expect(world.counts(ERRORS)).toEqual({ total: 600, bad: 10 })
  })

  it('counts once what a checkpoint has written, and what it has not', async () => {
    const world = new World()
    world.count(START_MS + 30 * MINUTE, 90, 10)
    world.desk.evaluate(START_MS + 8 * HOUR_MS)
    world.redefine()
    const { writes } = world.desk.slo.checkpoint()
    expect(world.recount(ERRORS).after).toEqual({ total: 100, bad: 10 })
    await world.desk.bulk.commit({ file: 'shared', logPosition: 1, writes })
    const after = { total: 100, bad: 10 }
    expect(world.recount(ERRORS)).toMatchObject({ before: after, after })
    world.desk.slo.confirm(true)
    expect(world.recount(ERRORS)).toMatchObject({ before: after, after })
    expect(world.counts(ERRORS)).toEqual(after)
  })

  it('stops where the SLO becomes another one meanwhile', () => {
    const world = new World()
    world.count(START_MS + 30 * MINUTE, 90, 10)
    world.desk.evaluate(START_MS + 8 * HOUR_MS)
    const steps = world.desk.slo.recount(world.tenant, ERRORS, {
      fromMs: START_MS,
      toMs: null,
      apply: true,
    })!
    steps.next()
    world.redefine()
    expect(() => {
      while (steps.next().done !== true);
    }).toThrow('counting errors again: it was configured otherwise meanwhile')
  })

  it('refuses what counts nothing itself, and says what to name instead', () => {
    const world = new World()
    world.desk.slo.follow(
      sloBookOf({
        slos: [
          ...specs(['5xx']),
          {
            sloId: 'both',
            title: 'Both',
            indicator: {
              kind: 'composite',
              of: [
                { slo: 'errors', weight: 1 },
                { slo: 'minutes', weight: 1 },
              ],
            },
            period: { rolling: '30d' },
            objectives: [{ percent: 99 }],
          },
        ],
        overrides: [],
      }),
    )
    expect(() => world.recount('both' as SloId)).toThrow(
      'sloId: both is made of others: name those instead (errors, minutes), and it follows them',
    )
    const asked = { fromMs: null, toMs: null, apply: false }
    expect(world.desk.slo.recount(world.tenant, 'none' as SloId, asked)).toBeUndefined()
  })
})
