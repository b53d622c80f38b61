/** Rows of archived reviews. */
import type { Statement } from 'better-sqlite3'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { ArchivedReview } from './archive.ts'
import type { SloReview } from './review.ts'
import type { ReviewSpan } from './review-span.ts'

const COLUMNS = `
  review_id AS reviewId, scope, scope_key AS scopeKey, scope_name AS scopeName, span, zone,
  from_ms AS fromMs, to_ms AS toMs, is_complete AS isComplete, made_at_ms AS madeAtMs,
  made_by AS madeBy, kept, counted`

const UPSERT = `
  INSERT INTO slo_review_archive (
    tenant_id, review_id, scope, scope_key, scope_name, span, zone, from_ms, to_ms, is_complete,
    made_at_ms, made_by, kept, counted, review
  )
  VALUES (
    :tenantId, :reviewId, :scope, :scopeKey, :scopeName, :span, :zone, :fromMs, :toMs, :isComplete,
    :madeAtMs, :madeBy, :kept, :counted, :review
  )
  ON CONFLICT (scope, scope_key, span, zone, from_ms) DO UPDATE
  SET scope_name = excluded.scope_name,
      to_ms = excluded.to_ms,
      is_complete = excluded.is_complete,
      made_at_ms = excluded.made_at_ms,
      made_by = excluded.made_by,
      kept = excluded.kept,
      counted = excluded.counted,
      review = excluded.review
  RETURNING ${COLUMNS}`

const FIND = `
  SELECT ${COLUMNS}
  FROM slo_review_archive
  WHERE scope = :scope
    AND scope_key = :scopeKey
    AND span = :span
    AND zone = :zone
    AND from_ms = :fromMs`

const READ = `
  SELECT ${COLUMNS}, review
  FROM slo_review_archive
  WHERE review_id = ?`

/** How those that end at one instant follow one another: the shortest span first, in it the one of
 *  all tenants, then the tiers, then the tenants by name. */
const PLACE = `
  -from_ms, CASE scope WHEN 'fleet' THEN 0 WHEN 'tier' THEN 1 ELSE 2 END,
  scope_name COLLATE NOCASE, review_id`

const IS_AFTER = `
  to_ms <= :endsMs
    AND (
      to_ms < :endsMs
      OR (${PLACE}) > (SELECT ${PLACE} FROM slo_review_archive WHERE review_id = :afterId)
    )`

const PAGE = `
  SELECT ${COLUMNS}
  FROM slo_review_archive
  WHERE ${IS_AFTER}
    AND (:scope IS NULL OR scope = :scope)
    AND (:span IS NULL OR span = :span)
  ORDER BY to_ms DESC, ${PLACE}
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT ${COLUMNS}
  FROM slo_review_archive
  WHERE tenant_id = :tenantId
    AND ${IS_AFTER}
    AND (:span IS NULL OR span = :span)
  ORDER BY to_ms DESC, ${PLACE}
  LIMIT :limit`

const DELETE_BEFORE = `
  DELETE FROM slo_review_archive
  WHERE span = ?
    AND to_ms < ?`

export interface ReviewKey {
  readonly scope: SloReview['scope']['kind']
  readonly scopeKey: string
  readonly span: ReviewSpan
  readonly zone: string
  readonly fromMs: number
}

export interface ReviewPageQuery {
  readonly tenantId: TenantId | null
  readonly scope: SloReview['scope']['kind'] | null
  readonly span: ReviewSpan | null
  /** The last one of the page before. */
  readonly after: { readonly toMs: number; readonly reviewId: string } | null
  readonly limit: number
}

type Row = Omit<ArchivedReview, 'isComplete'> & { readonly isComplete: 0 | 1 }
type Parameters = Record<string, string | number | null | Uint8Array>

export class ArchiveStore {
  readonly #upsert: Statement<[Parameters], Row>
  readonly #find: Statement<[Parameters], Row>
  readonly #read: Statement<[string], Row & { readonly review: Uint8Array }>
  readonly #page: Statement<[Parameters], Row>
  readonly #pageOfTenant: Statement<[Parameters], Row>
  readonly #deleteBefore: Statement<[ReviewSpan, number]>

  constructor(db: Database) {
    this.#upsert = db.prepare(UPSERT)
    this.#find = db.prepare(FIND)
    this.#read = db.prepare(READ)
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#deleteBefore = db.prepare(DELETE_BEFORE)
  }

  /** Writes a review, in place of one of the same scope and period. */
  putAcrossTenants(row: ArchivedReview, review: SloReview): ArchivedReview {
    const { scope } = review
    const [written] = this.#upsert.all({
      ...row,
      tenantId: scope.kind === 'tenant' ? scope.tenantId : null,
      isComplete: Number(row.isComplete),
      review: deflateRawSync(JSON.stringify(review)),
    })
    return archived(written!)
  }

  findAcrossTenants(key: ReviewKey): ArchivedReview | undefined {
    const row = this.#find.get({ ...key })
    return row && archived(row)
  }

  readAcrossTenants(reviewId: string): { row: ArchivedReview; review: SloReview } | undefined {
    const found = this.#read.get(reviewId)
    if (found === undefined) return undefined
    const { review, ...row } = found
    const value = JSON.parse(inflateRawSync(review).toString()) as SloReview
    return { row: archived(row), review: value }
  }

  /** Shape: newest period first. */
  pageAcrossTenants({ tenantId, scope, span, after, limit }: ReviewPageQuery): ArchivedReview[] {
    const position = {
      endsMs: after?.toMs ?? Number.MAX_SAFE_INTEGER,
      afterId: after?.reviewId ?? '',
    }
    const rows =
      tenantId === null
        ? this.#page.all({ scope, span, limit, ...position })
        : this.#pageOfTenant.all({ tenantId, span, limit, ...position })
    return rows.map(archived)
  }

  deleteBeforeAcrossTenants(span: ReviewSpan, beforeMs: number): number {
    return this.#deleteBefore.run(span, beforeMs).changes
  }
}

function archived({ isComplete, ...row }: Row): ArchivedReview {
  return { ...row, isComplete: isComplete === 1 }
}
