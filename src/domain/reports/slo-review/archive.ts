/** Reviews as they were made: kept, found, listed, pruned. */
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { REPORT_ERRORS } from '../errors.ts'
import { KEPT_REVIEW_MS, REPORT_LIMITS } from '../limits.ts'
import { ArchiveStore } from './archive-store.ts'
import { judgedOf, type ReviewScope, type SloReview } from './review.ts'
import { REVIEW_SPANS, type ReviewSpan } from './review-span.ts'

/** What a list tells of a review. */
export interface ArchivedReview {
  readonly reviewId: string
  readonly scope: ReviewScope['kind']
  /** The tenant or the tier; empty for the fleet. */
  readonly scopeKey: string
  readonly scopeName: string
  readonly span: ReviewSpan
  readonly zone: string
  readonly fromMs: number
  readonly toMs: number
  readonly isComplete: boolean
  readonly madeAtMs: number
  readonly madeBy: string
  /** Objectives that were kept, of those for which something was counted. */
  readonly kept: number
  readonly counted: number
}

export interface ReviewQuery {
  /** Only this tenant's own. Null: all. */
  readonly tenantId: TenantId | null
  readonly scope?: ReviewScope['kind'] | undefined
  readonly span?: ReviewSpan | undefined
  /** The nextCursor of the page before. */
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface ReviewPage {
  /** Newest period first; in one, all tenants, then tiers, then tenants by name. */
  readonly items: readonly ArchivedReview[]
  readonly nextCursor: string | null
}

export class ReviewArchive {
  readonly #store: ArchiveStore

  constructor(db: Database) {
    this.#store = new ArchiveStore(db)
  }

  /** Keeps a review, in place of an earlier one of the same scope and period, whose id it takes. */
  keep(review: SloReview, madeBy: string): ArchivedReview {
    const { scope, scopeName, span, zone, fromMs, toMs, isComplete, madeAtMs } = review
    const counted = judgedOf(review)
    const row = {
      reviewId: `rvw_${randomToken(9)}`,
      scope: scope.kind,
      scopeKey: scopeKeyOf(scope),
      scopeName,
      span,
      zone,
      fromMs,
      toMs,
      isComplete,
      madeAtMs,
      madeBy,
      kept: counted.filter(({ corrected }) => corrected.isMet === true).length,
      counted: counted.length,
    }
    return this.#store.putAcrossTenants(row, review)
  }

  /** Tells whether there is a review of a period that was over when it was made. */
  has(scope: ReviewScope, of: { span: ReviewSpan; zone: string; fromMs: number }): boolean {
    const key = { scope: scope.kind, scopeKey: scopeKeyOf(scope), ...of }
    return this.#store.findAcrossTenants(key)?.isComplete === true
  }

  /**
   * Finds a review that its reader may see. Throws SLO_REVIEW_NOT_FOUND: of another tenant's, too.
   */
  get(reviewId: string, readerTenantId: TenantId | null): FoundReview {
    const found = this.#store.readAcrossTenants(reviewId)
    const mayRead =
      found !== undefined &&
      (readerTenantId === null ||
        (found.row.scope === 'tenant' && found.row.scopeKey === readerTenantId))
    if (mayRead) return found
    throw new TenantryError(
      REPORT_ERRORS.SLO_REVIEW_NOT_FOUND,
      `reading a review: there is none called ${JSON.stringify(reviewId)}`,
    )
  }

  /** Throws SLO_REVIEW_CURSOR. */
  list({ tenantId, scope, span, cursor, limit: asked }: ReviewQuery): ReviewPage {
    const limit = Math.min(asked, REPORT_LIMITS.pageSize)
    const items = this.#store.pageAcrossTenants({
      tenantId,
      scope: scope ?? null,
      span: span ?? null,
      after: readCursor(cursor),
      limit: limit + 1,
    })
    if (items.length <= limit) return { items, nextCursor: null }
    const last = items[limit - 1]!
    return { items: items.slice(0, limit), nextCursor: `${last.toMs}-${last.reviewId}` }
  }

  /** Deletes what is older than it is kept. Answers how many. */
  prune(nowMs: number): number {
    return REVIEW_SPANS.reduce((deleted, span) => {
      return deleted + this.#store.deleteBeforeAcrossTenants(span, nowMs - KEPT_REVIEW_MS[span])
    }, 0)
  }
}

export interface FoundReview {
  readonly row: ArchivedReview
  readonly review: SloReview
}

function scopeKeyOf(scope: ReviewScope): string {
  switch (scope.kind) {
    case 'tenant':
      return scope.tenantId
    case 'tier':
      return scope.tier
    case 'fleet':
      return ''
  }
}

function readCursor(cursor: string | undefined): { toMs: number; reviewId: string } | null {
  if (cursor === undefined) return null
  const match = /^(\d{1,16})-(rvw_[\w-]{1,40})$/.exec(cursor)
  if (match !== null) return { toMs: Number(match[1]), reviewId: match[2]! }
  throw new TenantryError(
    REPORT_ERRORS.SLO_REVIEW_CURSOR,
    'listing reviews: cursor is none of ours',
  )
}
