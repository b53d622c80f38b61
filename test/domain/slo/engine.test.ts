import { describe, expect, it } from 'vitest'
import { UNATTRIBUTED } from '../../../src/core/ids.ts'
import type { Condition } from '../../../src/core/condition.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import { Desk, START_MS } from './harness.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Offers traffic every minute and evaluates after each. Returns what was told last. */
function run(
  desk: Desk,
  cells: { ok: number; failed: number },
  { fromMs, minutes, perMinute, failed }: Traffic,
): Condition[] {
  let conditions: Condition[] = []
  for (let i = 1; i <= minutes; i += 1) {
    const atMs = fromMs + i * MINUTE
    desk.book([
      { cell: cells.ok, atMs, amount: perMinute - failed },
      { cell: cells.failed, atMs, amount: failed },
    ])
    conditions = desk.evaluate(atMs)
  }
  return conditions
}

interface Traffic {
  readonly fromMs: number
  readonly minutes: number
  readonly perMinute: number
  readonly failed: number
}

const holding = (conditions: readonly Condition[]): string[] =>
  conditions.filter(({ holds }) => holds).map(({ key }) => key)

describe('the budget', () => {
  it('weighs events: 12 h at 1000/s with 5 % bad and 12 h at 1/s with none read 4.995 %', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    const busy = { fromMs: START_MS, minutes: 12 * 60, perMinute: 60_000, failed: 3_000 }
    const idle = { fromMs: START_MS + 12 * HOUR, minutes: 12 * 60, perMinute: 60, failed: 0 }
    run(desk, cells, busy)
    run(desk, cells, idle)
    const { good, bad, total, sliRatio } = desk.status(acme, 'error-rate')
    expect({ good, bad, total }).toEqual({ good: 41_083_200, bad: 2_160_000, total: 43_243_200 })
    expect((1 - sliRatio!) * 100).toBeCloseTo(4.995, 3)
  })

  it('is read up to the last closed minute, of a new tenant and of one with closed hours', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 10, perMinute: 100, failed: 0 })
    expect(desk.status(acme, 'error-rate')).toMatchObject({ total: 1_000, budgetLeftRatio: 1 })
    const hours = { fromMs: START_MS + 10 * MINUTE, minutes: 127, perMinute: 100, failed: 0 }
    run(desk, cells, hours)
    const nowMs = START_MS + 137 * MINUTE
    run(desk, cells, { fromMs: nowMs, minutes: 1, perMinute: 100, failed: 7 })
    const counts = { total: 13_800, bad: 7, good: 13_793 }
    expect(desk.status(acme, 'error-rate')).toMatchObject(counts)
    expect(desk.status(acme, 'availability')).toMatchObject({ total: 138, bad: 1 })
    desk.book([{ cell: cells.failed, atMs: nowMs + MINUTE + 20 * SECOND, amount: 5 }])
    desk.evaluate(nowMs + MINUTE + 50 * SECOND)
    expect(desk.status(acme, 'error-rate')).toMatchObject(counts)
  })

  it('of availability counts bad minutes, not bad requests', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 60, perMinute: 100, failed: 5 })
    run(desk, cells, { fromMs: START_MS + HOUR, minutes: 60, perMinute: 100, failed: 6 })
    expect(desk.status(acme, 'availability')).toMatchObject({ good: 60, bad: 60, total: 120 })
  })
})

