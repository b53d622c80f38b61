/**
 * The door of reports: looks back over what the other stages counted and decided, writes it down,
 * keeps it. Nothing here changes what it tells of.
 */
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Counters } from '../../core/ports.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import { SYSTEM, type Access, type Principal } from '../access/access.ts'
import type { Incidents } from '../incidents/incidents.ts'
import type { Slo, SloTier } from '../slo/slo.ts'
import { TIERS, type Tenants } from '../tenants/tenants.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { REPORT_ERRORS } from './errors.ts'
import { REPORT_LIMITS } from './limits.ts'
import { openLoadTests, type LoadTests } from './load-tests/load-tests.ts'
import { ReviewArchive, type ArchivedReview, type FoundReview } from './slo-review/archive.ts'
import type { ReviewPage, ReviewQuery } from './slo-review/archive.ts'
import type { ReviewScope, SloReview } from './slo-review/review.ts'
import { reviewOf, type TenantAttained } from './slo-review/review-of.ts'
import {
  dayEndsMs,
  lastReviewPeriod,
  periodBefore,
  reviewPeriodAt,
  type ReviewPeriod,
  type ReviewSpan,
} from './slo-review/review-span.ts'

export { endedAtMs, whoseOf, type LoadTest, type LoadTestRecord } from './load-tests/load-test.ts'
export type { LoadTests, MeasuredTenant } from './load-tests/load-tests.ts'
export type { ArchivedReview, ReviewPage, ReviewQuery } from './slo-review/archive.ts'
export type { ReviewScope, SloReview } from './slo-review/review.ts'
export { ADVICE_KINDS } from './slo-review/review.ts'
export { REVIEW_SPANS, type ReviewSpan } from './slo-review/review-span.ts'
export { reviewTitle } from './slo-review/review-report.ts'
export {
  REVIEW_FORMATS,
  reviewDocument,
  type ReviewDocument,
  type ReviewFormat,
} from './slo-review/review-document.ts'

export interface ReviewRequest {
  readonly scope: ReviewScope
  readonly span: ReviewSpan
  /** Whose days, weeks and months. An IANA zone. */
  readonly zone: string
  /** An instant within the period. Null: the last one that is over. */
  readonly atMs: number | null
}

export interface ReportDeps {
  readonly db: Database
  readonly access: Access
  readonly slo: Pick<Slo, 'attainments' | 'status'>
  readonly metrics: Pick<Metrics, 'query'>
  readonly incidents: Pick<Incidents, 'openedWithin'>
  readonly tenants: Pick<Tenants, 'active' | 'get' | 'resolver'>
  readonly counters: Counters
}

export interface Reports {
  /**
   * Makes a review and archives it, in place of an earlier one of the same scope and period. Shape:
   * each yield, one a tenant, is a place to pause. Throws SLO_REVIEW_RANGE.
   */
  makeReview(
    request: ReviewRequest,
    actor: Principal,
    nowMs: number,
  ): Generator<void, ArchivedReview>
  /** Makes the reviews of the last span that is over: of all tenants, of each tier, of each tenant.
   *  Those that are there already stay. Shape: each yield is a place to pause; answers how many
   *  were made. */
  makeDueReviews(due: { span: ReviewSpan; zone: string }, nowMs: number): Generator<void, number>
  /** Throws SLO_REVIEW_CURSOR. */
  listReviews(query: ReviewQuery): ReviewPage
  /** Throws SLO_REVIEW_NOT_FOUND: of another tenant's review, too. */
  review(reviewId: string, readerTenantId: TenantId | null): FoundReview
  readonly loadTests: LoadTests
  prune(nowMs: number): number
}

