/**
 * Whether a step of a budget policy is entered or left. Two thresholds and a minimum stay keep it
 * from fluttering. Nothing is entered by a period without events, by a tenant that is idle or that
 * nothing is heard of, or by fewer events than alerts ask for; silence is no recovery either. A
 * period that is young, of a new tenant or at the calendar's first days, is entered by what a whole
 * period may fail at the traffic so far: otherwise its first bad hour would spend all. Pure.
 */
import { compareLeft } from '../budget.ts'
import type { PolicyStep } from '../model/budget-policy.ts'
import type { SloBudget } from '../slo-budget.ts'

/** What a step turned by: the budget, or a period that holds no events. */
export interface Turn {
  readonly kind: 'entered' | 'left'
  readonly cause: 'budget' | 'empty'
}

export type JudgedBudget = Pick<
  SloBudget,
  | 'counted'
  | 'allowed'
  | 'events'
  | 'isReliable'
  | 'hasTraffic'
  | 'countedRatio'
  | 'minBadEvents'
  | 'minTotalEvents'
>

/** Tells what becomes of a step. Null: it stays as it is. `enteredAtMs` is null while it does not
 *  hold. */
export function turnOf(
  step: PolicyStep,
  enteredAtMs: number | null,
  budget: JudgedBudget,
  nowMs: number,
): Turn | null {
  return enteredAtMs === null ? entry(step, budget) : exit(step, enteredAtMs, budget, nowMs)
}

function entry(step: PolicyStep, budget: JudgedBudget): Turn | null {
  const { counted, allowed, events, isReliable, hasTraffic } = budget
  if (isEmpty(budget) || !isReliable || !hasTraffic) return null
  if (events.bad < (step.minBadEvents ?? budget.minBadEvents)) return null
  if (events.total < (step.minTotalEvents ?? budget.minTotalEvents)) return null
  if (compareLeft(counted, allowed, step.enterLeftPpm) > 0) return null
  const countedRatio = budget.countedRatio()
  if (countedRatio <= 0) return null
  if (compareLeft(counted, allowed / countedRatio, step.enterLeftPpm) > 0) return null
  return { kind: 'entered', cause: 'budget' }
}

function exit(
  step: PolicyStep,
  enteredAtMs: number,
  budget: JudgedBudget,
  nowMs: number,
): Turn | null {
  if (nowMs < enteredAtMs + step.minimumStayMs) return null
  if (isEmpty(budget)) return { kind: 'left', cause: 'empty' }
  const { counted, allowed, isReliable } = budget
  if (!isReliable || compareLeft(counted, allowed, step.leaveLeftPpm) < 0) return null
  return { kind: 'left', cause: 'budget' }
}

function isEmpty({ counted, allowed }: JudgedBudget): boolean {
  return counted.total <= 0 || allowed <= 0
}
