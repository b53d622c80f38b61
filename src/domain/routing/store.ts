/** Rows of the outbox. Every change of state names the state that it starts from, so that a second
 *  writer changes nothing. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../core/ids.ts'
import type { Database } from '../../machinery/storage/database.ts'
import type {
  AttemptOutcome,
  Delivery,
  DeliveryAttempt,
  DeliveryEvent,
  DeliveryState,
  Lane,
} from './delivery.ts'

export type NewDelivery = Pick<
  Delivery,
  | 'tenantId'
  | 'channel'
  | 'dedupKey'
  | 'deliveryId'
  | 'sequence'
  | 'alertId'
  | 'event'
  | 'action'
  | 'tier'
  | 'rank'
  | 'body'
  | 'createdAtMs'
> & { readonly state: 'queued' | 'pending' | 'superseded' }

export interface AttemptEnd {
  readonly attempt: number
  readonly outcome: AttemptOutcome
  readonly status: number | null
  readonly error: string | null
  readonly endedAtMs: number
}

export interface DeliveryPageQuery {
  readonly state: DeliveryState | null
  readonly alertId: string | null
  /** Only deliveries of a lower sequence. */
  readonly beforeSequence: number | null
  readonly limit: number
}

export interface OutboxTotals {
  readonly open: number
  readonly oldestCreatedAtMs: number | null
  readonly dead: number
}

interface DeliveryRow {
  tenant_id: TenantId
  delivery_id: string
  sequence: number
  channel: string
  dedup_key: string
  alert_id: string
  event: DeliveryEvent
  action: Delivery['action']
  tier: Delivery['tier']
  rank: number
  body: string
  state: DeliveryState
  attempts: number
  created_at_ms: number
  next_at_ms: number
  settled_at_ms: number | null
  last_status: number | null
  last_error: string | null
}

type Parameters = Record<string, string | number | null>

