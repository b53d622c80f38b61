/** Rows of alerts that other systems told of. */
import type { Statement } from 'better-sqlite3'
import type { Action } from '../../../core/condition.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { EndReason, ForeignAlert, ForeignState } from './foreign-alert.ts'

interface ForeignRow {
  tenant_id: TenantId
  fingerprint: string
  condition_key: string
  own_key: string | null
  state: ForeignState
  action: Action
  summary: string
  labels: string
  annotations: string
  generator_url: string
  starts_at_ms: number
  ends_at_ms: number
  told_at_ms: number
  resolved_at_ms: number | null
  end_reason: EndReason | null
}

/** Where a page begins: just below this alert in order of telling, newest first. */
export interface ForeignPosition {
  readonly toldAtMs: number
  readonly fingerprint: string
}

export interface ForeignPageQuery {
  /** Null: of any state. */
  readonly state: ForeignState | null
  readonly before: ForeignPosition | null
  readonly limit: number
}

type Parameters = Record<string, string | number | null>

export class ForeignStore {
  readonly #put: Statement<[Parameters]>
  readonly #byFingerprint: Statement<[Parameters], ForeignRow>
  readonly #due: Statement<[Parameters], ForeignRow>
  readonly #page: Statement<[Parameters], ForeignRow>
  readonly #pageOfTenant: Statement<[Parameters], ForeignRow>
  readonly #deleteEnded: Statement<[Parameters]>
  readonly #silent: Statement<[], { readonly alerts: number }>

  constructor(db: Database) {
    this.#put = db.prepare(PUT)
    this.#byFingerprint = db.prepare(
      'SELECT * FROM foreign_alert WHERE tenant_id = :tenantId AND fingerprint = :fingerprint',
    )
    this.#due = db.prepare(DUE)
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#deleteEnded = db.prepare(
      "DELETE FROM foreign_alert WHERE state = 'resolved' AND resolved_at_ms < :beforeMs",
    )
    this.#silent = db.prepare("SELECT count(*) AS alerts FROM foreign_alert WHERE state = 'silent'")
  }

  put(tenantId: TenantId, alert: ForeignAlert, turnsAtMs: number | null): void {
    const { labels, annotations, ...rest } = alert
    this.#put.run({
      ...rest,
      tenantId,
      turnsAtMs,
      labels: JSON.stringify(labels),
      annotations: JSON.stringify(annotations),
    })
  }

  find(tenantId: TenantId, fingerprint: string): ForeignAlert | null {
    const row = this.#byFingerprint.get({ tenantId, fingerprint })
    return row === undefined ? null : alertOf(row)
  }

  /** Lists alerts that silence turns by now. Shape: longest ago first. */
  dueAcrossTenants(nowMs: number, limit: number): ForeignAlert[] {
    return this.#due.all({ nowMs, limit }).map(alertOf)
  }

  /** Shape: told last first. */
  page(tenantId: TenantId, query: ForeignPageQuery): ForeignAlert[] {
    return this.#pageOfTenant.all({ tenantId, ...pageParameters(query) }).map(alertOf)
  }

  pageAcrossTenants(query: ForeignPageQuery): ForeignAlert[] {
    return this.#page.all(pageParameters(query)).map(alertOf)
  }

  silentAcrossTenants(): number {
    return this.#silent.get()?.alerts ?? 0
  }

  /** Deletes alerts that ended before an instant. Answers how many. */
  deleteEndedAcrossTenants(beforeMs: number): number {
    return this.#deleteEnded.run({ beforeMs }).changes
  }
}

const PUT = `
  INSERT INTO foreign_alert (
    tenant_id, fingerprint, condition_key, own_key, state, action, summary, labels, annotations,
    generator_url, starts_at_ms, ends_at_ms, told_at_ms, resolved_at_ms, end_reason, turns_at_ms
  ) VALUES (
    :tenantId, :fingerprint, :key, :ownKey, :state, :action, :summary, :labels, :annotations,
    :generatorUrl, :startsAtMs, :endsAtMs, :toldAtMs, :resolvedAtMs, :endReason, :turnsAtMs
  )
  ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET
    condition_key = excluded.condition_key,
    own_key = excluded.own_key,
    state = excluded.state,
    action = excluded.action,
    summary = excluded.summary,
    labels = excluded.labels,
    annotations = excluded.annotations,
    generator_url = excluded.generator_url,
    starts_at_ms = excluded.starts_at_ms,
    ends_at_ms = excluded.ends_at_ms,
    told_at_ms = excluded.told_at_ms,
    resolved_at_ms = excluded.resolved_at_ms,
    end_reason = excluded.end_reason,
    turns_at_ms = excluded.turns_at_ms`

const DUE = `
  SELECT *
  FROM foreign_alert
  WHERE turns_at_ms <= :nowMs
  ORDER BY turns_at_ms
  LIMIT :limit`

const PAGE = `
  SELECT *
  FROM foreign_alert
  WHERE (told_at_ms, fingerprint) < (:beforeMs, :beforeFingerprint)
    AND (:state IS NULL OR state = :state)
  ORDER BY told_at_ms DESC, fingerprint DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT *
  FROM foreign_alert
  WHERE tenant_id = :tenantId
    AND (told_at_ms, fingerprint) < (:beforeMs, :beforeFingerprint)
    AND (:state IS NULL OR state = :state)
  ORDER BY told_at_ms DESC, fingerprint DESC
  LIMIT :limit`

function pageParameters({ state, before, limit }: ForeignPageQuery): Parameters {
  return {
    state,
    beforeMs: before?.toldAtMs ?? Number.MAX_SAFE_INTEGER,
    beforeFingerprint: before?.fingerprint ?? '',
    limit,
  }
}

function alertOf(row: ForeignRow): ForeignAlert {
  return {
    tenantId: row.tenant_id,
    fingerprint: row.fingerprint,
    key: row.condition_key,
    ownKey: row.own_key,
    state: row.state,
    action: row.action,
    summary: row.summary,
    labels: JSON.parse(row.labels) as Record<string, string>,
    annotations: JSON.parse(row.annotations) as Record<string, string>,
    generatorUrl: row.generator_url,
    startsAtMs: row.starts_at_ms,
    endsAtMs: row.ends_at_ms,
    toldAtMs: row.told_at_ms,
    resolvedAtMs: row.resolved_at_ms,
    endReason: row.end_reason,
  }
}
