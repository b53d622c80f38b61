/** What `/api/v1/reports` takes and tells. */
import { z } from 'zod'
import { ACTIONS } from '../../../core/condition.ts'

export const REVIEW_SCOPES = ['tenant', 'tier', 'fleet'] as const
const spanSchema = z.enum(['week', 'month', 'quarter'])
const tierSchema = z.enum(['starter', 'professional', 'enterprise'])

export const archivedReviewSchema = z.object({
  reviewId: z.string(),
  scope: z.enum(REVIEW_SCOPES),
  /** The tenant or the tier; empty for all tenants. */
  scopeKey: z.string(),
  scopeName: z.string(),
  span: spanSchema,
  zone: z.string(),
  /** (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  /** The period was over when it was made. */
  isComplete: z.boolean(),
  madeAtMs: z.number(),
  madeBy: z.string(),
  /** Objectives that were kept, of those for which something was counted. */
  kept: z.int(),
  counted: z.int(),
})
export type ArchivedReviewBody = z.infer<typeof archivedReviewSchema>
export interface ReviewListBody {
  readonly items: readonly ArchivedReviewBody[]
  readonly nextCursor: string | null
}

/** Counts in events, or in slices of the SLO's kind. */
const countsSchema = z.object({
  good: z.number(),
  bad: z.number(),
  total: z.number(),
  /** What may fail of the total. */
  mayFail: z.number(),
  sliRatio: z.number().nullable(),
  spentRatio: z.number().nullable(),
  isMet: z.boolean().nullable(),
})

const daySchema = z.object({
  fromMs: z.number(),
  endsMs: z.number(),
  bad: z.number(),
  total: z.number(),
  excludedBad: z.number(),
  excludedTotal: z.number(),
  /** Of the whole period's budget. */
  spentRatio: z.number().nullable(),
  burn: z.number().nullable(),
})

const reviewedSloSchema = z.object({
  sloId: z.string(),
  title: z.string(),
  noun: z.string(),
  kind: z.string(),
  /** Null where the tenants were promised different ones. */
  objectivePpm: z.number().nullable(),
  corrected: countsSchema,
  uncorrected: countsSchema.nullable(),
  before: countsSchema.nullable(),
  days: z.array(daySchema),
  exclusions: z.array(
    z.object({
      correctionId: z.string(),
      fromMs: z.number(),
      toMs: z.number(),
      reason: z.string(),
    }),
  ),
  tenants: z.object({ all: z.int(), counted: z.int(), met: z.int() }),
})

const lineSchema = z.object({
  tenantId: z.string(),
  tenantName: z.string(),
  tier: tierSchema,
  sloId: z.string(),
  title: z.string(),
  objectivePpm: z.number(),
  corrected: countsSchema,
  uncorrected: countsSchema.nullable(),
  before: countsSchema.nullable(),
  alerts: z.int(),
})

const adviceSchema = z.object({
  kind: z.enum(['tighten', 'loosen', 'silent']),
  tenantId: z.string(),
  tenantName: z.string(),
  sloId: z.string(),
  title: z.string(),
  objectivePpm: z.number(),
  proposedPpm: z.number().nullable(),
  spentRatio: z.number().nullable(),
  beforeSpentRatio: z.number().nullable(),
  proposedSpentRatio: z.number().nullable(),
  proposedBeforeSpentRatio: z.number().nullable(),
})

export const reviewDetailSchema = archivedReviewSchema.extend({
  title: z.string(),
  tenants: z.int(),
  slos: z.array(reviewedSloSchema),
  lines: z.array(lineSchema),
  alerts: z.array(
    z.object({
      alertId: z.string(),
      tenantId: z.string(),
      sloId: z.string(),
      action: z.enum(ACTIONS),
      openedAtMs: z.number(),
      resolvedAtMs: z.number().nullable(),
    }),
  ),
  alertCounts: z.object({ page: z.int(), ticket: z.int(), report: z.int() }),
  advice: z.array(adviceSchema),
})
export type ReviewDetailBody = z.infer<typeof reviewDetailSchema>

export const reviewSpanSchema = spanSchema
export const reviewTierSchema = tierSchema
