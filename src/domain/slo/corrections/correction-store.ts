/** Rows of corrections. */
import type { Statement } from 'better-sqlite3'
import type { Database } from '../../../machinery/storage/database.ts'
import type { Correction } from './correction.ts'

const INSERT = `
  INSERT INTO slo_correction (
    correction_id, for_tenant, tier, slo_id, starts_at_ms, ends_at_ms, rrule, zone, reason,
    created_at_ms, created_by
  )
  VALUES (
    :correctionId, :tenantId, :tier, :sloId, :startsAtMs, :endsAtMs, :rrule, :zone, :reason,
    :createdAtMs, :createdBy
  )`

const REVOKE = `
  UPDATE slo_correction
  SET revoked_at_ms = :revokedAtMs, revoked_by = :revokedBy
  WHERE correction_id = :correctionId
    AND revoked_at_ms IS NULL`

const READ = `
  SELECT correction_id AS correctionId, for_tenant AS tenantId, tier, slo_id AS sloId,
         starts_at_ms AS startsAtMs, ends_at_ms AS endsAtMs, rrule, zone, reason,
         created_at_ms AS createdAtMs, created_by AS createdBy,
         revoked_at_ms AS revokedAtMs, revoked_by AS revokedBy
  FROM slo_correction
  ORDER BY starts_at_ms, correction_id`

type NewRow = Omit<Correction, 'revokedAtMs' | 'revokedBy'>

export interface Revocation {
  readonly correctionId: string
  readonly revokedAtMs: number
  readonly revokedBy: string
}

export class CorrectionStore {
  readonly #insert: Statement<[NewRow]>
  readonly #revoke: Statement<[Revocation]>
  readonly #read: Statement<[], Correction>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#revoke = db.prepare(REVOKE)
    this.#read = db.prepare(READ)
  }

  insertAcrossTenants({ revokedAtMs: _, revokedBy: __, ...row }: Correction): void {
    this.#insert.run(row)
  }

  revokeAcrossTenants(revocation: Revocation): void {
    this.#revoke.run(revocation)
  }

  /** Shape: by start. */
  readAcrossTenants(): Correction[] {
    return this.#read.all()
  }
}
