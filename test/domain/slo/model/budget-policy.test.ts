import { describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import { budgetPolicySchema } from '../../../../src/domain/slo/model/budget-policy.ts'
import { DEFAULT_POLICIES } from '../../../../src/domain/slo/model/default-policies.ts'
import {
  allPolicies,
  sloBookSchema,
  type SloBookSpec,
} from '../../../../src/domain/slo/model/slo-book.ts'
import { openSloBook } from '../../../../src/domain/slo/slo.ts'
import { fieldProblems } from '../../../../src/machinery/runtime/field-problems.ts'
import { openWorld, T0 } from '../../access/harness.ts'

const FREEZE = {
  stepId: 'freeze',
  enter: { leftPercent: 0 },
  leave: { leftPercent: 10 },
  actions: ['freeze-deploys'],
}
const POLICY = { policyId: 'own', steps: [FREEZE] }

function problemsOf(policy: unknown): string[] {
  const parsed = budgetPolicySchema.safeParse(policy)
  if (parsed.success) return []
  return fieldProblems(parsed.error, policy).map(({ field, message }) => `${field}: ${message}`)
}

const withStep = (change: object): unknown => ({ ...POLICY, steps: [{ ...FREEZE, ...change }] })

describe('a budget policy', () => {
  it('is refused with the field that is wrong', () => {
    expect(problemsOf(POLICY)).toEqual([])
    expect(problemsOf(withStep({ leave: { leftPercent: 0 } }))).toEqual([
      'steps.0.leave.leftPercent: expected more left than enter asks for',
    ])
    expect(problemsOf(withStep({ leave: { spentPercent: 110 } }))).toEqual([
      'steps.0.leave.spentPercent: expected more left than enter asks for',
    ])
    expect(problemsOf(withStep({ enter: { spentPercent: 0 } }))).toEqual([
      'steps.0.enter.spentPercent: holds for an untouched budget: expected less left',
      'steps.0.leave.leftPercent: expected more left than enter asks for',
    ])
    expect(problemsOf(withStep({ enter: {} }))).toEqual([
      'steps.0.enter.leftPercent: expected either leftPercent or spentPercent',
    ])
    expect(problemsOf(withStep({ actions: ['freeze-deploys', 'freeze-deploys'] }))).toEqual([
      'steps.0.actions: expected each action once',
    ])
    expect(problemsOf(withStep({ notify: 'page' }))).toEqual([
      'steps.0.notify: is for a step whose actions have notify',
    ])
    expect(problemsOf({ ...POLICY, steps: [FREEZE, FREEZE] })).toEqual([
      'steps.1.stepId: freeze is defined already',
    ])
    expect(problemsOf(withStep({ minimumStay: 'an hour' }))).toEqual([
      'steps.0.minimumStay: expected a span such as 30d, 6h or 1h30m',
    ])
  })

  it('names SLOs that there are and that tenants have budgets of, and comes once', () => {
    const problems = (policies: object[], slos: object[] = []): string[] => {
      const book = { slos, overrides: [], policies }
      const parsed = sloBookSchema.safeParse(book)
      if (parsed.success) return []
      return fieldProblems(parsed.error, book).map(({ field, message }) => `${field}: ${message}`)
    }
    expect(problems([{ ...POLICY, slos: ['error-rate'] }])).toEqual([])
    expect(problems([{ ...POLICY, slos: ['error-rate', 'checkout'] }])).toEqual([
      'policies.0.slos.1: there is no SLO checkout',
    ])
    expect(problems([POLICY, POLICY])).toEqual(['policies.1.policyId: own is defined already'])
    const fleet = {
      sloId: 'fleet',
      title: 'Fleet',
      indicator: { kind: 'roll-up', of: 'error-rate', over: 'fleet' },
      period: { rolling: '30d' },
      objectives: [{ percent: 99.9 }],
    }
    expect(problems([{ ...POLICY, slos: ['fleet'] }], [fleet])).toEqual([
      'policies.0.slos.0: fleet is of kind roll-up: no tenant has a budget of it',
    ])
  })

  it('replaces the one of its id, and those that are there anyway are right', () => {
    for (const policy of DEFAULT_POLICIES) expect(problemsOf(policy)).toEqual([])
    const own = { policyId: 'starter-budget', steps: [] }
    const policies = allPolicies({ policies: [own, { policyId: 'own', steps: [] }] })
    expect(policies.map(({ policyId, steps }) => `${policyId} ${steps.length}`)).toEqual([
      'enterprise-budget 2',
      'professional-budget 2',
      'starter-budget 0',
      'own 0',
    ])
  })

  it('is kept with the SLOs, a version a change', () => {
    const world = openWorld()
    const book = openSloBook(world)
    const policies = [budgetPolicySchema.parse(POLICY)]
    expect(book.set({ policies }, SYSTEM, T0)).toBe(true)
    expect(book.set({ policies }, SYSTEM, T0)).toBe(false)
    const again = openSloBook(world)
    expect(again.spec()).toEqual({ slos: [], overrides: [], policies } satisfies SloBookSpec)
    expect(again.version()).toBe(1)
    const [entry] = world.access.audit.list({ limit: 1 }).items
    expect(entry).toMatchObject({ action: 'slo-book.changed', details: { policies } })
  })
})
