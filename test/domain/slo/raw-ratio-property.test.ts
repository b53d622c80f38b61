/** Ratios that are measured as such: every window is what a recount of all samples finds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import { sloSpecSchema, type SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import type { SloStatus } from '../../../src/domain/slo/slo.ts'
import { placeOf, USUAL_PLAN } from '../../../src/domain/slo/window-plan.ts'
import { BURN_PAIRS } from '../../../src/domain/slo/windows.ts'
import { remoteWrite, STALE } from '../metrics/writing.ts'
import { Program } from './program.ts'
import { burnOf, isGoodShare, Reference, type Recount } from './reference.ts'

const T0 = Date.UTC(2026, 2, 2, 10, 0, 0)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TICK = 10_000
/** Of a share that was measured longer ago nobody knows since when it holds. */
const GAP_MS = 5 * MINUTE

function spec(sloId: string, indicator: object): SloSpec {
  const rest = { period: { rolling: '30d' }, objectives: [{ percent: 99 }] }
  return sloSpecSchema.parse({ sloId, title: sloId, indicator, ...rest })
}
const BOOK = sloBookOf({
  slos: [
    spec('errors', { kind: 'event-ratio', raw: { signal: 'error_ratio' } }),
    spec('successes', { kind: 'event-ratio', raw: { signal: 'success_ratio' } }),
    spec('minutes', { kind: 'time-slice', raw: { signal: 'error_ratio' }, slicePercent: 95 }),
  ],
  overrides: [],
})

/** Each has its own clock behind the server's: what the slow ones say comes late. */
const SENDERS = [
  { instance: 'a', name: 'tenantry_error_ratio', lagMs: 0 },
  { instance: 'b', name: 'tenantry_error_ratio', lagMs: 40_000 },
  { instance: 'c', name: 'tenantry_error_ratio', lagMs: 3 * HOUR },
  { instance: 'd', name: 'tenantry_success_ratio', lagMs: 0 },
  { instance: 'e', name: 'tenantry_success_ratio', lagMs: 5 * HOUR },
] as const

type Value = number | typeof STALE

type Step =
  | { readonly kind: 'sample'; readonly sender: number; readonly value: Value }
  | { readonly kind: 'pass'; readonly ms: number; readonly settleSeconds: number }
  | { readonly kind: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('sample' as const),
      sender: fc.nat(SENDERS.length - 1),
      value: fc.oneof(
        { weight: 4, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
        { weight: 4, arbitrary: fc.constantFrom(0, 1, 0.05, 0.95) },
        { weight: 1, arbitrary: fc.constantFrom<Value>(STALE, NaN, 1.5, -0.1) },
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 1_000, max: 90_000 }) },
        { weight: 3, arbitrary: fc.integer({ min: MINUTE, max: 20 * MINUTE }) },
        { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 30 * HOUR }) },
        { weight: 1, arbitrary: fc.integer({ min: 100 * HOUR, max: 900 * HOUR }) },
      ),
      settleSeconds: fc.integer({ min: 0, max: 15 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

class World {
  readonly program = new Program(BOOK)
  readonly references = { errors: new Reference(), successes: new Reference() }
  readonly #last = new Map<number, number>()
  nowMs = T0

  sample(sender: number, value: Value): void {
    const { instance, name, lagMs } = SENDERS[sender]!
    const atMs = this.nowMs - lagMs
    const before = this.#last.get(sender)
    // One sample an instant.
    if (before !== undefined && atMs <= before) return
    const labels = { __name__: name, tenant: 'acme', instance }
    this.program.bench.write(remoteWrite([{ labels, samples: [[atMs, value]] }]), this.nowMs)
    if (value === STALE) this.#last.delete(sender)
    const isRatio = typeof value === 'number' && value >= 0 && value <= 1
    if (!isRatio) return
    this.#last.set(sender, atMs)
    if (before === undefined || atMs - before > GAP_MS) return
    const isErrors = name === 'tenantry_error_ratio'
    const reference = this.references[isErrors ? 'errors' : 'successes']
    this.#spread(reference, { sinceMs: before, atMs, share: isErrors ? value : 1 - value })
  }

  /** Counts microseconds, bucket by bucket; the bad ones are rounded on their way, never twice. */
  #spread(
    reference: Reference,
    { sinceMs, atMs, share }: { sinceMs: number; atMs: number; share: number },
  ): void {
    let [total, bad] = [0, 0]
    for (let tick = Math.floor(sinceMs / TICK) + 1; (tick - 1) * TICK < atMs; tick += 1) {
      const micros = (Math.min(atMs, tick * TICK) - sinceMs) * 1_000
      const badMicros = Math.round(share * micros)
      reference.add({ tick, total: micros - total, bad: badMicros - bad })
      ;[total, bad] = [micros, badMicros]
    }
  }

  pass(ms: number, settleSeconds: number): void {
    this.nowMs += ms
    const settledToMs = this.nowMs - settleSeconds * 1_000
    this.program.tick(this.nowMs, settledToMs)
    for (const reference of Object.values(this.references)) {
      reference.evaluate(this.nowMs, settledToMs)
    }
  }

  expectRight(): void {
    const { errors, successes } = this.references
    expectCounts(this.program.status('errors'), errors.events(), 1e6)
    expectCounts(this.program.status('successes'), successes.events(), 1e6)
    expectCounts(this.program.status('minutes'), errors.slices(isGoodShare(950_000)), 1)
  }
}

function expectCounts(status: SloStatus, { windows, shown }: Recount, units: number): void {
  const { sloId, objectivePpm } = status
  BURN_PAIRS.forEach(({ speed, longSeconds, shortSeconds }, i) => {
    const burn = status.burns[i]!
    expect([sloId, speed, burn.longBurn, burn.shortBurn]).toEqual([
      sloId,
      speed,
      burnOf(windows[placeOf(USUAL_PLAN, longSeconds)]!, objectivePpm),
      burnOf(windows[placeOf(USUAL_PLAN, shortSeconds)]!, objectivePpm),
    ])
  })
  expect([sloId, status.total, status.bad]).toEqual([sloId, shown.total / units, shown.bad / units])
}

async function replay(steps: readonly Step[]): Promise<void> {
  const world = new World()
  for (const action of steps) {
    if (action.kind === 'sample') world.sample(action.sender, action.value)
    if (action.kind === 'restart') {
      await world.program.checkpoint()
      world.program.restart()
    }
    if (action.kind !== 'pass') continue
    world.pass(action.ms, action.settleSeconds)
    world.expectRight()
  }
}

describe('raw ratios', () => {
  it('count every window as a recount of all samples does, whatever comes late, ends or restarts', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), replay), {
      numRuns: 150,
    })
  })
})
