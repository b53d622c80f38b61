/**
 * A budget policy as configuration writes it: what becomes of a tenant whose budget is used up so
 * far. A step is entered at one threshold and left at another one, so that a budget that hovers
 * around a threshold does not flutter.
 */
import { z } from 'zod'
import { ACTIONS } from '../../../core/condition.ts'
import { TENANT_ID_PATTERN, type TenantId } from '../../../core/ids.ts'
import { PPM } from '../../../core/units.ts'
import { ppmOfPercent } from './percent.ts'
import { SLO_LIMITS, someTenantsSchema } from './slo-spec.ts'
import { spanSchema, spanSeconds } from './span.ts'
import { appliesTo } from '../template.ts'
import type { SloTier } from './tiers.ts'

/** What a step does while it holds. `freeze-deploys` closes the deploy gate, `raise-priority` makes
 *  the tenant's alerts one step more urgent, `open-review` asks for a review that somebody closes,
 *  `notify` raises a condition that routing tells of. */
export const POLICY_ACTIONS = ['freeze-deploys', 'raise-priority', 'open-review', 'notify'] as const
export type PolicyAction = (typeof POLICY_ACTIONS)[number]

export const POLICY_LIMITS = {
  policies: 100,
  /** Of one policy. */
  steps: 10,
  /** Ten budgets. */
  overspentPercent: 1_000,
} as const

const idSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')

const shareSchema = (least: number, most: number) =>
  z
    .number()
    .min(least)
    .max(most)
    .refine((percent) => ppmOfPercent(percent) / 10_000 === percent, {
      error: 'expected at most 4 decimals',
    })

/** A budget that is left, below 0 where it is overspent, or one that is spent, above 100. */
const thresholdSchema = z
  .strictObject({
    leftPercent: shareSchema(-POLICY_LIMITS.overspentPercent, 100).exactOptional(),
    spentPercent: shareSchema(0, 100 + POLICY_LIMITS.overspentPercent).exactOptional(),
  })
  .superRefine(({ leftPercent, spentPercent }, context) => {
    if ((leftPercent === undefined) !== (spentPercent === undefined)) return
    const message = 'expected either leftPercent or spentPercent'
    context.addIssue({ code: 'custom', message, path: ['leftPercent'] })
  })
export type ThresholdSpec = z.infer<typeof thresholdSchema>

const stepSchema = z
  .strictObject({
    stepId: idSchema,
    /** Entered with so little left. */
    enter: thresholdSchema,
    /** Left again with so much left. */
    leave: thresholdSchema,
    /** How long it holds at least. */
    minimumStay: spanSchema.exactOptional(),
    /** So many bad events the period must hold, and so many altogether. What the SLO's alerts ask
     *  for without it. */
    minBadEvents: z.int().min(1).max(1_000_000).exactOptional(),
    minTotalEvents: z.int().min(1).max(1_000_000).exactOptional(),
    actions: z.array(z.enum(POLICY_ACTIONS)).min(1).max(POLICY_ACTIONS.length),
    /** How urgent a notice is. A ticket without it. */
    notify: z.enum(ACTIONS).exactOptional(),
  })
  .superRefine(({ enter, leave, actions, notify }, context) => {
    const issue = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', message, path })
    const enterPpm = leftPpmOf(enter)
    if (enterPpm >= PPM) {
      issue(['enter', nameOf(enter)], 'holds for an untouched budget: expected less left')
    }
    if (leftPpmOf(leave) <= enterPpm) {
      issue(['leave', nameOf(leave)], 'expected more left than enter asks for')
    }
    if (new Set(actions).size < actions.length) issue(['actions'], 'expected each action once')
    if (notify !== undefined && !actions.includes('notify')) {
      issue(['notify'], 'is for a step whose actions have notify')
    }
  })
export type PolicyStepSpec = z.infer<typeof stepSchema>

export const budgetPolicySchema = z
  .strictObject({
    policyId: idSchema,
    description: z.string().max(1_050).exactOptional(),
    /** Whose budgets. Those of every tenant without it. */
    tenants: someTenantsSchema,
    /** Of which SLOs. Of every one that has a budget without it. */
    slos: z.array(idSchema).min(1).max(SLO_LIMITS.slos).exactOptional(),
    /** None for a policy that does nothing, in place of one that is there anyway. */
    steps: z.array(stepSchema).max(POLICY_LIMITS.steps),
  })
  .superRefine(({ steps }, context) => {
    for (const [index, { stepId }] of steps.entries()) {
      if (steps.findIndex((step) => step.stepId === stepId) === index) continue
      const message = `${stepId} is defined already`
      context.addIssue({ code: 'custom', message, path: ['steps', index, 'stepId'] })
    }
  })
export type BudgetPolicySpec = z.infer<typeof budgetPolicySchema>

const DEFAULT_STAY = '1h'

/** A step as the engine judges by it. */
export interface PolicyStep {
  readonly stepId: string
  /** What is left, of a million. */
  readonly enterLeftPpm: number
  readonly leaveLeftPpm: number
  readonly minimumStayMs: number
  /** Null: what the SLO's alerts ask for. */
  readonly minBadEvents: number | null
  readonly minTotalEvents: number | null
  readonly actions: readonly PolicyAction[]
  readonly notify: (typeof ACTIONS)[number]
}

function policyStepOf(spec: PolicyStepSpec): PolicyStep {
  return {
    stepId: spec.stepId,
    enterLeftPpm: leftPpmOf(spec.enter),
    leaveLeftPpm: leftPpmOf(spec.leave),
    minimumStayMs: spanSeconds(spec.minimumStay ?? DEFAULT_STAY) * 1_000,
    minBadEvents: spec.minBadEvents ?? null,
    minTotalEvents: spec.minTotalEvents ?? null,
    actions: spec.actions,
    notify: spec.notify ?? 'ticket',
  }
}

/** A policy as the engine judges by it. */
export interface BudgetPolicy {
  readonly policyId: string
  /** Null: every one. */
  readonly tiers: ReadonlySet<SloTier> | null
  readonly tenantIds: ReadonlySet<TenantId> | null
  readonly slos: ReadonlySet<string> | null
  readonly steps: readonly PolicyStep[]
}

/** Works a policy out. Asks that it was checked. */
export function budgetPolicyOf({ policyId, tenants, slos, steps }: BudgetPolicySpec): BudgetPolicy {
  return {
    policyId,
    tiers: tenants?.tiers === undefined ? null : new Set(tenants.tiers),
    tenantIds: tenants?.ids === undefined ? null : new Set(tenants.ids as TenantId[]),
    slos: slos === undefined ? null : new Set(slos),
    steps: steps.map(policyStepOf),
  }
}

/** Tells whether a policy is about a tenant's SLO. */
export function policyConcerns(
  policy: Pick<BudgetPolicy, 'tiers' | 'tenantIds' | 'slos'>,
  { sloId, ...tenant }: { readonly tenantId: TenantId; readonly tier: SloTier; sloId: string },
): boolean {
  return (policy.slos?.has(sloId) ?? true) && appliesTo(policy, tenant)
}

/** Tells what a threshold leaves, of a million. Worked: 75 percent spent leaves 250_000. */
export function leftPpmOf({ leftPercent, spentPercent }: ThresholdSpec): number {
  return leftPercent === undefined ? PPM - ppmOfPercent(spentPercent!) : ppmOfPercent(leftPercent)
}

function nameOf({ leftPercent }: ThresholdSpec): keyof ThresholdSpec {
  return leftPercent === undefined ? 'spentPercent' : 'leftPercent'
}
