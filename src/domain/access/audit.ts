/**
 * The audit log: written in the transaction of the change that it tells of, read in pages, checked
 * link by link.
 */
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { AuditAction } from '../../core/names/audit-actions.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import {
  CHAIN_START,
  contentHash,
  nextHead,
  type AuditActor,
  type AuditContent,
  type AuditEntry,
  type ChainHead,
} from './audit-chain.ts'
import { AuditStore, WHOLE_LOG } from './audit-store.ts'
import { ACCESS_ERRORS } from './errors.ts'
import { ACCESS_LIMITS } from './limits.ts'

export interface AuditRecord {
  readonly actor: AuditActor
  readonly action: AuditAction
  readonly target: string
  /** Null for what concerns no single tenant. */
  readonly tenantId: TenantId | null
  readonly details?: Readonly<Record<string, unknown>>
}

export interface AuditQuery {
  /** Only the entries of this tenant, in its own numbering. */
  readonly tenantId?: TenantId | undefined
  /** The nextCursor of the page before. */
  readonly cursor?: string | null | undefined
  readonly limit: number
}

export interface AuditPage {
  /** Newest first. */
  readonly items: readonly AuditEntry[]
  readonly nextCursor: string | null
}

export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly chains: number; readonly head: string }
  | {
      readonly ok: false
      /** The sequence of the first entry that does not hold, or that is missing. */
      readonly brokenAt: number
      /** The tenant whose chain is broken, or null for the chain of the whole log. */
      readonly chain: string | null
      readonly reason: string
    }

export interface Audit {
  /** Appends an entry. Call it within the transaction of the change. */
  record(record: AuditRecord, nowMs: number): AuditEntry
  /** Throws AUDIT_CURSOR. */
  list(query: AuditQuery): AuditPage
  /** Checks every link of every chain, and where each ends. Cost: reads the whole log, about 35,000
   *  entries a second. */
  verify(): AuditVerdict
  /** Does the same in steps of a few milliseconds, for a caller that has other work to do. */
  verification(): Generator<void, AuditVerdict>
}

export function openAudit(db: Database): Audit {
  const store = new AuditStore(db)
  return {
    record: (record, nowMs) => inTransaction(db, () => append(store, record, nowMs)),
    list: (query) => pageOf(store, query),
    verify: () => runToEnd(verifyStore(store)),
    verification: () => verifyStore(store),
  }
}

/**
 * Checks the audit log of a control database that no server needs to have open: every link of every
 * chain, and where each ends.
 */
export function verifyAudit(db: Database): AuditVerdict {
  return runToEnd(verifyStore(new AuditStore(db)))
}

function append(store: AuditStore, record: AuditRecord, nowMs: number): AuditEntry {
  const { tenantId, action, target, actor, details = {} } = record
  const { kind, id, name } = actor
  const content: AuditContent = {
    tenantId,
    atMs: nowMs,
    actor: { kind, id, name },
    action,
    target,
    details,
  }
  const hashed = contentHash(content)
  const whole = nextHead(store.headAcrossTenants(WHOLE_LOG), hashed)
  const own = tenantId === null ? null : nextHead(store.headAcrossTenants(tenantId), hashed)
  const entry: AuditEntry = {
    ...content,
    ...whole,
    tenantSequence: own?.sequence ?? null,
    tenantHash: own?.hash ?? null,
  }
  store.appendAcrossTenants(entry)
  return entry
}

function pageOf(store: AuditStore, { tenantId, cursor, limit }: AuditQuery): AuditPage {
  const size = Math.min(limit, ACCESS_LIMITS.auditPageSize)
  const before = readCursor(cursor)
  const items =
    tenantId === undefined
      ? store.pageAcrossTenants(before, size + 1)
      : store.page(tenantId, before, size + 1)
  const last = items[size - 1]
  if (items.length <= size || last === undefined) return { items, nextCursor: null }
  const next = tenantId === undefined ? last.sequence : last.tenantSequence
  return { items: items.slice(0, size), nextCursor: String(next) }
}

function readCursor(cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor)
  throw new TenantryError(
    ACCESS_ERRORS.auditCursor,
    'listing the audit log: cursor is not one of ours',
  )
}

function runToEnd(steps: Generator<void, AuditVerdict>): AuditVerdict {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** Entries that are written while it runs are checked too: the last page and the heads are read in
 *  one step. */
function* verifyStore(store: AuditStore): Generator<void, AuditVerdict> {
  const heads = new Map<string, ChainHead>()
  let afterSequence = -Number.MAX_SAFE_INTEGER
  for (;;) {
    const entries = store.followingAcrossTenants(afterSequence, ACCESS_LIMITS.auditStepEntries)
    for (const entry of entries) {
      const fault = follow(heads, entry)
      if (fault !== null) return fault
      afterSequence = entry.sequence
    }
    if (entries.length < ACCESS_LIMITS.auditStepEntries) break
    yield
  }
  return verifyHeads(heads, store.headsAcrossTenants())
}

/** Moves the chains on by an entry, or says why it does not follow. */
function follow(heads: Map<string, ChainHead>, entry: AuditEntry): AuditVerdict | null {
  const content = contentHash(entry)
  const whole = nextHead(heads.get(WHOLE_LOG) ?? CHAIN_START, content)
  const fault = faultOf(entry, whole)
  if (fault !== undefined) return broken(whole.sequence, null, fault)
  heads.set(WHOLE_LOG, whole)
  const { tenantId, sequence } = entry
  if (tenantId === null) return null
  const own = nextHead(heads.get(tenantId) ?? CHAIN_START, content)
  if (own.sequence !== entry.tenantSequence || own.hash !== entry.tenantHash) {
    const reason = `entry ${String(sequence)} does not follow in the chain of tenant ${tenantId}`
    return broken(sequence, tenantId, reason)
  }
  heads.set(tenantId, own)
  return null
}

function faultOf(entry: AuditEntry, expected: ChainHead): string | undefined {
  if (entry.sequence !== expected.sequence) return `entry ${String(expected.sequence)} is missing`
  if (entry.hash === expected.hash) return undefined
  return `entry ${String(entry.sequence)} was changed, or is not the one that followed`
}

/** Entries cut off at the end leave no broken link behind: the kept heads tell. */
function verifyHeads(
  found: ReadonlyMap<string, ChainHead>,
  kept: ReadonlyMap<string, ChainHead>,
): AuditVerdict {
  for (const chain of new Set([...kept.keys(), ...found.keys()])) {
    const end = found.get(chain) ?? CHAIN_START
    const head = kept.get(chain)
    if (head?.sequence === end.sequence && head.hash === end.hash) continue
    const what = chain === WHOLE_LOG ? 'the log' : `the chain of tenant ${chain}`
    const reason =
      head !== undefined && head.sequence > end.sequence
        ? `${what} was cut off after entry ${String(end.sequence)} of ${String(head.sequence)}`
        : `${what} ends at entry ${String(end.sequence)}, where its record of the end says otherwise`
    return broken(end.sequence + 1, chain === WHOLE_LOG ? null : chain, reason)
  }
  const whole = found.get(WHOLE_LOG) ?? CHAIN_START
  return { ok: true, entries: whole.sequence, chains: found.size, head: whole.hash }
}

function broken(brokenAt: number, chain: string | null, reason: string): AuditVerdict {
  return { ok: false, brokenAt, chain, reason }
}