describe('burn conditions', () => {
  it('page when both windows of a pair are above, once per tenant and cause', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 60, perMinute: 1_000, failed: 0 })
    const burning = { fromMs: START_MS + HOUR, minutes: 30, perMinute: 1_000, failed: 100 }
    const conditions = run(desk, cells, burning)
    expect(holding(conditions)).toEqual(['requests-fail/page'])
    const [page] = conditions.filter(({ holds }) => holds)
    expect(page).toMatchObject({
      source: 'slo',
      tenantId: acme,
      action: 'page',
      labels: { slo: 'error-rate', speed: 'fast', tier: 'enterprise' },
      numbers: {
        longBurn: 50,
        good: 57_000,
        bad: 3_000,
        total: 60_000,
        longSeconds: 3_600,
        shortBurn: 100,
        shortGood: 4_500,
        shortBad: 500,
        shortTotal: 5_000,
        shortSeconds: 300,
        threshold: 14.4,
        objective: 0.999,
        periodSeconds: 30 * 86_400,
        // 3_000 of 90_000 where 90 may fail, at 50 times.
        budgetLeftEvents: -2_910,
        exhaustsInSeconds: 0,
      },
    })
    expect(page!.summary).toMatch(/^acme burns its error-rate budget 50 times too fast over 1h; /)
    const shown = desk.status(acme, 'availability').burns.find(({ speed }) => speed === 'fast')
    expect(shown?.holds).toBe(true)
  })

  it('do not page while only the short window is above', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 120, perMinute: 10_000, failed: 0 })
    const burst = { fromMs: START_MS + 2 * HOUR, minutes: 1, perMinute: 10_000, failed: 800 }
    expect(holding(run(desk, cells, burst))).toEqual([])
    const [fast] = desk.status(acme, 'error-rate').burns
    expect(fast!.shortBurn).toBeGreaterThan(fast!.threshold)
    expect(fast).toMatchObject({ holds: false, suppressed: null })
  })

  it('stay one page while the burn changes its speed and its SLO, until it has recovered', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 360, perMinute: 10_000, failed: 0 })
    const voices: string[] = []
    let nowMs = START_MS + 360 * MINUTE
    const serve = (minutes: number, failed: number): void => {
      for (let i = 0; i < minutes; i += 1) {
        const step = { fromMs: nowMs, minutes: 1, perMinute: 10_000, failed }
        const [page, ...others] = run(desk, cells, step).filter(({ holds }) => holds)
        nowMs += MINUTE
        expect(others).toEqual([])
        const { slo, speed } = page?.labels ?? {}
        const voice = page === undefined ? 'none' : `${page.key} ${slo!} ${speed!}`
        if (voice !== voices.at(-1)) voices.push(voice)
      }
    }
    serve(20, 600)
    serve(40, 0)
    expect(voices).toEqual([
      'none',
      'requests-fail/page availability fast',
      'requests-fail/page error-rate fast',
      'requests-fail/page availability fast',
      'requests-fail/page availability medium',
      'none',
      'requests-fail/ticket availability slow',
    ])
  })

  it('say that they recover once no pair holds, and cease when the short windows let go', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 360, perMinute: 1_000, failed: 0 })
    const startMs = START_MS + 360 * MINUTE
    run(desk, cells, { fromMs: startMs, minutes: 1, perMinute: 1_000, failed: 900 })
    const calm = { fromMs: startMs + MINUTE, minutes: 6, perMinute: 1_000, failed: 0 }
    const [page] = run(desk, cells, calm).filter(({ holds }) => holds)
    expect(page!.summary).toMatch(
      /^acme burned its error-rate budget too fast and recovers: still 30 times too fast over 30m; /,
    )
    expect(page!.labels).toEqual({ slo: 'error-rate', speed: 'medium', tier: 'enterprise' })
    expect(desk.status(acme, 'error-rate').verdict).toMatch(/^Recovers: /)
    const later = { ...calm, fromMs: startMs + 7 * MINUTE, minutes: 24 }
    expect(run(desk, cells, later).filter(({ key }) => key === 'requests-fail/page')).toMatchObject(
      [{ holds: false, summary: 'acme no longer burns its error-rate budget too fast.' }],
    )
    expect(desk.status(acme, 'error-rate').verdict).toMatch(/^Keeps|^Has spent/)
  })

  it('are held back by too few bad events, and the status says so', () => {
    const desk = new Desk()
    const acme = desk.admit('acme', 'professional')
    const cells = desk.requestCells(acme)
    const few = { fromMs: START_MS, minutes: 3, perMinute: 1, failed: 1 }
    const slos = run(desk, cells, few).map(({ labels }) => labels.slo)
    expect(slos).toEqual(['availability'])
    const [fast] = desk.status(acme, 'error-rate').burns
    expect(fast).toMatchObject({
      holds: false,
      suppressed: '3 bad of 3 events: fewer than 5 bad',
    })
  })

  it('never hold for an idle tenant, and nothing of it is NaN', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    desk.requestCells(acme)
    for (let hour = 0; hour < 50; hour += 1) {
      expect(desk.holding(START_MS + hour * HOUR)).toEqual([])
    }
    const status = desk.status(acme, 'error-rate')
    expect(status).toMatchObject({ state: 'no-traffic', sliRatio: null, budgetLeftRatio: null })
    expect(JSON.stringify(desk.slo.status(acme))).not.toContain('NaN')
    expect(desk.slo.burnSpark(acme, desk.nowMs).every((burn) => burn === null)).toBe(true)
  })

  it('are all told once after a start, so that what ceased meanwhile resolves', async () => {
    const desk = new Desk()
    desk.admit('acme')
    desk.admit('globex')
    desk.evaluate(START_MS)
    await desk.checkpoint()
    desk.registry.pop()
    desk.restart()
    const first = desk.evaluate(START_MS + MINUTE)
    expect(first).toHaveLength(2 * (2 * 2 + 1))
    expect(first.every(({ holds }) => !holds)).toBe(true)
    expect(desk.evaluate(START_MS + 2 * MINUTE)).toEqual([])
  })

  it('cease when the tenant leaves, and its budget is as it was when it comes back', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 61, perMinute: 1_000, failed: 100 })
    const [entry] = desk.registry
    desk.registry = []
    desk.generation += 1
    const conditions = desk.evaluate(START_MS + 62 * MINUTE)
    expect(holding(conditions)).toEqual([])
    expect(conditions.map(({ key }) => key)).toContain('requests-fail/page')
    expect(desk.slo.status(acme)).toEqual([])
    desk.registry = [entry!]
    desk.generation += 1
    desk.evaluate(START_MS + 3 * HOUR)
    expect(desk.status(acme, 'error-rate')).toMatchObject({ bad: 6_100, total: 61_000 })
  })
})

