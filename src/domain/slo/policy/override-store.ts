/** Rows of deploy gates that somebody opened for a while. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { GateOverride } from './overrides.ts'

const COLUMNS = `
  tenant_id AS tenantId, override_id AS overrideId, slo_id AS sloId, reason,
  created_at_ms AS createdAtMs, created_by AS createdBy, created_by_name AS createdByName,
  expires_at_ms AS expiresAtMs, revoked_at_ms AS revokedAtMs, revoked_by AS revokedBy`

const INSERT = `
  INSERT INTO slo_gate_override (
    tenant_id, override_id, slo_id, reason, created_at_ms, created_by, created_by_name,
    expires_at_ms
  )
  VALUES (
    :tenantId, :overrideId, :sloId, :reason, :createdAtMs, :createdBy, :createdByName,
    :expiresAtMs
  )`

const REVOKE = `
  UPDATE slo_gate_override
  SET revoked_at_ms = :revokedAtMs, revoked_by = :revokedBy
  WHERE tenant_id = :tenantId
    AND override_id = :overrideId
    AND revoked_at_ms IS NULL`

const READ_OPEN = `
  SELECT ${COLUMNS}
  FROM slo_gate_override
  WHERE expires_at_ms > ?
    AND revoked_at_ms IS NULL
  ORDER BY tenant_id, created_at_ms, override_id`

const READ_OF_TENANT = `
  SELECT ${COLUMNS}
  FROM slo_gate_override
  WHERE tenant_id = :tenantId
  ORDER BY created_at_ms DESC, override_id
  LIMIT :limit`

const DELETE_BEFORE = `
  DELETE FROM slo_gate_override
  WHERE expires_at_ms < ?`

type NewRow = Omit<GateOverride, 'revokedAtMs' | 'revokedBy'>

export interface OverrideRevocation {
  readonly overrideId: string
  readonly revokedAtMs: number
  readonly revokedBy: string
}

export class OverrideStore {
  readonly #insert: Statement<[NewRow]>
  readonly #revoke: Statement<[OverrideRevocation & { tenantId: TenantId }]>
  readonly #readOpen: Statement<[number], GateOverride>
  readonly #readOfTenant: Statement<[{ tenantId: TenantId; limit: number }], GateOverride>
  readonly #deleteBefore: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#revoke = db.prepare(REVOKE)
    this.#readOpen = db.prepare(READ_OPEN)
    this.#readOfTenant = db.prepare(READ_OF_TENANT)
    this.#deleteBefore = db.prepare(DELETE_BEFORE)
  }

  insert(tenantId: TenantId, { revokedAtMs: _, revokedBy: __, ...row }: GateOverride): void {
    this.#insert.run({ ...row, tenantId })
  }

  revoke(tenantId: TenantId, revocation: OverrideRevocation): void {
    this.#revoke.run({ ...revocation, tenantId })
  }

  openAcrossTenants(nowMs: number): GateOverride[] {
    return this.#readOpen.all(nowMs)
  }

  /** Shape: newest first. */
  of(tenantId: TenantId, limit: number): GateOverride[] {
    return this.#readOfTenant.all({ tenantId, limit })
  }

  deleteBeforeAcrossTenants(atMs: number): number {
    return this.#deleteBefore.run(atMs).changes
  }
}
