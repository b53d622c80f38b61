/** Policies over the real engine: what trips them, what does not, a restart of both, and when a gate
 *  opens again. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TenantId } from '../../../../src/core/ids.ts'
import { HOUR_MS, isoTime, MINUTE_MS } from '../../../../src/core/time.ts'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import { openCorrections } from '../../../../src/domain/slo/corrections/corrections.ts'
import type { SloSpec } from '../../../../src/domain/slo/model/slo-spec.ts'
import { openBudgetPolicies, openSloBook, sloBookOf } from '../../../../src/domain/slo/slo.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { openWorld, type World } from '../../access/harness.ts'
import { Desk, START_MS } from '../harness.ts'

/** Two days, so that a walk goes through a whole period. */
const SPEC: SloSpec = {
  sloId: 'errors',
  title: 'Errors',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '48h' },
  objectives: [{ percent: 99 }],
  alerts: [],
}

const POLICY = {
  policyId: 'errors',
  slos: ['errors'],
  steps: [
    {
      stepId: 'freeze',
      enter: { leftPercent: 0 },
      leave: { leftPercent: 20 },
      minimumStay: '30m',
      actions: ['freeze-deploys' as const],
    },
  ],
}

class Line {
  readonly world: World = openWorld()
  readonly corrections = openCorrections(this.world)
  readonly desk: Desk
  readonly acme: TenantId
  readonly #cells: { ok: number; failed: number }
  #policies: ReturnType<typeof openBudgetPolicies>
  nowMs = START_MS
  /** A whole period was counted by then, with an event an hour. */
  beginsMs = 0

  constructor(spec = SPEC, others: readonly SloSpec[] = [], policy = POLICY) {
    const book = openSloBook(this.world)
    const off = { policyId: 'enterprise-budget', steps: [] }
    book.set({ slos: [spec, ...others], policies: [off, policy] }, SYSTEM, START_MS)
    this.desk = new Desk({ book: sloBookOf(book.spec()), corrections: this.corrections })
    this.acme = this.desk.admit('acme')
    this.#cells = this.desk.requestCells(this.acme)
    this.#policies = this.#open()
    this.pass(MINUTE_MS, 1, 0)
    this.beginsMs = this.nowMs + 49 * HOUR_MS
    this.desk.evaluate(this.beginsMs - 2 * MINUTE_MS)
    const { ok } = this.#cells
    const hours = Array.from({ length: 48 }, (_, hour) => this.nowMs + (hour + 1) * HOUR_MS)
    this.desk.book(hours.map((atMs) => ({ cell: ok, atMs, amount: 1 })))
    this.pass(49 * HOUR_MS - 2 * MINUTE_MS, 1, 0)
  }

  /** Serves requests at the end of a span, and judges a minute later. */
  pass(ms: number, total: number, bad: number): void {
    this.nowMs += ms
    const { ok, failed } = this.#cells
    this.desk.book([
      { cell: ok, atMs: this.nowMs, amount: total - bad },
      { cell: failed, atMs: this.nowMs, amount: bad },
    ])
    this.nowMs += 2 * MINUTE_MS
    this.judge()
  }

  judge(): void {
    this.desk.evaluate(this.nowMs)
    for (const _ of this.#policies.round(this.nowMs));
  }

  async restart(): Promise<void> {
    await this.desk.checkpoint()
    this.desk.restart()
    this.desk.slo.learn(this.desk.cells)
    this.#policies = this.#open()
  }

  gate() {
    const tenant = { tenantId: this.acme, tier: 'enterprise' as const, name: 'Acme' }
    return this.#policies.gate(tenant, null, this.nowMs)
  }

  isFrozen(): boolean {
    return this.#policies.states(null).some(({ policyId }) => policyId === 'errors')
  }

  #open() {
    return openBudgetPolicies({
      ...this.world,
      book: openSloBook(this.world),
      slo: this.desk.slo,
      tenants: { active: () => this.desk.registry },
      counters: memoryCounters(),
    })
  }
}