describe('late counts', () => {
  it('land in their bucket, and a minute is decided anew', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 61, perMinute: 100, failed: 0 })
    const lateAtMs = START_MS + 20 * MINUTE
    desk.book([{ cell: cells.failed, atMs: lateAtMs, amount: 50 }])
    desk.evaluate(START_MS + 61 * MINUTE + SECOND)
    expect(desk.status(acme, 'error-rate')).toMatchObject({ bad: 50, total: 6_150 })
    expect(desk.status(acme, 'availability')).toMatchObject({ bad: 1, total: 61 })
    desk.book([{ cell: cells.ok, atMs: lateAtMs, amount: 5_000 }])
    desk.evaluate(START_MS + 61 * MINUTE + 2 * SECOND)
    expect(desk.status(acme, 'availability')).toMatchObject({ bad: 0, total: 61 })
  })

  it('are discarded and counted when no window can take them', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const { ok } = desk.requestCells(acme)
    desk.evaluate(START_MS)
    desk.book([{ cell: ok, atMs: START_MS - 31 * 24 * HOUR, amount: 1 }])
    desk.book([{ cell: ok, atMs: START_MS - 24 * HOUR, amount: 1 }])
    desk.book([{ cell: ok, atMs: START_MS + 30 * MINUTE, amount: 1 }])
    desk.evaluate(START_MS + SECOND)
    expect(Object.fromEntries(desk.counted)).toEqual({
      'tenantry_slo_discarded_total older-than-period': 3,
      'tenantry_slo_discarded_total slice-closed': 2,
      'tenantry_slo_discarded_total too-far-ahead': 3,
    })
    expect(desk.status(acme, 'error-rate').total).toBe(1)
  })
})

