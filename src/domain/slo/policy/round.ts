/**
 * One round of budget policies: every budget is held against the steps that are about it, and what
 * would turn is told. Nothing is written here.
 */
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { PolicyStep } from '../model/budget-policy.ts'
import type { SloTier } from '../model/tiers.ts'
import type { SloBudget } from '../slo-budget.ts'
import type { HeldSteps } from './held-steps.ts'
import type { PolicyBook } from './policy-book.ts'
import { turnOf } from './step-turn.ts'
import type { HeldStep, PolicyTransition, StepOf, TransitionCause } from './transition.ts'

/** Tenants judged between two looks at the clock. */
const TENANTS_A_PIECE = 16

export interface PolicyTenant {
  readonly tenantId: TenantId
  readonly tier: SloTier
  readonly name: string
}

export interface RoundParts {
  readonly book: PolicyBook
  readonly held: HeldSteps
  readonly tenants: ReadonlyMap<TenantId, PolicyTenant>
  /** Empty for a tenant that the engine does not know yet. */
  readonly budgets: (tenantId: TenantId) => readonly SloBudget[]
  readonly nowMs: number
}

export type Turned = Omit<PolicyTransition, 'sequence'>

/** Judges every budget. Shape: each yield is a place to pause; a step turns once at most. */
export function* turnedIn(parts: RoundParts): Generator<void, Turned[]> {
  const turned: Turned[] = []
  let count = 0
  for (const tenantId of parts.tenants.keys()) {
    for (const budget of parts.budgets(tenantId)) turned.push(...turnedBy(budget, parts))
    count += 1
    if (count % TENANTS_A_PIECE === 0) yield
  }
  return [...turned, ...orphaned(parts)]
}

function turnedBy(budget: SloBudget, { book, held, nowMs }: RoundParts): Turned[] {
  const { tenantId, sloId, bad, total, leftRatio } = budget
  return book.policies.flatMap(({ policyId, steps }) =>
    steps.flatMap((step): Turned[] => {
      const of = { tenantId, sloId, policyId, stepId: step.stepId }
      if (book.step(of, budget) === undefined) return []
      const turn = turnOf(step, held.sinceMs(of), budget, nowMs)
      if (turn === null) return []
      const { actions } = step
      const thresholdLeftPpm = turn.cause === 'budget' ? thresholdOf(step, turn.kind) : null
      return [{ ...of, ...turn, atMs: nowMs, actions, thresholdLeftPpm, bad, total, leftRatio }]
    }),
  )
}

function thresholdOf(step: PolicyStep, kind: 'entered' | 'left'): number {
  return kind === 'entered' ? step.enterLeftPpm : step.leaveLeftPpm
}

/** Lists the end of steps that nobody asks for any more: of a policy, an SLO or a tenant that is
 *  gone or another one. */
function orphaned({ book, held, tenants, nowMs }: RoundParts): Turned[] {
  const nothing = { thresholdLeftPpm: null, bad: null, total: null, leftRatio: null }
  const cause = (step: HeldStep): TransitionCause | null => {
    const tenant = tenants.get(step.tenantId)
    if (tenant === undefined) return 'tenant'
    return book.step(step, tenant) === undefined ? 'policy' : null
  }
  const steps = held.tenants().flatMap((tenantId) => held.of(tenantId))
  return steps.flatMap((step): Turned[] => {
    const why = cause(step)
    if (why === null) return []
    return [{ ...stepOf(step), kind: 'left', cause: why, actions: [], atMs: nowMs, ...nothing }]
  })
}

export function stepOf({ tenantId, sloId, policyId, stepId }: StepOf): StepOf {
  return { tenantId, sloId, policyId, stepId }
}

export function budgetsBySlo(budgets: readonly SloBudget[]): ReadonlyMap<SloId, SloBudget> {
  return new Map(budgets.map((budget) => [budget.sloId, budget]))
}