export class DeliveryStore {
  readonly #insert: Statement<[Parameters]>
  readonly #insertAttempt: Statement<[Parameters]>
  readonly #newestInLane: Statement<[Parameters], DeliveryRow>
  readonly #openInLane: Statement<[Parameters], DeliveryRow>
  readonly #lease: Statement<[Parameters]>
  readonly #settle: Statement<[Parameters]>
  readonly #postpone: Statement<[Parameters]>
  readonly #supersede: Statement<[Parameters]>
  readonly #promote: Statement<[Parameters]>
  readonly #due: Statement<[Parameters], DeliveryRow>
  readonly #expired: Statement<[Parameters], DeliveryRow>
  readonly #nextDue: Statement<[Parameters], { next: number | null }>
  readonly #openOfChannels: Statement<[Parameters], { channel: string; count: number }>
  readonly #abandon: Statement<[Parameters]>
  readonly #totals: Statement<[], OutboxTotals>
  readonly #lastSequence: Statement<[], { last: number | null }>
  readonly #page: Statement<[Parameters], DeliveryRow>
  readonly #pageOfTenant: Statement<[Parameters], DeliveryRow>
  readonly #attempts: Statement<[Parameters], DeliveryAttempt>
  readonly #prune: Statement<[Parameters]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#insertAttempt = db.prepare(INSERT_ATTEMPT)
    this.#newestInLane = db.prepare(NEWEST_IN_LANE)
    this.#openInLane = db.prepare(OPEN_IN_LANE)
    this.#lease = db.prepare(LEASE)
    this.#settle = db.prepare(SETTLE)
    this.#postpone = db.prepare(POSTPONE)
    this.#supersede = db.prepare(SUPERSEDE)
    this.#promote = db.prepare(PROMOTE)
    this.#due = db.prepare(DUE)
    this.#expired = db.prepare(EXPIRED)
    this.#nextDue = db.prepare(NEXT_DUE)
    this.#openOfChannels = db.prepare(OPEN_BY_CHANNEL)
    this.#abandon = db.prepare(ABANDON)
    this.#totals = db.prepare(TOTALS)
    this.#lastSequence = db.prepare('SELECT max(sequence) AS last FROM delivery')
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#attempts = db.prepare(ATTEMPTS)
    this.#prune = db.prepare(PRUNE)
  }

  insert(tenantId: TenantId, delivery: NewDelivery): void {
    const { createdAtMs, state } = delivery
    const settledAtMs = state === 'superseded' ? createdAtMs : null
    this.#insert.run({ ...delivery, tenantId, nextAtMs: createdAtMs, settledAtMs })
  }

  /** Lists the newest deliveries of a lane that were not superseded. Shape: newest first. */
  newestInLane(tenantId: TenantId, lane: Lane, limit: number): Delivery[] {
    return this.#newestInLane.all({ ...laneOf(tenantId, lane), limit }).map(deliveryOf)
  }

  /** Lists what waits in a lane or is being sent. Shape: unsorted. Cost: SQLite compiles a
   *  statement with ORDER BY and parameters anew at every run, ten times the price of this one,
   *  which runs for every row that is enqueued. */
  openInLane(tenantId: TenantId, lane: Lane): Delivery[] {
    return this.#openInLane.all(laneOf(tenantId, lane)).map(deliveryOf)
  }

  /** Begins an attempt: the number of attempts grows by one and is the fence of this lease. */
  lease(tenantId: TenantId, { deliveryId, attempts }: Delivery, leaseUntilMs: number): boolean {
    return this.#lease.run({ tenantId, deliveryId, attempts, leaseUntilMs }).changes === 1
  }

  /** Ends a delivery that is leased by the given attempt. Answers false when that attempt holds it
   *  no more. */
  settle(tenantId: TenantId, deliveryId: string, state: 'sent' | 'dead', end: AttemptEnd): boolean {
    const { attempt, status, error, endedAtMs } = end
    const row = { tenantId, deliveryId, state, attempt, status, error, endedAtMs }
    return this.#settle.run(row).changes === 1
  }

  /** Gives a delivery that is leased by the given attempt back for a later one. Answers false when
   *  that attempt holds it no more. */
  postpone(tenantId: TenantId, deliveryId: string, nextAtMs: number, end: AttemptEnd): boolean {
    const { attempt, status, error } = end
    const row = { tenantId, deliveryId, nextAtMs, attempt, status, error }
    return this.#postpone.run(row).changes === 1
  }

  recordAttempt(tenantId: TenantId, deliveryId: string, end: AttemptEnd): void {
    this.#insertAttempt.run({ tenantId, deliveryId, ...end })
  }

  /** Drops a delivery that no attempt was made of. */
  supersede(tenantId: TenantId, deliveryId: string, nowMs: number): boolean {
    return this.#supersede.run({ tenantId, deliveryId, nowMs }).changes === 1
  }

  /** Makes the oldest queued delivery of a lane its head. Call it when the lane has none. */
  promote(tenantId: TenantId, lane: Lane, nowMs: number): void {
    this.#promote.run({ ...laneOf(tenantId, lane), nowMs })
  }

  /** Lists heads of lanes that are due, most urgent first. A wait longer than any that is ever
   *  asked for was scheduled before the clock stepped back, and is over. */
  dueAcrossTenants(
    channel: string,
    nowMs: number,
    longestWaitMs: number,
    limit: number,
  ): Delivery[] {
    return this.#due.all({ channel, nowMs, longestWaitMs, limit }).map(deliveryOf)
  }

  /** Lists deliveries whose lease ran out: whoever sent them is gone, or the clock stepped. */
  expiredAcrossTenants(channel: string, nowMs: number, leaseMs: number): Delivery[] {
    return this.#expired.all({ channel, nowMs, leaseMs }).map(deliveryOf)
  }

  /** Tells when the next delivery of a channel is due or the next lease runs out. */
  nextDueAtMsAcrossTenants(channel: string): number | null {
    return this.#nextDue.get({ channel })?.next ?? null
  }

  openByChannelAcrossTenants(): { channel: string; count: number }[] {
    return this.#openOfChannels.all({})
  }

  /** Gives up every open delivery of a channel. Answers how many. */
  abandonAcrossTenants(channel: string, reason: string, nowMs: number): number {
    return this.#abandon.run({ channel, reason, nowMs }).changes
  }

  totalsAcrossTenants(): OutboxTotals {
    return this.#totals.get() ?? { open: 0, oldestCreatedAtMs: null, dead: 0 }
  }

  lastSequenceAcrossTenants(): number {
    return this.#lastSequence.get()?.last ?? 0
  }

  /** Shape: newest first. */
  page(tenantId: TenantId, query: DeliveryPageQuery): Delivery[] {
    return this.#pageOfTenant.all({ tenantId, ...query }).map(deliveryOf)
  }

  pageAcrossTenants({ alertId: _, ...query }: DeliveryPageQuery): Delivery[] {
    return this.#page.all(query).map(deliveryOf)
  }

  /** Shape: oldest first. */
  attempts(tenantId: TenantId, deliveryId: string): DeliveryAttempt[] {
    return this.#attempts.all({ tenantId, deliveryId })
  }

  /** Deletes what was settled before an instant, but for the newest of each lane: a resolve is sent
   *  only where a trigger is known. */
  pruneAcrossTenants(beforeMs: number): number {
    return this.#prune.run({ beforeMs }).changes
  }
}