describe('response time', () => {
  it('has one estimate where the threshold is a bound', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const [, within, all] = desk.durationCells(acme, [0.1, 0.2, Infinity])
    const atMs = START_MS + MINUTE
    desk.book([
      { cell: all!, atMs, amount: 1_000 },
      { cell: within!, atMs, amount: 985 },
    ])
    desk.evaluate(START_MS + 2 * MINUTE)
    expect(desk.status(acme, 'response-time')).toMatchObject({ bad: 15, total: 1_000, state: 'ok' })
  })

  it('is uncertain, and does not page, when only the pessimistic estimate breaches', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const [below, above, all] = desk.durationCells(acme, [0.1, 0.25, Infinity])
    const gains = (withinUpper: number) =>
      [
        [all!, 1_000],
        [above!, withinUpper],
        [below!, 300],
      ].map(([cell, amount]) => ({ cell: cell!, atMs: START_MS + MINUTE, amount: amount! }))
    desk.book(gains(1_000))
    expect(desk.holding(START_MS + 2 * MINUTE)).toEqual([])
    expect(desk.status(acme, 'response-time')).toMatchObject({ state: 'uncertain', bad: 0 })
    desk.book(gains(400))
    expect(desk.holding(START_MS + 2 * MINUTE + SECOND)).toEqual(['acme requests-slow/page'])
    expect(desk.status(acme, 'response-time')).toMatchObject({
      state: 'ok',
      bad: 600,
      total: 2_000,
    })
  })

  it('splits into two estimates from what it had counted when a layout without the bound appears', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const [exact, all] = desk.durationCells(acme, [0.2, Infinity], 'a')
    desk.book([
      { cell: all!, atMs: START_MS + SECOND, amount: 100 },
      { cell: exact!, atMs: START_MS + SECOND, amount: 40 },
    ])
    desk.evaluate(START_MS + MINUTE)
    const [upper, allOfB] = desk.durationCells(acme, [0.5, Infinity], 'b')
    desk.book([
      { cell: allOfB!, atMs: START_MS + MINUTE, amount: 10_000 },
      { cell: upper!, atMs: START_MS + MINUTE, amount: 10_000 },
      { cell: all!, atMs: START_MS + MINUTE, amount: 100 },
      { cell: exact!, atMs: START_MS + MINUTE, amount: 100 },
    ])
    desk.evaluate(START_MS + 2 * MINUTE)
    const status = desk.status(acme, 'response-time')
    expect(status).toMatchObject({ bad: 60, total: 10_200, state: 'uncertain' })
  })
})

