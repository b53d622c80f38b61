/**
 * The door of access: who somebody is, what they may do, the keys and sessions they show, and the
 * audit log of what they did.
 */
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Log } from '../../core/ports.ts'
import type { Database } from '../../machinery/storage/database.ts'
import type { AccessKey } from './access-key.ts'
import { openAudit, type Audit } from './audit.ts'
import { ACCESS_ERRORS } from './errors.ts'
import { Idempotent, type IdempotentAnswer, type IdempotentRequest } from './idempotent.ts'
import { Keys, type KeyRequest } from './keys.ts'
import { ACCESS_LIMITS } from './limits.ts'
import type { Permission } from './permissions.ts'
import { holds, may, SYSTEM, type Principal } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { SignIn, type SignInResult } from './sign-in.ts'

export type { AccessKey } from './access-key.ts'
export type { AuditEntry } from './audit-chain.ts'
export type { AuditPage, AuditVerdict } from './audit.ts'
export type { SignInResult } from './sign-in.ts'
export type { KeyRole, Permission, Role } from './permissions.ts'
export type { Principal } from './principal.ts'
export { verifyAudit } from './audit.ts'
export { ACCESS_LIMITS } from './limits.ts'
export { KEY_ROLES, PERMISSION_NAMES, PERMISSIONS } from './permissions.ts'
export { ANONYMOUS, SYSTEM } from './principal.ts'

export interface CreatedKey {
  readonly key: AccessKey
  /** Shown once: only its hash is kept. */
  readonly secret: string
}

export interface Access {
  /**
   * Tells whose key a secret is. Undefined for an unknown or revoked one. Cost: one hash and one
   * lookup in memory.
   */
  authenticate(secret: string, nowMs: number): Principal | undefined
  /** Tells whose session a cookie's secret is. Undefined for an unknown or ended one. */
  authenticateSession(secret: string, nowMs: number): Principal | undefined
  /**
   * Tells whether somebody who was recognised before would still be: for answers that go on for
   * long.
   */
  isCurrent(principal: Principal, nowMs: number): boolean
  /** Tells whether somebody holds a permission for anything at all. */
  holds(principal: Principal, permission: Permission): boolean
  /** Tells whether somebody may do something to a tenant, or, with null, to the whole platform. */
  may(principal: Principal, permission: Permission, tenantId: TenantId | null): boolean
  /** Throws KEY_INVALID, KEY_HAND_ON, KEY_LIMIT. */
  createKey(request: KeyRequest, actor: Principal, nowMs: number): CreatedKey
  /**
   * Shape: oldest first, revoked ones included; with a tenant only the keys that are bound to it.
   */
  listKeys(tenantId?: TenantId): AccessKey[]
  getKey(keyId: string): AccessKey | undefined
  /** Ends a key at once. Answers undefined for an unknown one. */
  revokeKey(keyId: string, actor: Principal, nowMs: number): AccessKey | undefined
  /**
   * Makes the given secret the first operator's key. Does nothing where an operator's key is in use
   * already. Throws BOOTSTRAP_KEY_WEAK.
   */
  bootstrapKey(secret: string, nowMs: number): void
  /** Makes an operator's key that ends with this process, for commands on the same machine. */
  localKey(nowMs: number): string
  /** Makes the token of a link that signs an operator in. */
  createSignInLink(nowMs: number, actor?: Principal): string
  redeemSignIn(token: string, nowMs: number): SignInResult
  /** Signs out. Does nothing for what is no session. */
  endSession(principal: Principal, nowMs: number): void
  /** See `Idempotent.once`. */
  once(request: IdempotentRequest, nowMs: number, call: () => string): IdempotentAnswer
  readonly audit: Audit
}

/** Opens access over a control database. */
export function openAccess({ db, log }: { db: Database; log: Log }): Access {
  const audit = openAudit(db)
  const keys = new Keys(db, audit)
  const signIn = new SignIn(db, audit)
  const idempotent = new Idempotent(db)
  const local = new Map<string, Principal>()

  return {
    authenticate(secret) {
      if (secret.length > ACCESS_LIMITS.presentedCharacters) return undefined
      const hash = hashSecret(secret)
      return keys.find(hash) ?? local.get(hash)
    },
    authenticateSession(secret, nowMs) {
      if (secret.length > ACCESS_LIMITS.presentedCharacters) return undefined
      return signIn.find(secret, nowMs)
    },
    isCurrent(principal, nowMs) {
      if (principal.kind === 'session') return signIn.isOpen(principal.id, nowMs)
      if (principal.kind !== 'key') return true
      return principal.id === LOCAL.id || keys.get(principal.id)?.revokedAtMs === null
    },
    holds,
    may,
    createKey: (request, actor, nowMs) => keys.create(request, actor, nowMs),
    listKeys: (tenantId) => keys.list(tenantId),
    getKey: (keyId) => keys.get(keyId),
    revokeKey: (keyId, actor, nowMs) => keys.revoke(keyId, actor, nowMs),
    bootstrapKey: (secret, nowMs) => bootstrap(keys, log, secret, nowMs),
    localKey() {
      const secret = newSecret('tn_')
      local.set(hashSecret(secret), LOCAL)
      return secret
    },
    createSignInLink: (nowMs, actor = SYSTEM) => signIn.createLink(actor, nowMs),
    redeemSignIn: (token, nowMs) => signIn.redeem(token, nowMs),
    endSession: (principal, nowMs) => signIn.end(principal, nowMs),
    once: (request, nowMs, call) => idempotent.once(request, nowMs, call),
    audit,
  }
}

/**
 * Whoever can read the file that the server leaves in its data directory, which is its own user
 * only.
 */
const LOCAL: Principal = {
  kind: 'key',
  id: 'local',
  role: 'operator',
  tenantId: null,
  name: 'Command on this machine',
}

function bootstrap(keys: Keys, log: Log, secret: string, nowMs: number): void {
  if (secret.length < ACCESS_LIMITS.bootstrapKeyCharacters) {
    const shortest = String(ACCESS_LIMITS.bootstrapKeyCharacters)
    const message = `reading TENANTRY_BOOTSTRAP_KEY: it has ${String(secret.length)} characters, fewer than ${shortest}`
    throw new TenantryError(ACCESS_ERRORS.bootstrapKeyWeak, message)
  }
  if (keys.find(hashSecret(secret)) !== undefined) return
  const inUse = keys.list().find((key) => key.role === 'operator' && key.revokedAtMs === null)
  if (inUse === undefined && !keys.isKnown(hashSecret(secret))) {
    keys.create({ role: 'operator', tenantId: null, name: 'Bootstrap key' }, SYSTEM, nowMs, secret)
    return
  }
  const reason = inUse === undefined ? 'it was revoked' : `operator key ${inUse.keyId} is in use`
  log.warn({ reason }, 'TENANTRY_BOOTSTRAP_KEY is ignored: it only makes the first operator key')
}
