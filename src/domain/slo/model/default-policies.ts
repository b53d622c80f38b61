/**
 * The budget policies that are there without any configuration, one a tier, as the guide asks for
 * priority by tier: enterprise tenants are warned of earliest and frozen hardest, a starter
 * tenant's budget only asks for a review. A policy of the same id replaces one; a policy without
 * steps switches it off.
 */
import type { BudgetPolicySpec } from './budget-policy.ts'

export const DEFAULT_POLICIES: readonly BudgetPolicySpec[] = [
  {
    policyId: 'enterprise-budget',
    description: 'Warned of at a quarter left; frozen and looked into once it is spent.',
    tenants: { tiers: ['enterprise'] },
    steps: [
      {
        stepId: 'warn',
        enter: { leftPercent: 25 },
        leave: { leftPercent: 35 },
        minimumStay: '1h',
        actions: ['notify'],
        notify: 'ticket',
      },
      {
        stepId: 'freeze',
        enter: { leftPercent: 0 },
        leave: { leftPercent: 10 },
        minimumStay: '1h',
        actions: ['freeze-deploys', 'raise-priority', 'open-review', 'notify'],
        notify: 'ticket',
      },
    ],
  },
  {
    policyId: 'professional-budget',
    description: 'Warned of at a fifth left; frozen and looked into once it is spent.',
    tenants: { tiers: ['professional'] },
    steps: [
      {
        stepId: 'warn',
        enter: { leftPercent: 20 },
        leave: { leftPercent: 30 },
        minimumStay: '1h',
        actions: ['notify'],
        notify: 'report',
      },
      {
        stepId: 'freeze',
        enter: { leftPercent: 0 },
        leave: { leftPercent: 10 },
        minimumStay: '1h',
        actions: ['freeze-deploys', 'open-review', 'notify'],
        notify: 'ticket',
      },
    ],
  },
  {
    policyId: 'starter-budget',
    description: 'Looked into once it is spent; nothing is frozen.',
    tenants: { tiers: ['starter'] },
    steps: [
      {
        stepId: 'review',
        enter: { leftPercent: 0 },
        leave: { leftPercent: 10 },
        minimumStay: '1h',
        actions: ['open-review', 'notify'],
        notify: 'report',
      },
    ],
  },
]
