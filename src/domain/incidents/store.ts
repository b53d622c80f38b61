/** Rows of alerts and of what happened to them. */
import type { Statement } from 'better-sqlite3'
import type { Action, ConditionSource } from '../../core/condition.ts'
import type { AlertId, TenantId } from '../../core/ids.ts'
import type { Database } from '../../machinery/storage/database.ts'
import type { Alert, AlertEvent, AlertEventKind, AlertState, AlertTransition } from './alert.ts'

/** Where a page begins: just below this alert in order of opening, newest first. */
export interface AlertPosition {
  readonly openedAtMs: number
  readonly alertId: string
}

export interface AlertPageQuery {
  readonly state: AlertState | null
  readonly before: AlertPosition | null
  readonly limit: number
}

interface AlertRow {
  tenant_id: TenantId
  alert_id: AlertId
  source: ConditionSource
  condition_key: string
  state: AlertState
  action: Action
  summary: string
  labels: string
  opened_at_ms: number
  fired_at_ms: number
  held_at_ms: number
  resolved_at_ms: number | null
  flaps: number
  opening_numbers: string
  numbers: string
}

interface EventRow {
  sequence: number
  at_ms: number
  kind: AlertEventKind
  action: Action
  summary: string
  numbers: string
}

type Parameters = Record<string, string | number | null>

export class AlertStore {
  readonly #upsert: Statement<[Parameters]>
  readonly #insertEvent: Statement<[Parameters]>
  readonly #refresh: Statement<[Parameters]>
  readonly #resolvedSince: Statement<[Parameters], AlertRow>
  readonly #byId: Statement<[Parameters], AlertRow>
  readonly #firing: Statement<[], AlertRow>
  readonly #page: Statement<[Parameters], AlertRow>
  readonly #pageOfTenant: Statement<[Parameters], AlertRow>
  readonly #openedWithin: Statement<[Parameters], AlertRow>
  readonly #events: Statement<[Parameters], EventRow>
  readonly #lastEvent: Statement<[], { last: number | null }>
  readonly #deleteResolved: Statement<[Parameters]>

  constructor(db: Database) {
    this.#upsert = db.prepare(UPSERT)
    this.#insertEvent = db.prepare(INSERT_EVENT)
    this.#refresh = db.prepare(REFRESH)
    this.#resolvedSince = db.prepare(RESOLVED_SINCE)
    this.#byId = db.prepare('SELECT * FROM alert WHERE alert_id = :alertId')
    this.#firing = db.prepare("SELECT * FROM alert WHERE state = 'firing'")
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#openedWithin = db.prepare(OPENED_WITHIN)
    this.#events = db.prepare(EVENTS)
    this.#lastEvent = db.prepare('SELECT max(rowid) AS last FROM alert_event')
    this.#deleteResolved = db.prepare(DELETE_RESOLVED)
  }

  /** Writes an alert that turned, and the event. */
  saveTransition(
    tenantId: TenantId,
    { alert, event, atMs }: AlertTransition,
    summary: string,
  ): void {
    this.#upsert.run({
      tenantId,
      alertId: alert.alertId,
      source: alert.source,
      key: alert.key,
      state: alert.state,
      action: alert.action,
      summary: alert.summary,
      labels: JSON.stringify(alert.labels),
      openedAtMs: alert.openedAtMs,
      firedAtMs: alert.firedAtMs,
      heldAtMs: alert.heldAtMs,
      resolvedAtMs: alert.resolvedAtMs,
      flaps: alert.flaps,
      openingNumbers: JSON.stringify(alert.openingNumbers),
      numbers: JSON.stringify(alert.numbers),
    })
    const { alertId, action } = alert
    const numbers = JSON.stringify(alert.numbers)
    this.#insertEvent.run({ tenantId, alertId, atMs, kind: event, action, summary, numbers })
  }

  /** Writes the latest numbers of an alert that goes on firing. */
  refresh(tenantId: TenantId, alert: Alert): void {
    this.#refresh.run({
      tenantId,
      alertId: alert.alertId,
      summary: alert.summary,
      labels: JSON.stringify(alert.labels),
      heldAtMs: alert.heldAtMs,
      numbers: JSON.stringify(alert.numbers),
    })
  }

  /** Finds the newest alert of a condition that resolved after an instant. Cost: without ORDER BY,
   *  which would make SQLite compile the statement anew for each alert that fires. */
  lastResolvedSince(
    tenantId: TenantId,
    source: ConditionSource,
    key: string,
    sinceMs: number,
  ): Alert | undefined {
    const rows = this.#resolvedSince.all({ tenantId, source, key, sinceMs })
    rows.sort((left, right) => right.opened_at_ms - left.opened_at_ms)
    return rows[0] && alertOf(rows[0])
  }

  byIdAcrossTenants(alertId: string): Alert | undefined {
    const row = this.#byId.get({ alertId })
    return row && alertOf(row)
  }

  firingAcrossTenants(): Alert[] {
    return this.#firing.all().map(alertOf)
  }

  /** Shape: newest opening first. */
  page(tenantId: TenantId, query: AlertPageQuery): Alert[] {
    return this.#pageOfTenant.all({ tenantId, ...pageParameters(query) }).map(alertOf)
  }

  pageAcrossTenants(query: AlertPageQuery): Alert[] {
    return this.#page.all(pageParameters(query)).map(alertOf)
  }

  /** Shape: newest opening first. */
  openedWithin(
    tenantId: TenantId,
    { fromMs, toMs, limit }: { fromMs: number; toMs: number; limit: number },
  ): Alert[] {
    return this.#openedWithin.all({ tenantId, fromMs, toMs, limit }).map(alertOf)
  }

  /** Shape: oldest first. */
  events(tenantId: TenantId, alertId: AlertId): AlertEvent[] {
    return this.#events.all({ tenantId, alertId }).map((row) => ({
      sequence: row.sequence,
      atMs: row.at_ms,
      kind: row.kind,
      action: row.action,
      summary: row.summary,
      numbers: JSON.parse(row.numbers) as Record<string, number>,
    }))
  }

  /** Tells the row number of the newest event: it changes with every transition that was committed,
   *  and goes back when one was not. */
  lastEventAcrossTenants(): number {
    return this.#lastEvent.get()?.last ?? 0
  }

  /** Deletes alerts that resolved before an instant, with their events. Answers how many. */
  deleteResolvedAcrossTenants(beforeMs: number): number {
    return this.#deleteResolved.run({ beforeMs }).changes
  }
}