export function openReports(deps: ReportDeps): Reports {
  const { db, access, slo, incidents, tenants, counters } = deps
  const archive = new ReviewArchive(db)
  const loadTests = openLoadTests(deps)

  function* attained(
    scope: ReviewScope,
    { span, zone }: Pick<ReviewRequest, 'span' | 'zone'>,
    period: ReviewPeriod,
  ): Generator<void, TenantAttained[]> {
    const before = periodBefore(span, zone, period)
    const readNow = slo.attainments(stepsOf(zone, period))
    const readBefore = slo.attainments(stepsOf(zone, before))
    const found: TenantAttained[] = []
    for (const { tenantId } of membersOf(tenants, scope)) {
      const alerts = incidents.openedWithin(tenantId, period)
      found.push({
        now: readNow(tenantId),
        before: readBefore(tenantId),
        alerts: alerts.filter(({ source }) => source === 'slo'),
      })
      yield
    }
    return found
  }

  function* make(request: ReviewRequest, madeBy: string, nowMs: number): Generator<void, Made> {
    const { scope, span, zone } = request
    const period = periodOf(request, nowMs)
    const found = yield* attained(scope, request, period)
    const review = reviewOf(
      {
        scope,
        scopeName: scopeNameOf(tenants, scope),
        span,
        zone,
        period,
        isComplete: period.toMs <= nowMs,
        madeAtMs: nowMs,
      },
      found,
    )
    return { review, madeBy }
  }

  const keep = ({ review, madeBy }: Made): ArchivedReview => {
    counters.add('tenantry_slo_reviews_total', 1, { scope: review.scope.kind, span: review.span })
    return archive.keep(review, madeBy)
  }

  return {
    *makeReview(request, actor, nowMs) {
      const made = yield* make(request, actor.id, nowMs)
      return inTransaction(db, () => {
        const kept = keep(made)
        const { reviewId, scope, scopeKey, span, zone, fromMs } = kept
        access.audit.record(
          {
            actor,
            action: 'slo-review.made',
            target: `slo-review/${reviewId}`,
            tenantId: request.scope.kind === 'tenant' ? request.scope.tenantId : null,
            details: { scope, scopeKey, span, zone, fromMs },
          },
          nowMs,
        )
        return kept
      })
    },
    *makeDueReviews({ span, zone }, nowMs) {
      const { fromMs } = lastReviewPeriod(span, zone, nowMs)
      const due = allScopes(tenants).filter((scope) => !archive.has(scope, { span, zone, fromMs }))
      for (const scope of due) {
        keep(yield* make({ scope, span, zone, atMs: null }, SYSTEM.id, nowMs))
        yield
      }
      return due.length
    },
    listReviews: (query) => archive.list(query),
    review: (reviewId, readerTenantId) => archive.get(reviewId, readerTenantId),
    loadTests,
    prune: (nowMs) => archive.prune(nowMs) + loadTests.prune(nowMs),
  }
}

interface Made {
  readonly review: SloReview
  readonly madeBy: string
}

function periodOf({ span, zone, atMs }: ReviewRequest, nowMs: number): ReviewPeriod {
  if (atMs === null) return lastReviewPeriod(span, zone, nowMs)
  // A period begins after its first instant: midnight itself is asked for as the day that begins.
  const period = reviewPeriodAt(span, zone, atMs + 1)
  const isKept = period.fromMs >= nowMs - REPORT_LIMITS.oldestMs && period.fromMs < nowMs
  if (isKept) return period
  throw new TenantryError(
    REPORT_ERRORS.SLO_REVIEW_RANGE,
    `making a review: there are no counts of the ${span} that begins at ${new Date(period.fromMs).toISOString()}`,
  )
}

function stepsOf(zone: string, period: ReviewPeriod): { fromMs: number; endsMs: number[] } {
  return { fromMs: period.fromMs, endsMs: dayEndsMs(zone, period) }
}

function membersOf(tenants: ReportDeps['tenants'], scope: ReviewScope) {
  const active = [...tenants.active()]
  switch (scope.kind) {
    case 'tenant':
      return active.filter(({ tenantId }) => tenantId === scope.tenantId)
    case 'tier':
      return active.filter(({ tier }) => tier === scope.tier)
    case 'fleet':
      return active
  }
}

function allScopes(tenants: ReportDeps['tenants']): ReviewScope[] {
  const active = [...tenants.active()]
  const tiers: readonly SloTier[] = TIERS.filter((tier) =>
    active.some((each) => each.tier === tier),
  )
  return [
    { kind: 'fleet' },
    ...tiers.map((tier): ReviewScope => ({ kind: 'tier', tier })),
    ...active.map(({ tenantId }): ReviewScope => ({ kind: 'tenant', tenantId })),
  ]
}

function scopeNameOf(tenants: ReportDeps['tenants'], scope: ReviewScope): string {
  switch (scope.kind) {
    case 'tenant':
      return tenants.get(scope.tenantId)?.name ?? scope.tenantId
    case 'tier':
      return scope.tier
    case 'fleet':
      return ''
  }
}
