/** The budget policies that hold, made ready to be asked: of which SLOs who has budgets, and which
 *  policies are about them. Worked out once a version of the SLO book. Pure. */
import type { TenantId } from '../../../core/ids.ts'
import {
  budgetPolicyOf,
  policyConcerns,
  type BudgetPolicy,
  type PolicyStep,
} from '../model/budget-policy.ts'
import { allPolicies, sloBookOf, type SloBookSpec } from '../model/slo-book.ts'
import type { SloTier } from '../model/tiers.ts'
import { appliesTo, type SloTemplate } from '../template.ts'
import type { StepOf } from './transition.ts'

export interface PolicyBook {
  readonly policies: readonly BudgetPolicy[]
  /** Finds a step that is asked of a tenant's budget. Undefined where policy, step or SLO are gone
   *  or not about the tenant. */
  step(
    of: StepOf,
    tenant: { readonly tenantId: TenantId; readonly tier: SloTier },
  ): PolicyStep | undefined
}

export function policyBookOf(spec: SloBookSpec): PolicyBook {
  const policies = allPolicies(spec).map(budgetPolicyOf)
  const byId = new Map(policies.map((policy) => [policy.policyId, policy]))
  const templates = new Map(
    sloBookOf(spec)
      .templates.filter(hasBudget)
      .map((template) => [template.sloId, template]),
  )
  return {
    policies,
    step({ sloId, policyId, stepId }, { tenantId, tier }) {
      const policy = byId.get(policyId)
      const template = templates.get(sloId)
      if (policy === undefined || template === undefined) return undefined
      if (!appliesTo(template, { tenantId, tier })) return undefined
      if (!policyConcerns(policy, { tenantId, tier, sloId })) return undefined
      return policy.steps.find((step) => step.stepId === stepId)
    },
  }
}

function hasBudget({ counting }: SloTemplate): boolean {
  return counting.from === 'cells' || counting.from === 'parts'
}
