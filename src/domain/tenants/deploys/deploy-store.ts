/** Rows of deploys, and for whom each was. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { Deploy } from './deploy.ts'

/** Where a page begins: just below this deploy, newest first. */
export interface DeployPosition {
  readonly atMs: number
  readonly deployId: string
}

export interface DeployPageQuery {
  readonly service: string | null
  readonly fromMs: number
  readonly before: DeployPosition
  readonly limit: number
}

interface DeployRow {
  deploy_id: string
  source: string
  event_id: string
  service: string
  version: string
  at_ms: number
  recorded_at_ms: number
  for_all: 0 | 1
}

type Parameters = Record<string, string | number | null>

export class DeployStore {
  readonly #insert: Statement<[Parameters]>
  readonly #insertTenant: Statement<[Parameters]>
  readonly #byId: Statement<[Parameters], DeployRow>
  readonly #page: Statement<[Parameters], DeployRow>
  readonly #pageOfTenant: Statement<[Parameters], DeployRow>
  readonly #tenants: Statement<[Parameters], { tenant_id: TenantId }>
  readonly #deleteOld: Statement<[Parameters]>
  readonly #deleteMost: Statement<[Parameters]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#insertTenant = db.prepare(
      'INSERT INTO deploy_tenant (tenant_id, deploy_id) VALUES (:tenantId, :deployId)',
    )
    this.#byId = db.prepare('SELECT * FROM deploy WHERE deploy_id = :deployId')
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#tenants = db.prepare(TENANTS)
    this.#deleteOld = db.prepare('DELETE FROM deploy WHERE at_ms < :beforeMs')
    this.#deleteMost = db.prepare(DELETE_MOST)
  }

  insertAcrossTenants(deploy: Deploy): void {
    const { tenants, ...facts } = deploy
    this.#insert.run({ ...facts, forAll: tenants === 'all' ? 1 : 0 })
    if (tenants === 'all') return
    for (const tenantId of tenants) this.#insertTenant.run({ tenantId, deployId: deploy.deployId })
  }

  findAcrossTenants(deployId: string): Deploy | undefined {
    const row = this.#byId.get({ deployId })
    return row && this.#deployOf(row)
  }

  /** Shape: those that concern a tenant, newest first. */
  page(tenantId: TenantId, query: DeployPageQuery): Deploy[] {
    const rows = this.#pageOfTenant.all({ tenantId, ...pageParameters(query) })
    return rows.map((row) => this.#deployOf(row))
  }

  pageAcrossTenants(query: DeployPageQuery): Deploy[] {
    return this.#page.all(pageParameters(query)).map((row) => this.#deployOf(row))
  }

  /** Deletes those before an instant, and the oldest of more than `most`. */
  deleteAcrossTenants(beforeMs: number, most: number): number {
    return this.#deleteOld.run({ beforeMs }).changes + this.#deleteMost.run({ most }).changes
  }

  #deployOf(row: DeployRow): Deploy {
    const { deploy_id: deployId } = row
    return {
      deployId,
      source: row.source,
      eventId: row.event_id,
      service: row.service,
      version: row.version,
      atMs: row.at_ms,
      recordedAtMs: row.recorded_at_ms,
      tenants:
        row.for_all === 1 ? 'all' : this.#tenants.all({ deployId }).map((each) => each.tenant_id),
    }
  }
}

const INSERT = `
  INSERT INTO deploy (
    deploy_id, source, event_id, service, version, at_ms, recorded_at_ms, for_all
  )
  VALUES (
    :deployId, :source, :eventId, :service, :version, :atMs, :recordedAtMs, :forAll
  )`

const PAGE = `
  SELECT *
  FROM deploy
  WHERE (at_ms, deploy_id) < (:beforeMs, :beforeId)
    AND at_ms >= :fromMs
    AND (:service IS NULL OR service = :service)
  ORDER BY at_ms DESC, deploy_id DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT *
  FROM deploy
  WHERE (at_ms, deploy_id) < (:beforeMs, :beforeId)
    AND at_ms >= :fromMs
    AND (:service IS NULL OR service = :service)
    AND (
      for_all = 1
      OR EXISTS (
        SELECT 1
        FROM deploy_tenant
        WHERE tenant_id = :tenantId AND deploy_tenant.deploy_id = deploy.deploy_id
      )
    )
  ORDER BY at_ms DESC, deploy_id DESC
  LIMIT :limit`

const TENANTS = `
  SELECT tenant_id
  FROM deploy_tenant
  WHERE deploy_id = :deployId
  ORDER BY tenant_id`

const DELETE_MOST = `
  DELETE FROM deploy
  WHERE deploy_id IN (
    SELECT deploy_id
    FROM deploy
    ORDER BY at_ms DESC, deploy_id DESC
    LIMIT -1 OFFSET :most
  )`

function pageParameters({ service, fromMs, before, limit }: DeployPageQuery): Parameters {
  return { service, fromMs, beforeMs: before.atMs, beforeId: before.deployId, limit }
}