const INSERT = `
  INSERT INTO delivery (
    tenant_id, delivery_id, sequence, channel, dedup_key, alert_id, event, action, tier, rank,
    body, state, attempts, created_at_ms, next_at_ms, settled_at_ms
  )
  VALUES (
    :tenantId, :deliveryId, :sequence, :channel, :dedupKey, :alertId, :event, :action, :tier, :rank,
    :body, :state, 0, :createdAtMs, :nextAtMs, :settledAtMs
  )`

const INSERT_ATTEMPT = `
  INSERT INTO delivery_attempt (
    tenant_id, delivery_id, attempt, ended_at_ms, outcome, status, error
  )
  VALUES (:tenantId, :deliveryId, :attempt, :endedAtMs, :outcome, :status, :error)`

const NEWEST_IN_LANE = `
  SELECT *
  FROM delivery
  WHERE tenant_id = :tenantId
    AND channel = :channel
    AND dedup_key = :dedupKey
    AND state <> 'superseded'
  ORDER BY sequence DESC
  LIMIT :limit`

const OPEN_IN_LANE = `
  SELECT *
  FROM delivery
  WHERE tenant_id = :tenantId
    AND channel = :channel
    AND dedup_key = :dedupKey
    AND state IN ('queued', 'pending', 'leased')`

const LEASE = `
  UPDATE delivery
  SET state = 'leased', attempts = attempts + 1, lease_until_ms = :leaseUntilMs
  WHERE tenant_id = :tenantId
    AND delivery_id = :deliveryId
    AND attempts = :attempts
    AND state IN ('pending', 'leased')`

const SETTLE = `
  UPDATE delivery
  SET state = :state,
    settled_at_ms = :endedAtMs,
    lease_until_ms = NULL,
    last_status = :status,
    last_error = :error
  WHERE tenant_id = :tenantId
    AND delivery_id = :deliveryId
    AND attempts = :attempt
    AND state = 'leased'`

const POSTPONE = `
  UPDATE delivery
  SET state = 'pending',
    next_at_ms = :nextAtMs,
    lease_until_ms = NULL,
    last_status = :status,
    last_error = :error
  WHERE tenant_id = :tenantId
    AND delivery_id = :deliveryId
    AND attempts = :attempt
    AND state = 'leased'`

const SUPERSEDE = `
  UPDATE delivery
  SET state = 'superseded', settled_at_ms = :nowMs
  WHERE tenant_id = :tenantId
    AND delivery_id = :deliveryId
    AND attempts = 0
    AND state IN ('queued', 'pending')`

