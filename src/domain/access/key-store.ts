/** Rows of keys. The secret is never here, only its hash. */
import type { Statement } from 'better-sqlite3'
import type { KeyId, TenantId } from '../../core/ids.ts'
import type { Database } from '../../machinery/storage/database.ts'
import type { AccessKey } from './access-key.ts'
import type { KeyRole } from './permissions.ts'

export interface KeptKey extends AccessKey {
  readonly secretHash: string
}

interface KeyRow {
  key_id: KeyId
  tenant_id: TenantId | null
  secret_sha256: string
  role: KeyRole
  name: string
  created_at_ms: number
  created_by: string
  revoked_at_ms: number | null
}

type Parameters = Record<string, string | number | null>

export class KeyStore {
  readonly #insert: Statement<[Parameters]>
  readonly #revoke: Statement<[Parameters]>
  readonly #byId: Statement<[Parameters], KeyRow>
  readonly #all: Statement<[], KeyRow>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#revoke = db.prepare(
      'UPDATE access_key SET revoked_at_ms = :atMs WHERE key_id = :keyId AND revoked_at_ms IS NULL',
    )
    this.#byId = db.prepare('SELECT * FROM access_key WHERE key_id = :keyId')
    this.#all = db.prepare('SELECT * FROM access_key ORDER BY created_at_ms, key_id')
  }

  insertAcrossTenants(key: KeptKey): void {
    const { keyId, tenantId, secretHash, role, name, createdAtMs, createdBy } = key
    this.#insert.run({ keyId, tenantId, secretHash, role, name, createdAtMs, createdBy })
  }

  revokeAcrossTenants(keyId: KeyId, atMs: number): void {
    this.#revoke.run({ keyId, atMs })
  }

  findAcrossTenants(keyId: KeyId): KeptKey | undefined {
    const row = this.#byId.get({ keyId })
    return row && keyOf(row)
  }

  /** Shape: oldest first. */
  allAcrossTenants(): KeptKey[] {
    return this.#all.all().map(keyOf)
  }
}

function keyOf(row: KeyRow): KeptKey {
  return {
    keyId: row.key_id,
    tenantId: row.tenant_id,
    secretHash: row.secret_sha256,
    role: row.role,
    name: row.name,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    revokedAtMs: row.revoked_at_ms,
  }
}

const INSERT = `
  INSERT INTO access_key (
    key_id, tenant_id, secret_sha256, role, name, created_at_ms, created_by
  )
  VALUES (:keyId, :tenantId, :secretHash, :role, :name, :createdAtMs, :createdBy)`
