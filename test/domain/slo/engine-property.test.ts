import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TenantId } from '../../../src/core/ids.ts'
import type { SloStatus } from '../../../src/domain/slo/slo.ts'
import { USUAL_PLAN, placeOf } from '../../../src/domain/slo/window-plan.ts'
import { BURN_PAIRS } from '../../../src/domain/slo/windows.ts'
import { Desk, START_MS, type Gain } from './harness.ts'
import { burnOf, isGoodShare, isServed, Reference, type Recount } from './reference.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Step =
  | {
      readonly kind: 'gain'
      readonly lateMs: number
      readonly ok: number
      readonly failed: number
      /** Of those that were turned away. */
      readonly refused: number
      readonly by: 'tooMany' | 'quota' | 'down' | 'class4xx'
    }
  | {
      readonly kind: 'probe'
      readonly lateMs: number
      readonly up: number
      readonly down: number
    }
  | { readonly kind: 'pass'; readonly ms: number; readonly settleSeconds: number }
  | { readonly kind: 'restart' }

const nearby = fc.integer({ min: -30_000, max: 90_000 })
const lateness = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -30_000, max: 20_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 100 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 740 * HOUR }) },
)
const passing = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1_000, max: 30_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: MINUTE, max: 20 * MINUTE }) },
  { weight: 2, arbitrary: fc.integer({ min: HOUR, max: 30 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: 100 * HOUR, max: 900 * HOUR }) },
)
const stepOf = (lateMs: fc.Arbitrary<number>, ms: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('gain' as const),
        lateMs,
        ok: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constant(5_000_000_000)),
        failed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.constant(70_000)),
        refused: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.constant(70_000)),
        by: fc.constantFrom('tooMany', 'quota', 'down', 'class4xx'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('probe' as const),
        lateMs,
        up: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(70_000)),
        down: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('pass' as const),
        ms,
        settleSeconds: fc.integer({ min: 0, max: 15 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  )

function expectCounts(status: SloStatus, { windows, shown }: Recount): void {
  BURN_PAIRS.forEach((pair, i) => {
    const burn = status.burns[i]!
    expect([pair.speed, burn.longBurn, burn.shortBurn]).toEqual([
      pair.speed,
      burnOf(windows[placeOf(USUAL_PLAN, pair.longSeconds)]!, status.objectivePpm),
      burnOf(windows[placeOf(USUAL_PLAN, pair.shortSeconds)]!, status.objectivePpm),
    ])
  })
  expect({ total: status.total, bad: status.bad }).toEqual(shown)
}

async function replay(steps: readonly Step[]): Promise<void> {
  const desk = new Desk()
  const tenants = ['acme', 'globex'].map((name) => desk.admit(name))
  const cells = tenants.map((tenant) => desk.requestCells(tenant))
  const probes = tenants.map((tenant) => desk.probeCells(tenant))
  const turnedAway = tenants.map((tenant) => desk.turnedAwayCells(tenant))
  const referencesOf = () =>
    new Map<TenantId, Reference>(tenants.map((id) => [id, new Reference()]))
  const references = referencesOf()
  const attempts = referencesOf()
  let nowMs = START_MS
  let turn = 0
  for (const action of steps) {
    const tenant = tenants[turn % 2]!
    const { ok, failed } = cells[turn % 2]!
    const refused = turnedAway[turn % 2]!
    const { up, down } = probes[turn % 2]!
    turn += action.kind === 'gain' ? 1 : 0
    if (action.kind === 'probe') {
      const atMs = nowMs - action.lateMs
      desk.book([
        { cell: up, atMs, amount: action.up },
        { cell: down, atMs, amount: action.down },
      ])
      const total = action.up + action.down
      const tick = Math.ceil(atMs / 10_000)
      references.get(tenant)!.add({ tick, total, bad: action.down, standsIn: true })
    }
    if (action.kind === 'gain') {
      const atMs = nowMs - action.lateMs
      const gains: Gain[] = [
        { cell: ok, atMs, amount: action.ok },
        { cell: failed, atMs, amount: action.failed },
        { cell: refused[action.by], atMs, amount: action.refused },
      ]
      desk.book(gains)
      const tick = Math.ceil(atMs / 10_000)
      const total = action.ok + action.failed + action.refused
      const down = action.by === 'down' ? action.refused : 0
      references.get(tenant)!.add({ tick, total, bad: action.failed + down })
      const ownFault = action.by === 'quota' ? action.refused : 0
      const unserved = ['tooMany', 'down'].includes(action.by) ? action.refused : 0
      attempts.get(tenant)!.add({ tick, total: total - ownFault, bad: unserved })
    }
    if (action.kind === 'restart') {
      await desk.checkpoint()
      desk.restart()
    }
    if (action.kind !== 'pass') continue
    nowMs += action.ms
    desk.settleSeconds = action.settleSeconds
    desk.evaluate(nowMs)
    for (const [id, reference] of references) {
      reference.evaluate(nowMs, nowMs - action.settleSeconds * 1_000)
      expectCounts(desk.status(id, 'error-rate'), reference.events())
      expectCounts(desk.status(id, 'availability'), reference.slices(isGoodShare(950_000)))
      attempts.get(id)!.evaluate(nowMs, nowMs - action.settleSeconds * 1_000)
      expectCounts(desk.status(id, 'throughput'), attempts.get(id)!.slices(isServed))
    }
  }
}

describe('the engine', () => {
  it('counts every window as a recount of all events does, whatever comes late, idles, jumps or restarts', async () => {
    const step = stepOf(lateness, passing)
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), replay), {
      numRuns: 60,
    })
  })

  it('takes probes out of a minute as soon as requests come', async () => {
    const step = stepOf(nearby, fc.integer({ min: 1_000, max: 20_000 }))
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), replay), {
      numRuns: 60,
    })
  })
})