describe('silence', () => {
  const silentFor = (tier: 'enterprise' | 'starter'): Desk => {
    const desk = new Desk()
    const acme = desk.admit('acme', tier)
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 10, perMinute: 100, failed: 0 })
    desk.lastSampleAtMs.set(acme, START_MS + 10 * MINUTE)
    return desk
  }
  const evaluateTo = (desk: Desk, minute: number): Condition[] => {
    let conditions: Condition[] = []
    while (desk.nowMs < START_MS + minute * MINUTE) conditions = desk.evaluate(desk.nowMs + MINUTE)
    return conditions
  }

  it('of a tenant with recent traffic raises its own condition after five minutes, until it is heard', () => {
    const desk = silentFor('enterprise')
    expect(holding(evaluateTo(desk, 14))).toEqual([])
    const [condition] = evaluateTo(desk, 15).filter(({ holds }) => holds)
    expect(condition).toMatchObject({
      key: 'no-data',
      action: 'page',
      numbers: { silentSeconds: 300 },
    })
    expect(desk.status(condition!.tenantId, 'error-rate')).toMatchObject({
      state: 'no-data',
      verdict: expect.stringContaining('Nothing heard for 5 min'),
    })
    expect(holding(evaluateTo(desk, 30 * 60))).toEqual(['no-data'])
    desk.lastSampleAtMs.set(condition!.tenantId, desk.nowMs)
    expect(evaluateTo(desk, 30 * 60 + 1)).toMatchObject([{ key: 'no-data', holds: false }])
  })

  it('of a starter is only reported', () => {
    const desk = silentFor('starter')
    expect(evaluateTo(desk, 16)).toMatchObject([{ key: 'no-data', action: 'report', holds: true }])
  })

  it('does not count the time in which nobody listened, and is not resolved by a restart', async () => {
    const desk = silentFor('enterprise')
    await desk.checkpoint()
    desk.restart()
    expect(desk.holding(START_MS + 2 * HOUR)).toEqual([])
    desk.nowMs = START_MS + 2 * HOUR
    expect(holding(evaluateTo(desk, 125))).toEqual(['no-data'])
    await desk.checkpoint()
    desk.restart()
    expect(desk.holding(START_MS + 3 * HOUR)).toEqual(['acme no-data'])
  })

  it('of a tenant that burned raises no burn that was not raised before', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 61, perMinute: 1_000, failed: 3 })
    desk.lastSampleAtMs.set(acme, START_MS + 61 * MINUTE)
    evaluateTo(desk, 67)
    desk.book([{ cell: cells.failed, atMs: desk.nowMs - MINUTE, amount: 5_000 }])
    expect(holding(evaluateTo(desk, 69))).not.toContain('requests-fail/page')
    expect(desk.status(acme, 'error-rate').burns[0]!.holds).toBe(true)
  })
})

describe('a burn', () => {
  it('of a tenant that falls silent is kept until the tenant is heard, and has recovered', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const cells = desk.requestCells(acme)
    run(desk, cells, { fromMs: START_MS, minutes: 60, perMinute: 1_000, failed: 0 })
    run(desk, cells, { fromMs: START_MS + HOUR, minutes: 10, perMinute: 1_000, failed: 500 })
    desk.lastSampleAtMs.set(acme, desk.nowMs)
    const silentMs = desk.nowMs
    let told: Condition[] = []
    while (desk.nowMs < silentMs + 3 * HOUR) told = desk.evaluate(desk.nowMs + MINUTE)
    expect(holding(told)).toEqual(['requests-fail/page', 'no-data'])
    expect(told[0]!.summary).toMatch(
      /^acme burned its error-rate budget too fast and fell silent; the budget is spent/,
    )
    desk.lastSampleAtMs.delete(acme)
    const heard = { fromMs: silentMs + 3 * HOUR, minutes: 1, perMinute: 1_000, failed: 0 }
    const conditions = run(desk, cells, heard)
    expect(holding(conditions)).not.toContain('requests-fail/page')
    expect(conditions.map(({ key }) => key)).toContain('requests-fail/page')
  })
})

describe('gains', () => {
  it('are booked once, however evaluations, checkpoints and gains come together', async () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const { ok } = desk.requestCells(acme)
    const gain = (amount: number): void => desk.book([{ cell: ok, atMs: START_MS, amount }])
    desk.evaluate(START_MS)
    gain(1)
    gain(2)
    desk.slo.beginEvaluation(
      START_MS + MINUTE,
      () => START_MS + MINUTE,
      () => START_MS + MINUTE,
    )
    expect(desk.slo.evaluateSlice(() => true)).toBe(false)
    gain(4)
    await desk.checkpoint()
    while (!desk.slo.evaluateSlice(() => true));
    gain(8)
    await desk.checkpoint()
    desk.restart()
    desk.evaluate(START_MS + 2 * MINUTE)
    expect(desk.status(acme, 'error-rate').total).toBe(15)
  })
})

