/**
 * Keys of programs: made, found by hash in memory, revoked. Rows are the truth; what a transaction
 * changed is looked at again once it has ended, so that one that was rolled back leaves no key
 * behind in memory.
 */
import { TenantryError } from '../../core/errors.ts'
import type { KeyId, TenantId } from '../../core/ids.ts'
import { randomToken } from '../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import { principalOf, type AccessKey } from './access-key.ts'
import type { Audit } from './audit.ts'
import { ACCESS_ERRORS } from './errors.ts'
import { KeyStore, type KeptKey } from './key-store.ts'
import { ACCESS_LIMITS } from './limits.ts'
import { bindingOf, mayHandOn, type KeyRole } from './permissions.ts'
import type { Principal } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'

export interface KeyRequest {
  readonly role: KeyRole
  readonly tenantId: TenantId | null
  readonly name: string
}

export class Keys {
  readonly #db: Database
  readonly #store: KeyStore
  readonly #audit: Audit
  readonly #byId = new Map<KeyId, KeptKey>()
  readonly #principals = new Map<string, Principal>()
  /** Changed within a transaction that has not ended. */
  readonly #unsettled = new Set<KeyId>()

  constructor(db: Database, audit: Audit) {
    this.#db = db
    this.#audit = audit
    this.#store = new KeyStore(db)
    for (const key of this.#store.allAcrossTenants()) this.#put(key)
  }

  find(secretHash: string): Principal | undefined {
    this.#settle()
    return this.#principals.get(secretHash)
  }

  /** Tells whether a secret was ever a key, revoked or not. */
  isKnown(secretHash: string): boolean {
    this.#settle()
    return [...this.#byId.values()].some((key) => key.secretHash === secretHash)
  }

  get(keyId: string): AccessKey | undefined {
    this.#settle()
    const kept = this.#byId.get(keyId as KeyId)
    return kept && withoutHash(kept)
  }

  /** Shape: oldest first; with a tenant only the keys that are bound to it. */
  list(tenantId?: TenantId): AccessKey[] {
    this.#settle()
    const keys = [...this.#byId.values()].map(withoutHash)
    return tenantId === undefined ? keys : keys.filter((key) => key.tenantId === tenantId)
  }

  create(
    request: KeyRequest,
    actor: Principal,
    nowMs: number,
    secret: string = newSecret('tn_'),
  ): { key: AccessKey; secret: string } {
    this.#check(request, actor)
    const kept: KeptKey = {
      ...request,
      keyId: `key_${randomToken(9)}` as KeyId,
      secretHash: hashSecret(secret),
      createdAtMs: nowMs,
      createdBy: actor.id,
      revokedAtMs: null,
    }
    const { keyId, tenantId, role, name } = kept
    inTransaction(this.#db, () => {
      this.#store.insertAcrossTenants(kept)
      const target = `key/${keyId}`
      const details = { name, role, boundTo: tenantId }
      this.#audit.record({ actor, action: 'key.created', target, tenantId, details }, nowMs)
      this.#unsettled.add(keyId)
    })
    return { key: withoutHash(kept), secret }
  }

  /**
   * Ends a key at once. Does nothing to one that is revoked already. Answers undefined for an
   * unknown one.
   */
  revoke(keyId: string, actor: Principal, nowMs: number): AccessKey | undefined {
    this.#settle()
    const kept = this.#byId.get(keyId as KeyId)
    if (kept === undefined || kept.revokedAtMs !== null) return kept && withoutHash(kept)
    inTransaction(this.#db, () => {
      this.#store.revokeAcrossTenants(kept.keyId, nowMs)
      const { tenantId, name, role } = kept
      const target = `key/${kept.keyId}`
      const details = { name, role, boundTo: tenantId }
      this.#audit.record({ actor, action: 'key.revoked', target, tenantId, details }, nowMs)
      this.#unsettled.add(kept.keyId)
    })
    return { ...withoutHash(kept), revokedAtMs: nowMs }
  }

  #check({ role, tenantId }: KeyRequest, actor: Principal): void {
    const binding = bindingOf(role)
    if (binding === 'platform' && tenantId !== null) {
      throw invalid('tenantId', `a key of role ${role} is bound to no tenant`)
    }
    if (binding === 'tenant' && tenantId === null) {
      throw invalid('tenantId', `a key of role ${role} must be bound to a tenant`)
    }
    if (!mayHandOn(actor.role, role, tenantId !== null)) {
      const message = `creating a key: ${actor.role} may not give the role ${role}`
      throw new TenantryError(ACCESS_ERRORS.keyHandOn, message)
    }
    const active = this.list().filter(
      (key) => key.tenantId === tenantId && key.revokedAtMs === null,
    )
    if (active.length >= ACCESS_LIMITS.keysPerOwner) {
      const message = `creating a key: there are ${String(active.length)} already`
      throw new TenantryError(ACCESS_ERRORS.keyLimit, message)
    }
  }

  #settle(): void {
    if (this.#unsettled.size === 0) return
    for (const keyId of this.#unsettled) {
      const before = this.#byId.get(keyId)
      if (before !== undefined) this.#principals.delete(before.secretHash)
      const kept = this.#store.findAcrossTenants(keyId)
      if (kept === undefined) this.#byId.delete(keyId)
      else this.#put(kept)
    }
    if (!this.#db.inTransaction) this.#unsettled.clear()
  }

  #put(kept: KeptKey): void {
    this.#byId.set(kept.keyId, kept)
    if (kept.revokedAtMs === null) this.#principals.set(kept.secretHash, principalOf(kept))
  }
}

function withoutHash({ secretHash: _, ...key }: KeptKey): AccessKey {
  return key
}

function invalid(field: string, message: string): TenantryError {
  return new TenantryError(ACCESS_ERRORS.keyInvalid, `creating a key: ${message}`, {
    details: { errors: [{ field, message }] },
  })
}
