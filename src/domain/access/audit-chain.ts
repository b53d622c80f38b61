/**
 * How the audit log is chained. Every entry is hashed together with the hash of the one before it,
 * twice: in the chain of the whole log, and in the chain of its tenant, which can be handed to the
 * tenant and checked alone. Pure.
 *
 *   content     = sha256(canonical JSON of what the entry says)
 *   hash        = sha256(canonical JSON of {content, previous, sequence})
 *   tenant hash = the same with the tenant's own previous hash and sequence
 *
 * The previous hash of the first entry is 64 zeros.
 */
import { createHash } from 'node:crypto'
import type { AuditAction } from '../../core/names/audit-actions.ts'
import type { TenantId } from '../../core/ids.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Principal } from './principal.ts'

export type AuditActor = Pick<Principal, 'kind' | 'id' | 'name'>

export interface AuditContent {
  readonly tenantId: TenantId | null
  readonly atMs: number
  readonly actor: AuditActor
  readonly action: AuditAction
  /** What was acted on, such as `tenant/acme`. */
  readonly target: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface AuditEntry extends AuditContent {
  /** From 1, without gaps. */
  readonly sequence: number
  readonly hash: string
  /** Null for what concerns no single tenant. */
  readonly tenantSequence: number | null
  readonly tenantHash: string | null
}

/** Where a chain ends. */
export interface ChainHead {
  readonly sequence: number
  readonly hash: string
}

export const CHAIN_START: ChainHead = { sequence: 0, hash: '0'.repeat(64) }

/** Hashes what an entry says, without its place. */
export function contentHash(content: AuditContent): string {
  const { tenantId, atMs, actor, action, target, details } = content
  const { kind, id, name } = actor
  return sha256({ tenantId, atMs, actor: { kind, id, name }, action, target, details })
}

/** Links content to the end of a chain. */
export function nextHead(head: ChainHead, content: string): ChainHead {
  const sequence = head.sequence + 1
  return { sequence, hash: sha256({ content, previous: head.hash, sequence }) }
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