describe('states', () => {
  it('call counts inconsistent when more were good than there were', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const [within, all] = desk.durationCells(acme, [0.2, Infinity])
    desk.book([
      { cell: within!, atMs: START_MS, amount: 20 },
      { cell: all!, atMs: START_MS, amount: 10 },
    ])
    desk.evaluate(START_MS + MINUTE)
    expect(desk.status(acme, 'response-time').state).toBe('inconsistent')
  })

  it('give every active tenant its SLOs, and the unattributed bucket none', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const { ok } = desk.requestCells(UNATTRIBUTED)
    desk.book([{ cell: ok, atMs: START_MS, amount: 10 }])
    desk.evaluate(START_MS + MINUTE)
    expect(desk.slo.status(acme).map(({ sloId, state }) => `${sloId} ${state}`)).toEqual([
      'availability no-traffic',
      'error-rate no-traffic',
      'response-time no-traffic',
      'throughput no-traffic',
    ])
    expect([...desk.slo.statusAcrossTenants()]).toHaveLength(4)
  })

  it('of a ratio that is measured as such count its time, in seconds', () => {
    const book = sloBookOf({
      slos: [
        {
          sloId: 'rooms',
          title: 'Rooms',
          indicator: { kind: 'event-ratio', raw: { signal: 'error_ratio' } },
          period: { rolling: '30d' },
          objectives: [{ percent: 99 }],
        },
      ],
      overrides: [],
    })
    const desk = new Desk({ book })
    const acme = desk.admit('acme')
    const common = { tenantId: acme, signal: 'error_ratio', source: 'ratio' } as const
    const good = desk.cell({ ...common, statusClass: '2xx' })
    const bad = desk.cell({ ...common, statusClass: '5xx' })
    for (let at = 0; at < 360; at += 1) {
      const atMs = START_MS + at * 10 * SECOND
      desk.book([
        { cell: good, atMs, amount: 9_999_900 },
        { cell: bad, atMs, amount: 100 },
      ])
    }
    desk.evaluate(START_MS + 60 * MINUTE)
    expect(desk.status(acme, 'rooms')).toMatchObject({
      unit: 'second',
      total: 3_600,
      bad: 0.036,
      state: 'ok',
    })
  })

  it('of a service that answers nobody are told by its probes', () => {
    const desk = new Desk()
    const acme = desk.admit('acme')
    const { ok } = desk.requestCells(acme)
    const { up, down } = desk.probeCells(acme)
    // While there are requests, probes have no say
    for (let minute = 0; minute < 60; minute += 1) {
      const atMs = START_MS + minute * MINUTE + 30 * SECOND
      desk.book([
        { cell: down, atMs, amount: 2 },
        { cell: ok, atMs, amount: 100 },
      ])
    }
    expect(desk.holding(START_MS + 60 * MINUTE)).toEqual([])
    expect(desk.status(acme, 'availability')).toMatchObject({ state: 'ok', total: 60, bad: 0 })
    for (let minute = 60; minute < 66; minute += 1) {
      desk.book([{ cell: down, atMs: START_MS + minute * MINUTE + 30 * SECOND, amount: 2 }])
    }
    expect(desk.holding(START_MS + 66 * MINUTE)).toEqual(['acme requests-fail/page'])
    expect(desk.status(acme, 'availability')).toMatchObject({ total: 66, bad: 6 })
    desk.book([{ cell: up, atMs: START_MS + 66 * MINUTE + SECOND, amount: 1 }])
    desk.evaluate(START_MS + 67 * MINUTE)
    expect(desk.status(acme, 'availability')).toMatchObject({ total: 67, bad: 6 })
    expect(desk.status(acme, 'error-rate')).toMatchObject({ total: 6_000, bad: 0 })
  })

  it('bind the cells of a tenant that is registered later', () => {
    const desk = new Desk()
    const early = desk.admit('early')
    desk.registry = []
    const { ok } = desk.requestCells(early)
    desk.evaluate(START_MS)
    desk.admit('early')
    desk.book([{ cell: ok, atMs: START_MS + SECOND, amount: 10 }])
    desk.evaluate(START_MS + 2 * MINUTE)
    expect(desk.status(early, 'error-rate').total).toBe(10)
  })
})
