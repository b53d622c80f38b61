/** Rows of pasts that were counted again. */
import type { Statement } from 'better-sqlite3'
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { Recompute, SloRecount } from './recompute.ts'

const PUT = `
  INSERT INTO slo_recompute (
    tenant_id, slo_id, recompute_id, reason, begun_at_ms, begun_by, ended_at_ms, recount
  )
  VALUES (
    :tenantId, :sloId, :recomputeId, :reason, :begunAtMs, :begunBy, :endedAtMs, :recount
  )
  ON CONFLICT (tenant_id, slo_id, recompute_id) DO UPDATE
  SET ended_at_ms = excluded.ended_at_ms,
      recount = excluded.recount`

const COLUMNS = `
  SELECT tenant_id AS tenantId, slo_id AS sloId, recompute_id AS recomputeId, reason,
         begun_at_ms AS begunAtMs, begun_by AS begunBy, ended_at_ms AS endedAtMs, recount
  FROM slo_recompute`

const READ_LATEST = `
  SELECT tenant_id AS tenantId, slo_id AS sloId, recompute_id AS recomputeId, reason,
         begun_at_ms AS begunAtMs, begun_by AS begunBy, ended_at_ms AS endedAtMs,
         recount ->> '$.fromMs' AS fromMs, recount ->> '$.toMs' AS toMs
  FROM slo_recompute
  WHERE (tenant_id, slo_id, begun_at_ms) IN (
    SELECT tenant_id, slo_id, MAX(begun_at_ms)
    FROM slo_recompute
    GROUP BY tenant_id, slo_id
  )`

const READ_ONE = `${COLUMNS}
  WHERE tenant_id = ?
    AND slo_id = ?
    AND recompute_id = ?`

const READ_NEWEST = `${COLUMNS}
  ORDER BY begun_at_ms DESC, recompute_id DESC
  LIMIT ?`

const READ_OF_TENANT = `${COLUMNS}
  WHERE tenant_id = ?
  ORDER BY begun_at_ms DESC, recompute_id DESC
  LIMIT ?`

const DELETE_OLDER = `
  DELETE FROM slo_recompute
  WHERE tenant_id = :tenantId
    AND slo_id = :sloId
    AND recompute_id NOT IN (
      SELECT recompute_id
      FROM slo_recompute
      WHERE tenant_id = :tenantId
        AND slo_id = :sloId
      ORDER BY begun_at_ms DESC, recompute_id DESC
      LIMIT :kept
    )`

/** What is kept in memory of the newest of an SLO: its hours may be many. */
export interface LatestRecompute extends Omit<Recompute, 'recount'> {
  readonly fromMs: number
  readonly toMs: number
}

interface Row extends Omit<Recompute, 'recount'> {
  readonly recount: string
}

export class RecomputeStore {
  readonly #put: Statement<[Row]>
  readonly #latest: Statement<[], LatestRecompute>
  readonly #one: Statement<[TenantId, SloId, string], Row>
  readonly #newest: Statement<[number], Row>
  readonly #ofTenant: Statement<[TenantId, number], Row>
  readonly #deleteOlder: Statement<[{ tenantId: TenantId; sloId: SloId; kept: number }]>

  constructor(db: Database) {
    this.#put = db.prepare(PUT)
    this.#latest = db.prepare(READ_LATEST)
    this.#one = db.prepare(READ_ONE)
    this.#newest = db.prepare(READ_NEWEST)
    this.#ofTenant = db.prepare(READ_OF_TENANT)
    this.#deleteOlder = db.prepare(DELETE_OLDER)
  }

  /** Writes one, and forgets all but the newest of the tenant's SLO. */
  put(tenantId: TenantId, recompute: Omit<Recompute, 'tenantId'>, kept: number): void {
    this.#put.run({ ...recompute, tenantId, recount: JSON.stringify(recompute.recount) })
    this.#deleteOlder.run({ tenantId, sloId: recompute.sloId, kept })
  }

  /** Reads the newest of every tenant's SLO. */
  latestAcrossTenants(): LatestRecompute[] {
    return this.#latest.all()
  }

  /** Reads one, hours and all. */
  read(tenantId: TenantId, { sloId, recomputeId }: LatestRecompute): Recompute | undefined {
    const row = this.#one.get(tenantId, sloId, recomputeId)
    return row === undefined ? undefined : recomputeOf(row)
  }

  /** Shape: newest first. */
  newestAcrossTenants(limit: number): Recompute[] {
    return this.#newest.all(limit).map(recomputeOf)
  }

  /** Shape: newest first. */
  newest(tenantId: TenantId, limit: number): Recompute[] {
    return this.#ofTenant.all(tenantId, limit).map(recomputeOf)
  }
}

function recomputeOf(row: Row): Recompute {
  return { ...row, recount: JSON.parse(row.recount) as SloRecount }
}