const PROMOTE = `
  UPDATE delivery
  SET state = 'pending', next_at_ms = :nowMs
  WHERE tenant_id = :tenantId
    AND sequence = (
      SELECT min(sequence)
      FROM delivery
      WHERE tenant_id = :tenantId
        AND channel = :channel
        AND dedup_key = :dedupKey
        AND state = 'queued'
    )`

const DUE = `
  SELECT *
  FROM delivery
  WHERE channel = :channel
    AND state = 'pending'
    AND (next_at_ms <= :nowMs OR next_at_ms > :nowMs + :longestWaitMs)
  ORDER BY rank, next_at_ms
  LIMIT :limit`

const EXPIRED = `
  SELECT *
  FROM delivery
  WHERE channel = :channel
    AND state = 'leased'
    AND (lease_until_ms <= :nowMs OR lease_until_ms > :nowMs + :leaseMs)
  ORDER BY lease_until_ms`

const NEXT_DUE = `
  SELECT min(at_ms) AS next
  FROM (
    SELECT min(next_at_ms) AS at_ms
    FROM delivery
    WHERE channel = :channel AND state = 'pending'
    UNION ALL
    SELECT min(lease_until_ms)
    FROM delivery
    WHERE channel = :channel AND state = 'leased'
  )`

const OPEN_BY_CHANNEL = `
  SELECT channel, count(*) AS count
  FROM delivery
  WHERE state IN ('queued', 'pending', 'leased')
  GROUP BY channel`

const ABANDON = `
  UPDATE delivery
  SET state = 'dead', settled_at_ms = :nowMs, lease_until_ms = NULL, last_error = :reason
  WHERE channel = :channel AND state IN ('queued', 'pending', 'leased')`

const TOTALS = `
  SELECT
    count(*) AS open,
    min(created_at_ms) AS oldestCreatedAtMs,
    (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead
  FROM delivery
  WHERE state IN ('queued', 'pending', 'leased')`

const PAGE = `
  SELECT *
  FROM delivery
  WHERE (:beforeSequence IS NULL OR sequence < :beforeSequence)
    AND (:state IS NULL OR state = :state)
  ORDER BY sequence DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT *
  FROM delivery
  WHERE tenant_id = :tenantId
    AND (:alertId IS NULL OR alert_id = :alertId)
    AND (:beforeSequence IS NULL OR sequence < :beforeSequence)
    AND (:state IS NULL OR state = :state)
  ORDER BY sequence DESC
  LIMIT :limit`

const ATTEMPTS = `
  SELECT attempt, ended_at_ms AS endedAtMs, outcome, status, error
  FROM delivery_attempt
  WHERE tenant_id = :tenantId AND delivery_id = :deliveryId
  ORDER BY attempt`

const PRUNE = `
  DELETE FROM delivery
  WHERE settled_at_ms < :beforeMs
    AND EXISTS (
      SELECT 1
      FROM delivery AS newer
      WHERE newer.tenant_id = delivery.tenant_id
        AND newer.channel = delivery.channel
        AND newer.dedup_key = delivery.dedup_key
        AND newer.sequence > delivery.sequence
        AND newer.state <> 'superseded'
    )`

function laneOf(tenantId: TenantId, { channel, dedupKey }: Lane): Parameters {
  return { tenantId, channel, dedupKey }
}

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    tenantId: row.tenant_id,
    deliveryId: row.delivery_id,
    sequence: row.sequence,
    channel: row.channel,
    dedupKey: row.dedup_key,
    alertId: row.alert_id,
    event: row.event,
    action: row.action,
    tier: row.tier,
    rank: row.rank,
    body: row.body,
    state: row.state,
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
    nextAtMs: row.next_at_ms,
    settledAtMs: row.settled_at_ms,
    lastStatus: row.last_status,
    lastError: row.last_error,
  }
}
