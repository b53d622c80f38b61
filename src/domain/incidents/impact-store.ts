/** Rows of impacts. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../core/ids.ts'
import type { Database } from '../../machinery/storage/database.ts'
import type { Impact } from './impact.ts'

export interface StoredImpact extends Impact {
  /** The wall clock when `elapsedMs` was so much. */
  readonly seenAtMs: number
}

interface ImpactRow {
  tenant_id: TenantId
  impact_id: string
  opened_at_ms: number
  ended_at_ms: number | null
  elapsed_ms: number
  seen_at_ms: number
}

/** Where a page begins: just below this impact in order of opening, newest first. */
export type ImpactPosition = Pick<Impact, 'openedAtMs' | 'impactId'>

export interface ImpactPageQuery {
  /** Null: open and ended ones. */
  readonly isOpen: boolean | null
  readonly before: ImpactPosition | null
  readonly limit: number
}

type Parameters = Record<string, string | number | null>

export class ImpactStore {
  readonly #put: Statement<[Parameters]>
  readonly #all: Statement<[], ImpactRow>
  readonly #byId: Statement<[Parameters], ImpactRow>
  readonly #page: Statement<[Parameters], ImpactRow>
  readonly #pageOfTenant: Statement<[Parameters], ImpactRow>
  readonly #deleteEnded: Statement<[Parameters]>

  constructor(db: Database) {
    this.#put = db.prepare(PUT)
    this.#all = db.prepare('SELECT * FROM impact ORDER BY opened_at_ms, impact_id')
    this.#byId = db.prepare('SELECT * FROM impact WHERE impact_id = :impactId')
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#deleteEnded = db.prepare('DELETE FROM impact WHERE ended_at_ms < :beforeMs')
  }

  put(tenantId: TenantId, impact: Impact, seenAtMs: number): void {
    const { impactId, openedAtMs, endedAtMs, elapsedMs } = impact
    this.#put.run({ tenantId, impactId, openedAtMs, endedAtMs, elapsedMs, seenAtMs })
  }

  /** Shape: oldest first. */
  allAcrossTenants(): StoredImpact[] {
    return this.#all.all().map(impactOf)
  }

  byIdAcrossTenants(impactId: string): Impact | undefined {
    const row = this.#byId.get({ impactId })
    return row && impactOf(row)
  }

  /** Shape: newest opening first. */
  page(tenantId: TenantId, query: ImpactPageQuery): Impact[] {
    return this.#pageOfTenant.all({ tenantId, ...pageParameters(query) }).map(impactOf)
  }

  pageAcrossTenants(query: ImpactPageQuery): Impact[] {
    return this.#page.all(pageParameters(query)).map(impactOf)
  }

  /** Deletes impacts that ended before an instant. Answers how many. */
  deleteEndedAcrossTenants(beforeMs: number): number {
    return this.#deleteEnded.run({ beforeMs }).changes
  }
}

const PUT = `
  INSERT INTO impact (tenant_id, impact_id, opened_at_ms, ended_at_ms, elapsed_ms, seen_at_ms)
  VALUES (:tenantId, :impactId, :openedAtMs, :endedAtMs, :elapsedMs, :seenAtMs)
  ON CONFLICT (tenant_id, impact_id) DO UPDATE SET
    opened_at_ms = excluded.opened_at_ms,
    ended_at_ms = excluded.ended_at_ms,
    elapsed_ms = excluded.elapsed_ms,
    seen_at_ms = excluded.seen_at_ms`

const PAGE = `
  SELECT *
  FROM impact
  WHERE (opened_at_ms, impact_id) < (:beforeMs, :beforeId)
    AND (:isOpen IS NULL OR (ended_at_ms IS NULL) = :isOpen)
  ORDER BY opened_at_ms DESC, impact_id DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT *
  FROM impact
  WHERE tenant_id = :tenantId
    AND (opened_at_ms, impact_id) < (:beforeMs, :beforeId)
    AND (:isOpen IS NULL OR (ended_at_ms IS NULL) = :isOpen)
  ORDER BY opened_at_ms DESC, impact_id DESC
  LIMIT :limit`

function pageParameters({ isOpen, before, limit }: ImpactPageQuery): Parameters {
  return {
    isOpen: isOpen === null ? null : Number(isOpen),
    beforeMs: before?.openedAtMs ?? Number.MAX_SAFE_INTEGER,
    beforeId: before?.impactId ?? '',
    limit,
  }
}

function impactOf(row: ImpactRow): StoredImpact {
  return {
    impactId: row.impact_id,
    tenantId: row.tenant_id,
    openedAtMs: row.opened_at_ms,
    endedAtMs: row.ended_at_ms,
    elapsedMs: row.elapsed_ms,
    seenAtMs: row.seen_at_ms,
  }
}
