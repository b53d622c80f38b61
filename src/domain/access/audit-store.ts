/**
 * Rows of the audit log. There is no statement that changes or deletes one, and triggers refuse it.
 */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../core/ids.ts'
import type { AuditAction } from '../../core/names/audit-actions.ts'
import type { Database } from '../../machinery/storage/database.ts'
import { CHAIN_START, type AuditActor, type AuditEntry, type ChainHead } from './audit-chain.ts'
import { canonicalJson } from './canonical-json.ts'

interface EntryRow {
  sequence: number
  tenant_id: TenantId | null
  tenant_sequence: number | null
  at_ms: number
  actor_kind: AuditActor['kind']
  actor_id: string
  actor_name: string
  action: AuditAction
  target: string
  details: string
  hash: string
  tenant_hash: string | null
}

interface HeadRow extends ChainHead {
  readonly chain: string
}

type Parameters = Record<string, string | number | null>

/** The chain of the whole log. No tenant is called so. */
export const WHOLE_LOG = ''

export class AuditStore {
  readonly #insert: Statement<[Parameters]>
  readonly #head: Statement<[Parameters], ChainHead>
  readonly #setHead: Statement<[Parameters]>
  readonly #heads: Statement<[], HeadRow>
  readonly #page: Statement<[Parameters], EntryRow>
  readonly #pageOfTenant: Statement<[Parameters], EntryRow>
  readonly #following: Statement<[Parameters], EntryRow>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#head = db.prepare('SELECT sequence, hash FROM audit_head WHERE chain = :chain')
    this.#setHead = db.prepare(SET_HEAD)
    this.#heads = db.prepare('SELECT chain, sequence, hash FROM audit_head ORDER BY chain')
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#following = db.prepare(FOLLOWING)
  }

  /** Tells where the chain of a tenant ends, or that of the whole log. */
  headAcrossTenants(chain: string): ChainHead {
    return this.#head.get({ chain }) ?? CHAIN_START
  }

  /** Shape: one head a chain. */
  headsAcrossTenants(): Map<string, ChainHead> {
    return new Map(
      this.#heads.all().map(({ chain, sequence, hash }) => [chain, { sequence, hash }]),
    )
  }

  appendAcrossTenants(entry: AuditEntry): void {
    const { tenantId, tenantSequence, tenantHash, sequence, hash, actor } = entry
    this.#insert.run({
      sequence,
      tenantId,
      tenantSequence,
      atMs: entry.atMs,
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      action: entry.action,
      target: entry.target,
      details: canonicalJson(entry.details),
      hash,
      tenantHash,
    })
    this.#setHead.run({ chain: WHOLE_LOG, sequence, hash })
    if (tenantId !== null) {
      this.#setHead.run({ chain: tenantId, sequence: tenantSequence, hash: tenantHash })
    }
  }

  /** Shape: newest first. */
  page(tenantId: TenantId, beforeSequence: number, limit: number): AuditEntry[] {
    return this.#pageOfTenant.all({ tenantId, beforeSequence, limit }).map(entryOf)
  }

  /** Shape: newest first. */
  pageAcrossTenants(beforeSequence: number, limit: number): AuditEntry[] {
    return this.#page.all({ beforeSequence, limit }).map(entryOf)
  }

  /** Shape: oldest first, those that follow a sequence. */
  followingAcrossTenants(afterSequence: number, limit: number): AuditEntry[] {
    return this.#following.all({ afterSequence, limit }).map(entryOf)
  }
}

function entryOf(row: EntryRow): AuditEntry {
  return {
    sequence: row.sequence,
    tenantId: row.tenant_id,
    tenantSequence: row.tenant_sequence,
    atMs: row.at_ms,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    target: row.target,
    details: readDetails(row.details),
    hash: row.hash,
    tenantHash: row.tenant_hash,
  }
}

/** What somebody made unreadable must not stop the check: it does not have the hash either. */
function readDetails(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return { unreadable: text }
  }
}

const INSERT = `
  INSERT INTO audit_entry (
    sequence, tenant_id, tenant_sequence, at_ms, actor_kind, actor_id, actor_name, action, target,
    details, hash, tenant_hash
  )
  VALUES (
    :sequence, :tenantId, :tenantSequence, :atMs, :actorKind, :actorId, :actorName, :action, :target,
    :details, :hash, :tenantHash
  )`

const SET_HEAD = `
  INSERT INTO audit_head (chain, sequence, hash)
  VALUES (:chain, :sequence, :hash)
  ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`

const PAGE = `
  SELECT *
  FROM audit_entry
  WHERE sequence < :beforeSequence
  ORDER BY sequence DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT *
  FROM audit_entry
  WHERE tenant_id = :tenantId AND tenant_sequence < :beforeSequence
  ORDER BY tenant_sequence DESC
  LIMIT :limit`

const FOLLOWING = `
  SELECT *
  FROM audit_entry
  WHERE sequence > :afterSequence
  ORDER BY sequence
  LIMIT :limit`