const UPSERT = `
  INSERT INTO alert (
    tenant_id, alert_id, source, condition_key, state, action, summary, labels,
    opened_at_ms, fired_at_ms, held_at_ms, resolved_at_ms, flaps, opening_numbers, numbers
  )
  VALUES (
    :tenantId, :alertId, :source, :key, :state, :action, :summary, :labels,
    :openedAtMs, :firedAtMs, :heldAtMs, :resolvedAtMs, :flaps, :openingNumbers, :numbers
  )
  ON CONFLICT (tenant_id, alert_id) DO UPDATE SET
    state = excluded.state,
    action = excluded.action,
    summary = excluded.summary,
    labels = excluded.labels,
    fired_at_ms = excluded.fired_at_ms,
    held_at_ms = excluded.held_at_ms,
    resolved_at_ms = excluded.resolved_at_ms,
    flaps = excluded.flaps,
    numbers = excluded.numbers`

const INSERT_EVENT = `
  INSERT INTO alert_event (tenant_id, alert_id, sequence, at_ms, kind, action, summary, numbers)
  SELECT :tenantId, :alertId, count(*) + 1, :atMs, :kind, :action, :summary, :numbers
  FROM alert_event
  WHERE tenant_id = :tenantId AND alert_id = :alertId`

const REFRESH = `
  UPDATE alert
  SET summary = :summary, labels = :labels, held_at_ms = :heldAtMs, numbers = :numbers
  WHERE tenant_id = :tenantId AND alert_id = :alertId AND state = 'firing'`

const RESOLVED_SINCE = `
  SELECT *
  FROM alert
  WHERE tenant_id = :tenantId
    AND source = :source
    AND condition_key = :key
    AND resolved_at_ms > :sinceMs`

const PAGE = `
  SELECT *
  FROM alert
  WHERE (opened_at_ms, alert_id) < (:beforeMs, :beforeId)
    AND (:state IS NULL OR state = :state)
  ORDER BY opened_at_ms DESC, alert_id DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT *
  FROM alert
  WHERE tenant_id = :tenantId
    AND (opened_at_ms, alert_id) < (:beforeMs, :beforeId)
    AND (:state IS NULL OR state = :state)
  ORDER BY opened_at_ms DESC, alert_id DESC
  LIMIT :limit`

const OPENED_WITHIN = `
  SELECT *
  FROM alert
  WHERE tenant_id = :tenantId
    AND opened_at_ms > :fromMs
    AND opened_at_ms <= :toMs
  ORDER BY opened_at_ms DESC, alert_id DESC
  LIMIT :limit`

const EVENTS = `
  SELECT sequence, at_ms, kind, action, summary, numbers
  FROM alert_event
  WHERE tenant_id = :tenantId AND alert_id = :alertId
  ORDER BY sequence`

const DELETE_RESOLVED = `
  DELETE FROM alert
  WHERE state = 'resolved' AND resolved_at_ms < :beforeMs AND opened_at_ms < :beforeMs`

function pageParameters({ state, before, limit }: AlertPageQuery): Parameters {
  return {
    state,
    beforeMs: before?.openedAtMs ?? Number.MAX_SAFE_INTEGER,
    beforeId: before?.alertId ?? '',
    limit,
  }
}

function alertOf(row: AlertRow): Alert {
  return {
    alertId: row.alert_id,
    tenantId: row.tenant_id,
    source: row.source,
    key: row.condition_key,
    state: row.state,
    action: row.action,
    summary: row.summary,
    labels: JSON.parse(row.labels) as Record<string, string>,
    openedAtMs: row.opened_at_ms,
    firedAtMs: row.fired_at_ms,
    heldAtMs: row.held_at_ms,
    resolvedAtMs: row.resolved_at_ms,
    flaps: row.flaps,
    openingNumbers: JSON.parse(row.opening_numbers) as Record<string, number>,
    numbers: JSON.parse(row.numbers) as Record<string, number>,
  }
}