describe('a policy over the engine', () => {
  it('is tripped by bad events, and not by those of an excluded time', () => {
    const line = new Line()
    line.pass(HOUR_MS, 10_000, 0)
    line.pass(HOUR_MS, 10_000, 250)
    expect(line.isFrozen()).toBe(true)

    const corrected = new Line()
    const startsAt = isoTime(corrected.beginsMs + HOUR_MS + 30 * MINUTE_MS)
    const endsAt = isoTime(corrected.beginsMs + 3 * HOUR_MS)
    corrected.corrections.create({ startsAt, endsAt, reason: 'load test' }, SYSTEM, START_MS)
    corrected.pass(HOUR_MS, 10_000, 0)
    corrected.pass(HOUR_MS, 10_000, 250)
    expect(corrected.isFrozen()).toBe(false)
    corrected.pass(3 * HOUR_MS, 10_000, 250)
    expect(corrected.isFrozen()).toBe(true)
  })

  it('is not tripped by good events that leave the period of an idle tenant', () => {
    const line = new Line()
    line.pass(HOUR_MS, 20_000, 0)
    line.pass(20 * HOUR_MS, 10_000, 180)
    expect(line.gate().gate).toBe('open')
    line.pass(30 * HOUR_MS, 0, 0)
    expect(line.desk.status(line.acme, 'errors').budgetLeftRatio).toBeLessThan(0)
    expect(line.isFrozen()).toBe(false)
    line.pass(HOUR_MS, 10, 0)
    expect(line.isFrozen()).toBe(true)
  })

  it('holds while nothing is heard, and lets go of a period without events', () => {
    const line = new Line()
    line.pass(HOUR_MS, 10_000, 200)
    line.desk.lastSampleAtMs.set(line.acme, line.nowMs)
    line.pass(40 * HOUR_MS, 0, 0)
    expect(line.isFrozen()).toBe(true)
    line.pass(20 * HOUR_MS, 0, 0)
    expect(line.desk.status(line.acme, 'errors').total).toBe(0)
    expect(line.isFrozen()).toBe(false)
  })

  it('opens when it said that it would, while events go on coming alike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 120, max: 400 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 12 }),
        (burst, badAnHour, hours) => {
          const line = new Line()
          for (let i = 0; i < hours; i += 1) line.pass(58 * MINUTE_MS, 1_000, badAnHour)
          line.pass(58 * MINUTE_MS, 1_000, burst)
          line.pass(58 * MINUTE_MS, 1_000, badAnHour)
          if (!line.isFrozen()) return
          const { opensAtMs } = line.gate()
          const fromMs = line.nowMs
          while (line.isFrozen() && line.nowMs < fromMs + 60 * HOUR_MS) {
            line.pass(58 * MINUTE_MS, 1_000, badAnHour)
          }
          expect(opensAtMs).not.toBeNull()
          expect(Math.abs(opensAtMs! - line.nowMs)).toBeLessThanOrEqual(2 * HOUR_MS)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('does not say when it opens while it burns more than it may', () => {
    const line = new Line()
    for (let i = 0; i < 5; i += 1) line.pass(58 * MINUTE_MS, 1_000, 50)
    expect(line.gate()).toMatchObject({ gate: 'closed', opensAtMs: null })
  })

  it('begins anew with a period of the calendar, and says so', () => {
    const line = new Line({ ...SPEC, period: { calendar: 'day', zone: 'UTC' } })
    line.pass(HOUR_MS, 10_000, 500)
    const midnightMs = Date.UTC(2026, 2, 5)
    expect(line.gate()).toMatchObject({ gate: 'closed', opensAtMs: midnightMs })
    line.pass(midnightMs - line.nowMs + 10 * MINUTE_MS, 100, 0)
    expect(line.gate().gate).toBe('open')
  })

  it('turns the same with a restart of engine and policies at any time', async () => {
    const step = fc.record({
      ms: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 30, max: 300 })),
      total: fc.integer({ min: 0, max: 2_000 }),
      badPercent: fc.constantFrom(0, 0, 1, 3, 20),
      restart: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const [line, undisturbed] = [new Line(), new Line()]
        for (const { ms, total, badPercent, restart } of steps) {
          if (restart) await line.restart()
          const bad = Math.floor((total * badPercent) / 100)
          for (const each of [line, undisturbed]) each.pass(ms * MINUTE_MS, total, bad)
          expect(line.isFrozen()).toBe(undisturbed.isFrozen())
          expect(line.gate()).toEqual(undisturbed.gate())
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('a policy over a composite', () => {
  it('is tripped by its parts together', () => {
    const whole: SloSpec = {
      sloId: 'whole',
      title: 'Whole',
      indicator: { kind: 'composite', of: [{ slo: 'errors', weight: 1 }] },
      period: { rolling: '48h' },
      objectives: [{ percent: 99 }],
      alerts: [],
    }
    const line = new Line(SPEC, [whole], { ...POLICY, slos: ['whole'] })
    line.pass(HOUR_MS, 10_000, 60)
    expect(line.isFrozen()).toBe(false)
    line.pass(HOUR_MS, 10_000, 200)
    expect(line.gate()).toMatchObject({
      gate: 'closed',
      opensAtMs: null,
      freezes: [{ sloId: 'whole', total: 1 }],
    })
  })
})
