/**
 * The corrections that there are: made, revoked, never changed, each step with its entry in the
 * audit log. They may lie in the past: budgets are worked out anew from the counts that are kept.
 */
import { TenantryError } from '../../../core/errors.ts'
import type { SloId, TenantId } from '../../../core/ids.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import { SLO_ERRORS } from '../errors.ts'
import { CORRECTION_LIMITS, type Correction, type CorrectionRequest } from './correction.ts'
import { CorrectionStore } from './correction-store.ts'

export interface Corrections {
  /** Shape: by start, the revoked ones included. */
  all(): readonly Correction[]
  /** Grows with every change. */
  generation(): number
  /** Throws SLO_CORRECTION_LIMIT. */
  create(request: CorrectionRequest, actor: Principal, nowMs: number): Correction
  /** Throws SLO_CORRECTION_NOT_FOUND. One that is revoked already stays as it is. */
  revoke(correctionId: string, actor: Principal, nowMs: number): Correction
}

export function openCorrections({ db, access }: { db: Database; access: Access }): Corrections {
  const store = new CorrectionStore(db)
  let all = store.readAcrossTenants()
  let generation = 1

  const changed = (): void => {
    all = store.readAcrossTenants()
    generation += 1
  }

  return {
    all: () => all,
    generation: () => generation,
    create(request, actor, nowMs) {
      if (all.filter(({ revokedAtMs }) => revokedAtMs === null).length >= LIMIT) {
        const message = `correcting budgets: there are ${LIMIT} corrections already`
        throw new TenantryError(SLO_ERRORS.SLO_CORRECTION_LIMIT, message)
      }
      const correction = correctionOf(request, actor, nowMs)
      inTransaction(db, () => {
        store.insertAcrossTenants(correction)
        record('slo-correction.created', correction, actor, nowMs)
      })
      changed()
      return correction
    },
    revoke(correctionId, actor, nowMs) {
      const known = all.find((each) => each.correctionId === correctionId)
      if (known === undefined) {
        const message = `revoking a correction: there is none called ${correctionId}`
        throw new TenantryError(SLO_ERRORS.SLO_CORRECTION_NOT_FOUND, message)
      }
      if (known.revokedAtMs !== null) return known
      inTransaction(db, () => {
        store.revokeAcrossTenants({ correctionId, revokedAtMs: nowMs, revokedBy: actor.id })
        record('slo-correction.revoked', known, actor, nowMs)
      })
      changed()
      return { ...known, revokedAtMs: nowMs, revokedBy: actor.id }
    },
  }

  function record(
    action: 'slo-correction.created' | 'slo-correction.revoked',
    correction: Correction,
    actor: Principal,
    nowMs: number,
  ): void {
    const target = `slo-correction/${correction.correctionId}`
    const { tenantId } = correction
    access.audit.record({ actor, action, target, tenantId, details: { correction } }, nowMs)
  }
}

const LIMIT = CORRECTION_LIMITS.corrections

function correctionOf(request: CorrectionRequest, actor: Principal, nowMs: number): Correction {
  return {
    correctionId: `cor_${randomToken(9)}`,
    tenantId: (request.tenantId ?? null) as TenantId | null,
    tier: request.tier ?? null,
    sloId: (request.sloId ?? null) as SloId | null,
    startsAtMs: Date.parse(request.startsAt),
    endsAtMs: Date.parse(request.endsAt),
    rrule: request.rrule ?? null,
    zone: request.zone ?? null,
    reason: request.reason,
    createdAtMs: nowMs,
    createdBy: actor.id,
    revokedAtMs: null,
    revokedBy: null,
  }
}
