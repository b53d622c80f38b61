/**
 * Budget reviews, which budget policies ask for: opened once for a tenant's SLO, with the numbers
 * of the moment, and open until somebody says what came of it.
 */
import { z } from 'zod'
import { TenantryError } from '../../../core/errors.ts'
import type { SloId, TenantId } from '../../../core/ids.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import { SYSTEM, type Access, type Principal } from '../../access/access.ts'
import { SLO_ERRORS } from '../errors.ts'
import { ReviewStore } from './review-store.ts'
import type { PolicyTransition } from './transition.ts'

export const REVIEW_LIMITS = {
  noteCharacters: 2_000,
  /** Told at a time, newest first. */
  told: 500,
} as const

export const reviewClosingSchema = z.strictObject({
  /** What came of it. */
  note: z.string().trim().min(1).max(REVIEW_LIMITS.noteCharacters),
})

export interface BudgetReview {
  readonly tenantId: TenantId
  readonly reviewId: string
  readonly sloId: SloId
  readonly policyId: string
  readonly stepId: string
  readonly openedAtMs: number
  /** The period as it was. */
  readonly bad: number
  readonly total: number
  readonly leftRatio: number
  readonly closedAtMs: number | null
  readonly closedBy: string | null
  readonly note: string | null
}

export interface BudgetReviews {
  /** Opens one unless the tenant's SLO has an open one. Call it within the transaction of the
   *  transition. */
  open(transition: PolicyTransition): void
  /** Shape: newest first. */
  list(state: 'open' | 'all', tenantId: TenantId | null): readonly BudgetReview[]
  openCount(): number
  /** Answers whichever tenant's it is: the caller checks that the reader may see it. */
  get(reviewId: string): BudgetReview | undefined
  /** Throws SLO_REVIEW_NOT_FOUND. One that is closed stays as it is. */
  close(reviewId: string, note: string, actor: Principal, nowMs: number): BudgetReview
  prune(beforeMs: number): number
}

export function openReviews({ db, access }: { db: Database; access: Access }): BudgetReviews {
  const store = new ReviewStore(db)

  const record = (
    action: 'slo-review.opened' | 'slo-review.closed',
    review: BudgetReview,
    actor: Principal,
    nowMs: number,
  ): void => {
    const { tenantId, reviewId } = review
    const target = `slo-review/${reviewId}`
    access.audit.record({ actor, action, target, tenantId, details: { review } }, nowMs)
  }

  return {
    open({ tenantId, sloId, policyId, stepId, atMs, bad, total, leftRatio }) {
      if (store.hasOpen(tenantId, sloId)) return
      if (bad === null || total === null || leftRatio === null) return
      const review: BudgetReview = {
        tenantId,
        reviewId: `rev_${randomToken(9)}`,
        sloId,
        policyId,
        stepId,
        openedAtMs: atMs,
        bad,
        total,
        leftRatio,
        closedAtMs: null,
        closedBy: null,
        note: null,
      }
      store.insert(tenantId, review)
      record('slo-review.opened', review, SYSTEM, atMs)
    },
    list(state, tenantId) {
      const all =
        state === 'open'
          ? store.openAcrossTenants()
          : store.newestAcrossTenants(tenantId === null ? REVIEW_LIMITS.told : -1)
      const own = tenantId === null ? all : all.filter((each) => each.tenantId === tenantId)
      return own.slice(0, REVIEW_LIMITS.told)
    },
    openCount: () => store.openAcrossTenants().length,
    get: (reviewId) => store.byIdAcrossTenants(reviewId),
    close(reviewId, note, actor, nowMs) {
      const known = store.byIdAcrossTenants(reviewId)
      if (known === undefined) {
        const message = `closing a budget review: there is none called ${reviewId}`
        throw new TenantryError(SLO_ERRORS.SLO_REVIEW_NOT_FOUND, message)
      }
      if (known.closedAtMs !== null) return known
      const closed = { ...known, closedAtMs: nowMs, closedBy: actor.id, note }
      inTransaction(db, () => {
        store.close(known.tenantId, { reviewId, closedAtMs: nowMs, closedBy: actor.id, note })
        record('slo-review.closed', closed, actor, nowMs)
      })
      return closed
    },
    prune: (beforeMs) => store.deleteClosedBeforeAcrossTenants(beforeMs),
  }
}
