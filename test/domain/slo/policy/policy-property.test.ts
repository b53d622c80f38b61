/** Random walks of a budget through a policy, against a plain reading of what a step says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../../src/core/time.ts'
import type { BudgetPolicySpec } from '../../../../src/domain/slo/model/budget-policy.ts'
import {
  keyOfStep,
  type HeldStep,
  type PolicyTransition,
} from '../../../../src/domain/slo/policy/transition.ts'
import { ACME, budget, ERRORS, MAY_FAIL, PolicyDesk, START_MS, TOTAL } from './harness.ts'

interface Step {
  readonly enter: number
  readonly leave: number
  readonly stayMinutes: number
}

interface Turn {
  readonly passMs: number
  /** Of 1_000 that may fail. */
  readonly bad: number
  readonly isEmpty: boolean
  readonly isReliable: boolean
  readonly hasTraffic: boolean
  /** Of the period, in percent. */
  readonly countedPercent: number
  readonly restart: boolean
}

const stepArbitrary: fc.Arbitrary<Step> = fc
  .record({
    enter: fc.integer({ min: -50, max: 60 }),
    gap: fc.integer({ min: 1, max: 40 }),
    stayMinutes: fc.constantFrom(1, 5, 60, 600),
  })
  .map(({ enter, gap, stayMinutes }) => ({ enter, leave: enter + gap, stayMinutes }))

const mostly = fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.constant(false))
const rarely = mostly.map((value) => !value)

const turnArbitrary: fc.Arbitrary<Turn> = fc.record({
  passMs: fc.oneof(
    fc.integer({ min: 1_000, max: 90_000 }),
    fc.integer({ min: MINUTE_MS, max: 3 * HOUR_MS }),
  ),
  // Mostly around the thresholds, whole percents included.
  bad: fc.oneof(
    fc.integer({ min: 0, max: 2 * MAY_FAIL }),
    fc.integer({ min: 30, max: 150 }).map((percent) => percent * 10),
    fc.integer({ min: 0, max: 8 }),
  ),
  isEmpty: rarely,
  isReliable: mostly,
  hasTraffic: mostly,
  countedPercent: fc.oneof(
    { weight: 4, arbitrary: fc.constant(100) },
    fc.constantFrom(0, 1, 50, 80),
  ),
  restart: rarely,
})

function policyOf(steps: readonly Step[]): BudgetPolicySpec {
  return {
    policyId: 'walk',
    steps: steps.map(({ enter, leave, stayMinutes }, i) => ({
      stepId: `step-${i}`,
      enter: { leftPercent: enter },
      leave: { spentPercent: 100 - leave },
      minimumStay: `${stayMinutes}m`,
      actions: ['freeze-deploys', 'notify'],
    })),
  }
}

const OFF: BudgetPolicySpec[] = ['enterprise', 'professional', 'starter'].map((tier) => ({
  policyId: `${tier}-budget`,
  steps: [],
}))

/** What a step says, in whole bad events. Null: it stays as it is. */
function expected(step: Step, sinceMs: number | null, turn: Turn, nowMs: number): string | null {
  if (sinceMs === null) {
    const isJudged = !turn.isEmpty && turn.isReliable && turn.hasTraffic && turn.bad >= 5
    // Of what a whole period may fail: as many times more as it is longer.
    const leftOfWhole = MAY_FAIL * 100 - turn.bad * turn.countedPercent
    return isJudged && turn.countedPercent > 0 && leftOfWhole <= 1_000 * step.enter
      ? 'entered'
      : null
  }
  if (nowMs - sinceMs < step.stayMinutes * MINUTE_MS) return null
  if (turn.isEmpty) return 'left'
  const leftOfThousand = MAY_FAIL - turn.bad
  return turn.isReliable && leftOfThousand >= 10 * step.leave ? 'left' : null
}

/** Works out which steps hold from all that was entered and left. Shape of
 *  the history: whole, oldest first. */
function replayed(history: readonly PolicyTransition[]): HeldStep[] {
  const held = new Map<string, HeldStep>()
  for (const { tenantId, sloId, policyId, stepId, kind, atMs } of history) {
    const step = { tenantId, sloId, policyId, stepId }
    if (kind === 'entered') held.set(keyOfStep(step), { ...step, enteredAtMs: atMs })
    else held.delete(keyOfStep(step))
  }
  return [...held.values()]
}

describe('a budget that walks through a policy', () => {
  it('turns where thresholds, stay and counts say so; history gives what holds; a restart changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { minLength: 1, maxLength: 3 }),
        fc.array(turnArbitrary, { minLength: 1, maxLength: 40 }),
        (steps, turns) => {
          const policies = [...OFF, policyOf(steps)]
          const desk = new PolicyDesk(policies)
          const undisturbed = new PolicyDesk(policies)
          const since = new Map<string, number>()
          let nowMs = START_MS
          let minute = -1
          for (const turn of turns) {
            nowMs += turn.passMs
            const total = turn.isEmpty ? 0 : TOTAL
            const now = budget({
              ...turn,
              total,
              bad: turn.isEmpty ? 0 : turn.bad,
              countedRatio: () => turn.countedPercent / 100,
            })
            const isRound = Math.floor(nowMs / MINUTE_MS) > minute
            const told = desk.judge(nowMs, now)
            undisturbed.judge(nowMs, now)
            const said = steps.flatMap((step, i) => {
              const stepId = `step-${i}`
              const kind = expected(step, since.get(stepId) ?? null, turn, nowMs)
              if (!isRound || kind === null) return []
              if (kind === 'entered') since.set(stepId, nowMs)
              else since.delete(stepId)
              const cause = turn.isEmpty ? 'empty' : 'budget'
              return [`walk/${stepId} ${kind}: ${cause}`]
            })
            expect(told).toEqual(said)
            minute = Math.max(minute, Math.floor(nowMs / MINUTE_MS))
            // Within the minute of a round the next one comes with the next minute.
            if (turn.restart) {
              desk.restart()
              nowMs = (minute + 1) * MINUTE_MS
            }
            const holding = desk.policies.states(null)
            expect(new Map(holding.map((each) => [each.stepId, each.enteredAtMs]))).toEqual(since)
            const gate = desk.policies.gate(desk.tenants[0]!, null, nowMs)
            expect(gate.gate).toBe(since.size === 0 ? 'open' : 'closed')
          }
          const history = desk.history()
          expect(history).toEqual(undisturbed.history())
          expect(new Set(replayed(history).map(keyOfStep))).toEqual(
            new Set([...since.keys()].map((stepId) => `${ACME}/${ERRORS}/walk/${stepId}`)),
          )
        },
      ),
      { numRuns: 60 },
    )
  })
})
