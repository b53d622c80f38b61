/**
 * What steps that hold mean for a tenant now: with the step as it is configured and the budget as
 * it is counted. Pure.
 */
import type { SloId } from '../../../core/ids.ts'
import { PPM } from '../../../core/units.ts'
import type { PolicyStep } from '../model/budget-policy.ts'
import type { SloBudget } from '../slo-budget.ts'
import type { GateFreeze } from './gate.ts'
import type { Noticed } from './notices.ts'
import type { HeldStep } from './transition.ts'

/** A step that holds. */
export interface Holding {
  readonly held: HeldStep
  readonly step: PolicyStep
  /** Undefined where nothing is counted at the moment. */
  readonly budget: SloBudget | undefined
}

/** A step that holds, as it is told. */
export interface PolicyState extends HeldStep {
  readonly actions: PolicyStep['actions']
  readonly enterLeftRatio: number
  readonly leaveLeftRatio: number
  readonly heldUntilMs: number
  /** The budget now. Null where nothing is counted. */
  readonly budgetLeftRatio: number | null
  readonly bad: number | null
  readonly total: number | null
}

export function stateOf({ held, step, budget }: Holding): PolicyState {
  return {
    ...held,
    actions: step.actions,
    ...limitsOf(held, step),
    budgetLeftRatio: budget?.leftRatio ?? null,
    bad: budget?.bad ?? null,
    total: budget?.total ?? null,
  }
}

export interface FreezeFacts {
  readonly nowMs: number
  readonly reopensInMs: (sloId: SloId, leftPpm: number) => number | null
}

/** Tells what freezes deploys. Null for a step that does not. */
export function freezeOf(
  { held, step, budget }: Holding,
  { nowMs, reopensInMs }: FreezeFacts,
): GateFreeze | null {
  if (!step.actions.includes('freeze-deploys')) return null
  const { sloId, policyId, stepId, enteredAtMs: sinceMs } = held
  const limits = limitsOf(held, step)
  const inMs = reopensInMs(sloId, step.leaveLeftPpm)
  return {
    sloId,
    title: budget?.title ?? sloId,
    policyId,
    stepId,
    sinceMs,
    objectivePpm: budget?.objectivePpm ?? null,
    periodSeconds: budget?.periodSeconds ?? null,
    good: budget?.good ?? null,
    bad: budget?.bad ?? null,
    total: budget?.total ?? null,
    budgetLeftRatio: budget?.leftRatio ?? null,
    budgetLeftEvents: budget?.leftEvents ?? null,
    ...limits,
    opensAtMs: inMs === null ? null : Math.max(nowMs + inMs, limits.heldUntilMs),
  }
}

/** Puts the steps together that are told of as one. Shape: only those that are told of. */
export function noticedOf(holdings: readonly Holding[]): Noticed[] {
  const groups = new Map<string, Holding[]>()
  for (const holding of holdings) {
    const { policyId, stepId } = holding.held
    if (!holding.step.actions.includes('notify')) continue
    const key = `${policyId}/${stepId}`
    groups.set(key, [...(groups.get(key) ?? []), holding])
  }
  return [...groups.values()].flatMap((group) => {
    const counted = group.flatMap(({ held, budget }) =>
      budget === undefined ? [] : [{ step: held, budget }],
    )
    const [{ held, step }] = group as [Holding, ...Holding[]]
    return counted.length === 0 ? [] : [{ policyId: held.policyId, step, held: counted }]
  })
}

function limitsOf(
  { enteredAtMs }: HeldStep,
  { enterLeftPpm, leaveLeftPpm, minimumStayMs }: PolicyStep,
): Pick<PolicyState, 'enterLeftRatio' | 'leaveLeftRatio' | 'heldUntilMs'> {
  return {
    enterLeftRatio: enterLeftPpm / PPM,
    leaveLeftRatio: leaveLeftPpm / PPM,
    heldUntilMs: enteredAtMs + minimumStayMs,
  }
}
