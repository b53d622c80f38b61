/** Rows of budget reviews. */
import type { Statement } from 'better-sqlite3'
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { BudgetReview } from './reviews.ts'

const COLUMNS = `
  tenant_id AS tenantId, review_id AS reviewId, slo_id AS sloId, policy_id AS policyId,
  step_id AS stepId, opened_at_ms AS openedAtMs, bad, total, left_ratio AS leftRatio,
  closed_at_ms AS closedAtMs, closed_by AS closedBy, note`

const INSERT = `
  INSERT INTO slo_review (
    tenant_id, review_id, slo_id, policy_id, step_id, opened_at_ms, bad, total, left_ratio
  )
  VALUES (
    :tenantId, :reviewId, :sloId, :policyId, :stepId, :openedAtMs, :bad, :total, :leftRatio
  )`

const CLOSE = `
  UPDATE slo_review
  SET closed_at_ms = :closedAtMs, closed_by = :closedBy, note = :note
  WHERE tenant_id = :tenantId
    AND review_id = :reviewId
    AND closed_at_ms IS NULL`

const READ_OPEN = `
  SELECT ${COLUMNS}
  FROM slo_review
  WHERE closed_at_ms IS NULL
  ORDER BY opened_at_ms DESC, review_id`

const FIND_OPEN = `
  SELECT 1
  FROM slo_review
  WHERE tenant_id = :tenantId
    AND slo_id = :sloId
    AND closed_at_ms IS NULL`

const READ_NEWEST = `
  SELECT ${COLUMNS}
  FROM slo_review
  ORDER BY opened_at_ms DESC, review_id DESC
  LIMIT ?`

const READ_ONE = `
  SELECT ${COLUMNS}
  FROM slo_review
  WHERE review_id = ?`

const DELETE_BEFORE = `
  DELETE FROM slo_review
  WHERE closed_at_ms < ?`

type NewRow = Omit<BudgetReview, 'closedAtMs' | 'closedBy' | 'note'>

export interface ReviewClosing {
  readonly reviewId: string
  readonly closedAtMs: number
  readonly closedBy: string
  readonly note: string
}

export class ReviewStore {
  readonly #insert: Statement<[NewRow]>
  readonly #close: Statement<[ReviewClosing & { tenantId: TenantId }]>
  readonly #readOpen: Statement<[], BudgetReview>
  readonly #findOpen: Statement<[{ tenantId: TenantId; sloId: SloId }]>
  readonly #readNewest: Statement<[number], BudgetReview>
  readonly #readOne: Statement<[string], BudgetReview>
  readonly #deleteBefore: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#close = db.prepare(CLOSE)
    this.#readOpen = db.prepare(READ_OPEN)
    this.#findOpen = db.prepare(FIND_OPEN)
    this.#readNewest = db.prepare(READ_NEWEST)
    this.#readOne = db.prepare(READ_ONE)
    this.#deleteBefore = db.prepare(DELETE_BEFORE)
  }

  insert(tenantId: TenantId, review: BudgetReview): void {
    const { closedAtMs: _, closedBy: __, note: ___, ...row } = review
    this.#insert.run({ ...row, tenantId })
  }

  close(tenantId: TenantId, closing: ReviewClosing): void {
    this.#close.run({ ...closing, tenantId })
  }

  hasOpen(tenantId: TenantId, sloId: SloId): boolean {
    return this.#findOpen.get({ tenantId, sloId }) !== undefined
  }

  /** Shape: newest first. */
  openAcrossTenants(): BudgetReview[] {
    return this.#readOpen.all()
  }

  /** Shape: newest first, closed ones included. */
  newestAcrossTenants(limit: number): BudgetReview[] {
    return this.#readNewest.all(limit)
  }

  byIdAcrossTenants(reviewId: string): BudgetReview | undefined {
    return this.#readOne.get(reviewId)
  }

  deleteClosedBeforeAcrossTenants(atMs: number): number {
    return this.#deleteBefore.run(atMs).changes
  }
}
