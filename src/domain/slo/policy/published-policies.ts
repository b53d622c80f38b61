/** What is published of the budget policies that hold. Pure. */
import type { TenantId } from '../../../core/ids.ts'
import { PPM } from '../../../core/units.ts'
import type { Action } from '../../../core/condition.ts'
import { budgetPolicyOf, type PolicyAction } from '../model/budget-policy.ts'
import { DEFAULT_POLICIES } from '../model/default-policies.ts'
import { allPolicies, type SloBookSpec } from '../model/slo-book.ts'
import type { SloTier } from '../model/tiers.ts'
import { appliesTo } from '../template.ts'

export interface PublishedPolicy {
  policyId: string
  /** Null also for somebody who is bound to a tenant: it may speak of others. */
  description: string | null
  isDefault: boolean
  tiers: SloTier[] | null
  /** How many tenants are named. Null where none is, and for somebody who is bound to one. */
  tenants: number | null
  slos: string[] | null
  steps: {
    stepId: string
    enterLeftRatio: number
    leaveLeftRatio: number
    minimumStaySeconds: number
    minBadEvents: number | null
    minTotalEvents: number | null
    actions: PolicyAction[]
    notify: Action
  }[]
}

/** Tells of the policies that are about a tenant, or of all. */
export function publishedPolicies(
  book: SloBookSpec,
  tenant: { readonly tenantId: TenantId; readonly tier: SloTier } | null,
): PublishedPolicy[] {
  return allPolicies(book).flatMap((spec) => {
    const policy = budgetPolicyOf(spec)
    if (tenant !== null && !appliesTo(policy, tenant)) return []
    const { policyId, tiers, tenantIds, slos, steps } = policy
    return {
      policyId,
      description: tenant === null ? (spec.description ?? null) : null,
      isDefault: DEFAULT_POLICIES.includes(spec),
      tiers: tiers === null ? null : [...tiers],
      tenants: tenant !== null || tenantIds === null ? null : tenantIds.size,
      slos: slos === null ? null : [...slos],
      steps: steps.map((step) => ({
        stepId: step.stepId,
        enterLeftRatio: step.enterLeftPpm / PPM,
        leaveLeftRatio: step.leaveLeftPpm / PPM,
        minimumStaySeconds: step.minimumStayMs / 1_000,
        minBadEvents: step.minBadEvents,
        minTotalEvents: step.minTotalEvents,
        actions: [...step.actions],
        notify: step.notify,
      })),
    }
  })
}
