/** Rows of pushes: who pushed what when, what became of it owner by owner, and what was there. */
import type { Statement } from 'better-sqlite3'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { RuleGroup } from './rule-group.ts'
import type { OwnerOutcome, Push, PushedOwner } from './push.ts'

type Parameters = Record<string, string | number | Uint8Array | null>

export class PushStore {
  readonly #put: Statement<[Parameters]>
  readonly #putOwner: Statement<[Parameters]>
  readonly #newest: Statement<[Parameters], PushRow>
  readonly #one: Statement<[Parameters], PushRow>
  readonly #owners: Statement<[Parameters], OwnerRow>
  readonly #before: Statement<[Parameters], { before: Uint8Array | null }>
  readonly #interrupt: Statement<[Parameters]>
  readonly #pushedOwners: Statement<[Parameters], { tenant_id: string }>
  readonly #prune: Statement<[Parameters]>
  readonly #pruneOwners: Statement<[]>

  constructor(db: Database) {
    this.#put = db.prepare(PUT)
    this.#putOwner = db.prepare(PUT_OWNER)
    this.#newest = db.prepare(`${COLUMNS} WHERE engine = :engine ${NEWEST_FIRST} LIMIT :limit`)
    this.#one = db.prepare(`${COLUMNS} WHERE push_id = :pushId`)
    this.#owners = db.prepare(OWNERS)
    this.#before = db.prepare(BEFORE)
    this.#interrupt = db.prepare(INTERRUPT)
    this.#pushedOwners = db.prepare(PUSHED_OWNERS)
    this.#prune = db.prepare(PRUNE)
    this.#pruneOwners = db.prepare(PRUNE_OWNERS)
  }

  putAcrossTenants(push: Push): void {
    this.#put.run({ ...push })
  }

  /** Keeps what an owner had before anything of it is changed. Null: as it was kept already. */
  putOwner(owner: TenantId, row: PushedOwner, before: readonly RuleGroup[] | null): void {
    const kept = before === null ? null : gzipSync(JSON.stringify(before))
    this.#putOwner.run({ ...row, tenantId: owner, before: kept })
  }

  /** Shape: newest first. */
  newestAcrossTenants(engine: string, limit: number): Push[] {
    return this.#newest.all({ engine, limit })
  }

  findAcrossTenants(pushId: string): Push | undefined {
    return this.#one.get({ pushId })
  }

  /** Shape: sorted by owner. */
  ownersAcrossTenants(pushId: string): PushedOwner[] {
    return this.#owners.all({ pushId })
  }

  /** Reads what an owner had before a push. Undefined where the push changed nothing of it. */
  before(tenantId: TenantId, pushId: string): RuleGroup[] | undefined {
    const kept = this.#before.get({ tenantId, pushId })?.before
    if (kept === undefined || kept === null) return undefined
    return JSON.parse(gunzipSync(kept).toString('utf8')) as RuleGroup[]
  }

  /** Ends what was under way when the program ended. Tells how many there were. */
  interruptAcrossTenants(endedAtMs: number): number {
    return this.#interrupt.run({ endedAtMs }).changes
  }

  /** Finds owners that were ever pushed to an engine. */
  pushedOwnersAcrossTenants(engine: string): TenantId[] {
    return this.#pushedOwners.all({ engine }).map((row) => row.tenant_id as TenantId)
  }

  pruneAcrossTenants(olderThanMs: number): void {
    this.#prune.run({ olderThanMs })
    this.#pruneOwners.run()
  }
}

type PushRow = Push
type OwnerRow = PushedOwner & { readonly outcome: OwnerOutcome }

const PUT = `
  INSERT INTO engine_push (
    push_id, engine, kind, of_push_id, hash, begun_at_ms, begun_by, ended_at_ms, outcome, owners
  )
  VALUES (
    :pushId, :engine, :kind, :ofPushId, :hash, :begunAtMs, :begunBy, :endedAtMs, :outcome, :owners
  )
  ON CONFLICT (push_id) DO UPDATE
  SET ended_at_ms = excluded.ended_at_ms,
      outcome = excluded.outcome`

const PUT_OWNER = `
  INSERT INTO engine_push_tenant (
    tenant_id, push_id, engine, outcome, detail, hash, changes, at_ms, before
  )
  VALUES (
    :tenantId, :pushId, :engine, :outcome, :detail, :hash, :changes, :atMs, :before
  )
  ON CONFLICT (tenant_id, push_id) DO UPDATE
  SET outcome = excluded.outcome,
      detail = excluded.detail,
      at_ms = excluded.at_ms,
      before = COALESCE(before, excluded.before)`

const COLUMNS = `
  SELECT push_id AS pushId, engine, kind, of_push_id AS ofPushId, hash,
         begun_at_ms AS begunAtMs, begun_by AS begunBy, ended_at_ms AS endedAtMs, outcome, owners
  FROM engine_push`

const NEWEST_FIRST = 'ORDER BY begun_at_ms DESC, push_id DESC'

const OWNERS = `
  SELECT tenant_id AS owner, push_id AS pushId, engine, outcome, detail, hash, changes,
         at_ms AS atMs
  FROM engine_push_tenant
  WHERE push_id = :pushId
  ORDER BY tenant_id`

const BEFORE = `
  SELECT before
  FROM engine_push_tenant
  WHERE tenant_id = :tenantId
    AND push_id = :pushId`

const INTERRUPT = `
  UPDATE engine_push
  SET outcome = 'interrupted',
      ended_at_ms = :endedAtMs
  WHERE ended_at_ms IS NULL`

const PUSHED_OWNERS = `
  SELECT DISTINCT tenant_id
  FROM engine_push_tenant
  WHERE engine = :engine`

const PRUNE = `
  DELETE FROM engine_push
  WHERE begun_at_ms < :olderThanMs
    AND push_id NOT IN (
      SELECT push_id
      FROM (
        SELECT push_id, ROW_NUMBER() OVER (PARTITION BY engine ORDER BY begun_at_ms DESC) AS place
        FROM engine_push
      )
      WHERE place <= 20
    )`

const PRUNE_OWNERS = `
  DELETE FROM engine_push_tenant
  WHERE push_id NOT IN (SELECT push_id FROM engine_push)
    AND EXISTS (
      SELECT 1
      FROM engine_push_tenant AS later
      WHERE later.tenant_id = engine_push_tenant.tenant_id
        AND later.engine = engine_push_tenant.engine
        AND later.at_ms > engine_push_tenant.at_ms
    )`
