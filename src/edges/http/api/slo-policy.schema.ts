/** Budget policies and what they came to, on the wire. The portal imports these types only. */
import { z } from 'zod'

export const POLICY_ACTIONS = ['freeze-deploys', 'raise-priority', 'open-review', 'notify'] as const

const stepSchema = z.object({
  stepId: z.string(),
  /** Of the budget, 1 untouched, 0 spent, negative overspent: entered with so little left … */
  enterLeftRatio: z.number(),
  /** … and left again with so much left. */
  leaveLeftRatio: z.number(),
  minimumStaySeconds: z.number(),
  /** Null: what the alerts of the SLO ask for. */
  minBadEvents: z.number().nullable(),
  minTotalEvents: z.number().nullable(),
  actions: z.array(z.enum(POLICY_ACTIONS)),
  notify: z.enum(['page', 'ticket', 'report']),
})

const policySchema = z.object({
  policyId: z.string(),
  description: z.string().nullable(),
  /** Whether it is there without configuration. */
  isDefault: z.boolean(),
  /** Null: of every tier. */
  tiers: z.array(z.enum(['starter', 'professional', 'enterprise'])).nullable(),
  /** How many tenants it names beside. Null where it names none. */
  tenants: z.number().int().nullable(),
  /** Null: every one that has a budget. */
  slos: z.array(z.string()).nullable(),
  steps: z.array(stepSchema),
})

const stateSchema = z.object({
  tenantId: z.string(),
  sloId: z.string(),
  policyId: z.string(),
  stepId: z.string(),
  enteredAtMs: z.number(),
  /** It stays at least until then. */
  heldUntilMs: z.number(),
  actions: z.array(z.enum(POLICY_ACTIONS)),
  enterLeftRatio: z.number(),
  leaveLeftRatio: z.number(),
  /** Of the period now. Null without events. */
  budgetLeftRatio: z.number().nullable(),
  bad: z.number().nullable(),
  total: z.number().nullable(),
})
export type PolicyStateBody = z.infer<typeof stateSchema>

export const policyAnswerSchema = z.object({
  policies: z.array(policySchema),
  /** The steps that hold now, by tenant. */
  states: z.array(stateSchema),
  /** Tenants with a step that freezes deploys. */
  frozenTenants: z.number().int(),
  asOfMs: z.number(),
})
export type PolicyAnswerBody = z.infer<typeof policyAnswerSchema>

export const transitionSchema = z.object({
  sequence: z.number().int(),
  atMs: z.number(),
  tenantId: z.string(),
  sloId: z.string(),
  policyId: z.string(),
  stepId: z.string(),
  kind: z.enum(['entered', 'left']),
  /** What it turned by: the budget, a period without events, a policy or SLO that is another one or
   *  gone, a tenant that is active no more. */
  cause: z.enum(['budget', 'empty', 'policy', 'tenant']),
  actions: z.array(z.enum(POLICY_ACTIONS)),
  /** The threshold that was crossed, of a million of the budget. Null where none was. */
  thresholdLeftPpm: z.number().nullable(),
  /** The period as it was. Null where nobody counted. */
  bad: z.number().nullable(),
  total: z.number().nullable(),
  leftRatio: z.number().nullable(),
})

export const reviewSchema = z.object({
  reviewId: z.string(),
  tenantId: z.string(),
  sloId: z.string(),
  policyId: z.string(),
  stepId: z.string(),
  openedAtMs: z.number(),
  /** The period as it was. */
  bad: z.number(),
  total: z.number(),
  leftRatio: z.number(),
  /** Null while it is open. */
  closedAtMs: z.number().nullable(),
  closedBy: z.string().nullable(),
  note: z.string().nullable(),
})

export type BudgetReviewBody = z.infer<typeof reviewSchema>

export const reviewListSchema = z.object({ items: z.array(reviewSchema) })
export type BudgetReviewListBody = z.infer<typeof reviewListSchema>
