/** Rows of the registry. */
import type { Statement } from 'better-sqlite3'
import { assert } from '../../core/assert.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Database } from '../../machinery/storage/database.ts'
import { tenantConfigSchema } from './registry/tenant-config.ts'
import { configOf, type Tenant, type TenantState } from './registry/tenant.ts'

interface TenantRow {
  tenant_id: string
  state: TenantState
  spec: string
  generation: number
  observed_generation: number
  created_at_ms: number
  updated_at_ms: number
}

type Parameters = Record<string, string | number>

export class TenantStore {
  readonly #insert: Statement<[Parameters]>
  readonly #update: Statement<[Parameters]>
  readonly #insertAlias: Statement<[Parameters]>
  readonly #deleteAliases: Statement<[Parameters]>
  readonly #byId: Statement<[Parameters], TenantRow>
  readonly #all: Statement<[], TenantRow>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#update = db.prepare(UPDATE)
    this.#insertAlias = db.prepare(
      'INSERT INTO tenant_alias (tenant_id, alias) VALUES (:tenantId, :alias)',
    )
    this.#deleteAliases = db.prepare('DELETE FROM tenant_alias WHERE tenant_id = :tenantId')
    this.#byId = db.prepare('SELECT * FROM tenant WHERE tenant_id = :tenantId')
    this.#all = db.prepare('SELECT * FROM tenant ORDER BY tenant_id')
  }

  insert(tenantId: TenantId, tenant: Tenant): void {
    this.#insert.run({ ...parametersOf(tenant), createdAtMs: tenant.createdAtMs })
    this.#writeAliases(tenantId, tenant)
  }

  update(tenantId: TenantId, tenant: Tenant): void {
    const { changes } = this.#update.run(parametersOf(tenant))
    assert(changes === 1, 'a tenant that is updated has a row')
    this.#deleteAliases.run({ tenantId })
    this.#writeAliases(tenantId, tenant)
  }

  find(tenantId: TenantId): Tenant | undefined {
    const row = this.#byId.get({ tenantId })
    return row && tenantOf(row)
  }

  /** Shape: sorted by id. */
  allAcrossTenants(): Tenant[] {
    return this.#all.all().map(tenantOf)
  }

  #writeAliases(tenantId: TenantId, { aliases }: Tenant): void {
    for (const alias of aliases) this.#insertAlias.run({ tenantId, alias })
  }
}

function parametersOf(tenant: Tenant): Parameters {
  const { tenantId, tier, generation, status, updatedAtMs } = tenant
  return {
    tenantId,
    tier,
    state: status.state,
    spec: JSON.stringify(configOf(tenant)),
    generation,
    observedGeneration: status.observedGeneration,
    updatedAtMs,
  }
}

/** Fields that a later version added get their defaults here. */
function tenantOf(row: TenantRow): Tenant {
  return {
    ...tenantConfigSchema.parse(JSON.parse(row.spec)),
    generation: row.generation,
    status: { state: row.state, observedGeneration: row.observed_generation },
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  }
}

const INSERT = `
  INSERT INTO tenant (
    tenant_id, tier, state, spec, generation, observed_generation, created_at_ms, updated_at_ms
  )
  VALUES (
    :tenantId, :tier, :state, :spec, :generation, :observedGeneration, :createdAtMs, :updatedAtMs
  )`

const UPDATE = `
  UPDATE tenant
  SET
    tier = :tier,
    state = :state,
    spec = :spec,
    generation = :generation,
    observed_generation = :observedGeneration,
    updated_at_ms = :updatedAtMs
  WHERE tenant_id = :tenantId`
