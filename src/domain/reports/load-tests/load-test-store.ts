/** Rows of load tests, and which tenants each was about. */
import type { Statement } from 'better-sqlite3'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import { endedAtMs, type LoadTest, type LoadTestRecord } from './load-test.ts'

const COLUMNS = `
  load_test.run_id AS runId, recorded_at_ms AS recordedAtMs, recorded_by AS recordedBy, record`

const INSERT = `
  INSERT INTO load_test (
    run_id, started_at_ms, ended_at_ms, recorded_at_ms, recorded_by, record
  )
  VALUES (
    :runId, :startedAtMs, :endedAtMs, :recordedAtMs, :recordedBy, :record
  )`

const INSERT_TENANT = `
  INSERT INTO load_test_tenant (tenant_id, run_id)
  VALUES (:tenantId, :runId)
  ON CONFLICT DO NOTHING`

const READ = `
  SELECT ${COLUMNS}
  FROM load_test
  WHERE run_id = :runId`

const PAGE = `
  SELECT ${COLUMNS}
  FROM load_test
  WHERE (started_at_ms, run_id) < (:beforeMs, :beforeId)
    AND started_at_ms < :toMs
    AND ended_at_ms >= :fromMs
  ORDER BY started_at_ms DESC, run_id DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT ${COLUMNS}
  FROM load_test
  WHERE (started_at_ms, run_id) < (:beforeMs, :beforeId)
    AND started_at_ms < :toMs
    AND ended_at_ms >= :fromMs
    AND EXISTS (
      SELECT 1
      FROM load_test_tenant
      WHERE tenant_id = :tenantId AND load_test_tenant.run_id = load_test.run_id
    )
  ORDER BY started_at_ms DESC, run_id DESC
  LIMIT :limit`

const CONCERNS = `
  SELECT 1 AS yes
  FROM load_test_tenant
  WHERE tenant_id = :tenantId
    AND run_id = :runId`

const DELETE_MOST = `
  DELETE FROM load_test
  WHERE run_id IN (
    SELECT run_id
    FROM load_test
    ORDER BY started_at_ms DESC, run_id DESC
    LIMIT -1 OFFSET :most
  )`

export interface LoadTestPageQuery {
  /** Half-open: runs that touch it. */
  readonly fromMs: number
  readonly toMs: number
  /** Where the page begins: just below this run, newest first. */
  readonly beforeMs: number
  readonly beforeId: string
  readonly limit: number
}

type Parameters = Record<string, string | number | Uint8Array>
type Row = Omit<LoadTest, 'record'> & { readonly record: Uint8Array }

export class LoadTestStore {
  readonly #insert: Statement<[Parameters]>
  readonly #insertTenant: Statement<[Parameters]>
  readonly #read: Statement<[Parameters], Row>
  readonly #page: Statement<[Parameters], Row>
  readonly #pageOfTenant: Statement<[Parameters], Row>
  readonly #concerns: Statement<[Parameters], { yes: 1 }>
  readonly #deleteOld: Statement<[Parameters]>
  readonly #deleteMost: Statement<[Parameters]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#insertTenant = db.prepare(INSERT_TENANT)
    this.#read = db.prepare(READ)
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#concerns = db.prepare(CONCERNS)
    this.#deleteOld = db.prepare('DELETE FROM load_test WHERE started_at_ms < :beforeMs')
    this.#deleteMost = db.prepare(DELETE_MOST)
  }

  insertAcrossTenants(test: LoadTest, tenantIds: readonly TenantId[]): void {
    const { runId, recordedAtMs, recordedBy, record } = test
    this.#insert.run({
      runId,
      recordedAtMs,
      recordedBy,
      startedAtMs: record.startedAtMs,
      endedAtMs: endedAtMs(record),
      record: deflateRawSync(JSON.stringify(record)),
    })
    for (const tenantId of tenantIds) this.#insertTenant.run({ tenantId, runId })
  }

  readAcrossTenants(runId: string): LoadTest | undefined {
    const row = this.#read.get({ runId })
    return row && testOf(row)
  }

  /** Tells whether a run was about a tenant. */
  concerns(tenantId: TenantId, runId: string): boolean {
    return this.#concerns.get({ tenantId, runId }) !== undefined
  }

  /** Shape: those that were about a tenant, newest first. */
  page(tenantId: TenantId, query: LoadTestPageQuery): LoadTest[] {
    return this.#pageOfTenant.all({ tenantId, ...query }).map(testOf)
  }

  pageAcrossTenants(query: LoadTestPageQuery): LoadTest[] {
    return this.#page.all({ ...query }).map(testOf)
  }

  /** Deletes those before an instant, and the oldest of more than `most`. */
  deleteAcrossTenants(beforeMs: number, most: number): number {
    return this.#deleteOld.run({ beforeMs }).changes + this.#deleteMost.run({ most }).changes
  }
}

function testOf({ record, ...row }: Row): LoadTest {
  return { ...row, record: JSON.parse(inflateRawSync(record).toString()) as LoadTestRecord }
}
