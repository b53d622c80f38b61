/**
 * What budget policies tell of: one condition a tenant and step, whichever of its SLOs hold it, so
 * that a tenant whose budgets are all spent is told of once. It speaks for the budget with the
 * least left. Pure.
 */
import type { Condition } from '../../../core/condition.ts'
import { LABELS } from '../../../core/names/labels.ts'
import type { PolicyAction, PolicyStep } from '../model/budget-policy.ts'
import type { SloBudget } from '../slo-budget.ts'
import { budgetLeftInWords } from '../verdict.ts'
import type { HeldStep } from './transition.ts'

const PREFIX = 'budget/'

/** A step that holds for a tenant, with the budgets that hold it. */
export interface Noticed {
  readonly policyId: string
  readonly step: PolicyStep
  readonly held: readonly { readonly step: HeldStep; readonly budget: SloBudget }[]
}

/** Tells whether a condition or alert is a policy's own. */
export function isNotice({ source, key }: { readonly source: string; readonly key: string }) {
  return source === 'slo' && key.startsWith(PREFIX)
}

/** Writes the condition of a step that holds. Asks for at least one budget. */
export function noticeOf({ policyId, step, held }: Noticed, nowMs: number): Condition {
  const [voice, ...others] = held.toSorted((left, right) => leftOf(left) - leftOf(right))
  const { budget } = voice!
  const sinceMs = Math.min(...held.map((each) => each.step.enteredAtMs))
  const { leftRatio, leftEvents } = budget
  const and =
    others.length === 0 ? '' : ` (and of ${others.map((each) => each.budget.noun).join(', ')})`
  return {
    source: 'slo',
    tenantId: budget.tenantId,
    key: `${PREFIX}${policyId}/${step.stepId}`,
    holds: true,
    action: step.notify,
    summary: `${budget.tenantName} has ${leftInWords(leftRatio)} of its ${budget.noun} budget left${and}${consequences(step.actions)}.`,
    numbers: {
      good: budget.good,
      bad: budget.bad,
      total: budget.total,
      periodSeconds: budget.periodSeconds,
      enterLeft: step.enterLeftPpm / 1e6,
      leaveLeft: step.leaveLeftPpm / 1e6,
      sinceSeconds: Math.max(0, nowMs - sinceMs) / 1_000,
      ...(leftRatio === null ? {} : { budgetLeft: leftRatio }),
      ...(leftEvents === null ? {} : { budgetLeftEvents: leftEvents }),
    },
    labels: {
      [LABELS.slo]: budget.sloId,
      [LABELS.tier]: budget.tier,
      [LABELS.policy]: policyId,
      [LABELS.step]: step.stepId,
    },
    atMs: nowMs,
  }
}

/** Writes the end of one that held: of an alert that fires and no step holds any more. */
export function ceasedNotice(
  alert: Pick<Condition, 'tenantId' | 'key' | 'action' | 'labels'>,
  nowMs: number,
): Condition {
  const { tenantId, key, action, labels } = alert
  const summary = `${tenantId} has enough of its budget left again.`
  return {
    source: 'slo',
    tenantId,
    key,
    holds: false,
    action,
    summary,
    numbers: {},
    labels,
    atMs: nowMs,
  }
}

const CONSEQUENCES: Readonly<Record<PolicyAction, string | null>> = {
  'freeze-deploys': 'deploys are frozen',
  'raise-priority': 'its alerts are more urgent',
  'open-review': 'a budget review is open',
  notify: null,
}

function consequences(actions: readonly PolicyAction[]): string {
  const told = actions.flatMap((action) => CONSEQUENCES[action] ?? [])
  return told.length === 0 ? '' : `: ${new Intl.ListFormat('en-GB').format(told)}`
}

function leftOf({ budget }: { readonly budget: SloBudget }): number {
  return budget.leftRatio ?? 1
}

function leftInWords(leftRatio: number | null): string {
  if (leftRatio === null) return 'nothing counted'
  return leftRatio <= 0 ? 'nothing' : budgetLeftInWords(leftRatio)
}
