/** Policies over a control database, with budgets that a test sets. */
import { sloId, tenantId } from '../../../../src/core/ids.ts'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import type { BudgetPolicySpec } from '../../../../src/domain/slo/model/budget-policy.ts'
import { openSloBook } from '../../../../src/domain/slo/slo.ts'
import type { SloBudget } from '../../../../src/domain/slo/slo-budget.ts'
import {
  openBudgetPolicies,
  type BudgetPolicies,
} from '../../../../src/domain/slo/policy/policies.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { openWorld, T0, type World } from '../../access/harness.ts'

export const ACME = tenantId('acme')
export const ERRORS = sloId('error-rate')
/** A minute's begin. */
export const START_MS = Math.ceil(T0 / 60_000) * 60_000
/** Of the budgets that `budget` makes: at 99.9 %, 1_000 may fail. */
export const TOTAL = 1_000_000
export const MAY_FAIL = 1_000

export function budget(change: Partial<SloBudget> & { readonly bad: number }): SloBudget {
  const { bad, total = TOTAL } = change
  const allowed = total * 1_000
  return {
    tenantId: ACME,
    tenantName: 'Acme',
    tier: 'enterprise',
    sloId: ERRORS,
    title: 'Error rate',
    noun: 'error-rate',
    objectivePpm: 999_000,
    periodSeconds: 30 * 86_400,
    good: total - bad,
    total,
    leftRatio: total > 0 ? 1 - (bad * 1e6) / allowed : null,
    leftEvents: total > 0 ? Math.floor(total / 1_000) - bad : null,
    counted: { bad, total },
    allowed,
    isReliable: true,
    hasTraffic: true,
    events: { bad, total },
    countedRatio: () => 1,
    minBadEvents: 5,
    minTotalEvents: 100,
    ...change,
  }
}

export class PolicyDesk {
  readonly world: World
  readonly counters = memoryCounters()
  budgets: readonly SloBudget[] = []
  reopensInMs: number | null = null
  tenants = [{ tenantId: ACME, tier: 'enterprise' as const, name: 'Acme' }]
  policies: BudgetPolicies

  constructor(own: readonly BudgetPolicySpec[] = [], world = openWorld()) {
    this.world = world
    if (own.length > 0) this.configure(own)
    this.policies = this.#open()
  }

  configure(policies: readonly BudgetPolicySpec[]): void {
    openSloBook(this.world).set({ policies: [...policies] }, SYSTEM, START_MS)
  }

  restart(): void {
    this.policies = this.#open()
  }

  /** Judges with a budget. Tells what turned. */
  judge(nowMs: number, ...budgets: readonly SloBudget[]): string[] {
    this.budgets = budgets
    const before = this.history().length
    for (const _ of this.policies.round(nowMs));
    return this.history()
      .slice(before)
      .map(({ policyId, stepId, kind, cause }) => `${policyId}/${stepId} ${kind}: ${cause}`)
  }

  /** Shape: oldest first. */
  history(): ReturnType<BudgetPolicies['history']>['items'][number][] {
    return [...this.policies.history({ tenantId: null, limit: 100_000 }).items].toReversed()
  }

  #open(): BudgetPolicies {
    return openBudgetPolicies({
      ...this.world,
      book: openSloBook(this.world),
      tenants: { active: () => this.tenants },
      counters: this.counters,
      slo: { budgets: () => this.budgets, reopensInMs: () => this.reopensInMs },
    })
  }
}
