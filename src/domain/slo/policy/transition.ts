/** What a budget policy came to: the steps that hold, and every one that was entered or left. */
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { PolicyAction } from '../model/budget-policy.ts'

export const TRANSITION_KINDS = ['entered', 'left'] as const
export type TransitionKind = (typeof TRANSITION_KINDS)[number]

/** What a step turned by: the budget, a period without events, a policy or SLO that is another one
 *  or gone, a tenant that is active no more. */
export const TRANSITION_CAUSES = ['budget', 'empty', 'policy', 'tenant'] as const
export type TransitionCause = (typeof TRANSITION_CAUSES)[number]

/** Names a step of a policy for a tenant's SLO. */
export interface StepOf {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly policyId: string
  readonly stepId: string
}

export interface HeldStep extends StepOf {
  readonly enteredAtMs: number
}

export interface PolicyTransition extends StepOf {
  /** Grows over all tenants. */
  readonly sequence: number
  readonly atMs: number
  readonly kind: TransitionKind
  readonly cause: TransitionCause
  /** What the step did then. */
  readonly actions: readonly PolicyAction[]
  /** What has to be left at most to enter, or at least to leave, of a million of the budget. Null
   *  where no threshold was crossed. */
  readonly thresholdLeftPpm: number | null
  /** The period as it was. Null where nobody counted. */
  readonly bad: number | null
  readonly total: number | null
  readonly leftRatio: number | null
}

export function keyOfStep({ tenantId, sloId, policyId, stepId }: StepOf): string {
  return `${tenantId}/${sloId}/${policyId}/${stepId}`
}
