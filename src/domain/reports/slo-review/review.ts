/**
 * A review as a value: what a tenant, a tier or all tenants kept of their objectives in a week, a
 * month or a quarter, beside the one before. What is archived, and what every form is written from.
 */
import type { Action } from '../../../core/condition.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { SloKind, SloTier } from '../../slo/slo.ts'
import type { ReviewSpan } from './review-span.ts'

/** Grows when an older program could not read what a newer one wrote. */
export const REVIEW_VERSION = 1

export type ReviewScope =
  | { readonly kind: 'tenant'; readonly tenantId: TenantId }
  | { readonly kind: 'tier'; readonly tier: SloTier }
  | { readonly kind: 'fleet' }

/** Counts with what they mean. Units: events, or slices of the SLO's kind. */
export interface ReviewCounts {
  readonly good: number
  readonly bad: number
  readonly total: number
  /** What may fail of the total. */
  readonly mayFail: number
  /** Null without events. */
  readonly sliRatio: number | null
  readonly spentRatio: number | null
  readonly isMet: boolean | null
}

export interface ReviewDay {
  readonly fromMs: number
  readonly endsMs: number
  readonly bad: number
  readonly total: number
  readonly excludedBad: number
  readonly excludedTotal: number
  /** Of the whole period's budget. */
  readonly spentRatio: number | null
  /** Times the rate that spends the day's own share exactly. */
  readonly burn: number | null
}

export interface ReviewExclusion {
  readonly correctionId: string
  readonly fromMs: number
  readonly toMs: number
  /** Empty where it may speak of somebody else. */
  readonly reason: string
}

export interface ReviewAlert {
  readonly alertId: string
  readonly tenantId: TenantId
  readonly sloId: string
  readonly action: Action
  readonly openedAtMs: number
  /** Null: it fires still. */
  readonly resolvedAtMs: number | null
}

/** An SLO of a tenant, or of all tenants of the scope added up. */
export interface ReviewedSlo {
  readonly sloId: string
  readonly title: string
  readonly noun: string
  readonly kind: SloKind
  /** Null where the tenants were promised different ones. */
  readonly objectivePpm: number | null
  readonly corrected: ReviewCounts
  /** Null where nothing is corrected. */
  readonly uncorrected: ReviewCounts | null
  /** Of the period before, corrected. Null where nothing was counted then. */
  readonly before: ReviewCounts | null
  readonly days: readonly ReviewDay[]
  readonly exclusions: readonly ReviewExclusion[]
  /** How many tenants have it, counted anything, and kept it. */
  readonly tenants: { readonly all: number; readonly counted: number; readonly met: number }
}

/** One tenant's SLO as a line. */
export interface ReviewLine {
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly tier: SloTier
  readonly sloId: string
  readonly title: string
  readonly objectivePpm: number
  readonly corrected: ReviewCounts
  readonly uncorrected: ReviewCounts | null
  readonly before: ReviewCounts | null
  readonly alerts: number
}

export const ADVICE_KINDS = ['tighten', 'loosen', 'silent'] as const

/** What an objective should become, by what was seen. */
export interface ReviewAdvice {
  readonly kind: (typeof ADVICE_KINDS)[number]
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly sloId: string
  readonly title: string
  readonly objectivePpm: number
  /** Null where none is proposed. */
  readonly proposedPpm: number | null
  /** What of the budget was spent in this period and the one before. */
  readonly spentRatio: number | null
  readonly beforeSpentRatio: number | null
  /** What would have been spent by the proposed one. */
  readonly proposedSpentRatio: number | null
  readonly proposedBeforeSpentRatio: number | null
}

export interface SloReview {
  readonly version: typeof REVIEW_VERSION
  readonly scope: ReviewScope
  /** Of the tenant, else of the tier, else empty. */
  readonly scopeName: string
  readonly span: ReviewSpan
  readonly zone: string
  readonly fromMs: number
  readonly toMs: number
  /** The period was over when it was made. */
  readonly isComplete: boolean
  readonly madeAtMs: number
  readonly tenants: number
  readonly slos: readonly ReviewedSlo[]
  /** Of tiers and the fleet: every tenant's SLO, those that overspent most first. */
  readonly lines: readonly ReviewLine[]
  /** That opened within the period, newest first; the newest five hundred. */
  readonly alerts: readonly ReviewAlert[]
  readonly alertCounts: { readonly page: number; readonly ticket: number; readonly report: number }
  readonly advice: readonly ReviewAdvice[]
}

/** Lists what a review gives a verdict of: a tenant's SLOs, or the SLOs of each of its tenants. */
export function judgedOf({
  scope,
  slos,
  lines,
}: SloReview): readonly Pick<ReviewLine, 'title' | 'corrected'>[] {
  const all = scope.kind === 'tenant' ? slos : lines
  return all.filter(({ corrected }) => corrected.isMet !== null)
}
