/**
 * How people come in: a link that works once and for a short while becomes a session, which a
 * cookie carries.
 */
import { DAY_MS } from '../../core/time.ts'
import { randomToken } from '../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import type { Audit } from './audit.ts'
import { ACCESS_LIMITS } from './limits.ts'
import { ANONYMOUS, type Principal } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { SignInStore, type Session } from './sign-in-store.ts'

export type SignInResult =
  | {
      readonly ok: true
      readonly secret: string
      readonly principal: Principal
      readonly expiresAtMs: number
    }
  | { readonly ok: false; readonly reason: 'unknown' | 'used' | 'expired' }

export class SignIn {
  readonly #db: Database
  readonly #audit: Audit
  readonly #store: SignInStore

  constructor(db: Database, audit: Audit) {
    this.#db = db
    this.#audit = audit
    this.#store = new SignInStore(db)
  }

  createLink(actor: Principal, nowMs: number): string {
    const token = newSecret('tnl_')
    const expiresAtMs = nowMs + ACCESS_LIMITS.signInMs
    inTransaction(this.#db, () => {
      this.#store.pruneAcrossTenants(nowMs - DAY_MS)
      this.#store.insertLinkAcrossTenants(hashSecret(token), nowMs, expiresAtMs)
      this.#record(actor, 'sign-in.link-created', 'sign-in', { expiresAtMs }, nowMs)
    })
    return token
  }

  redeem(token: string, nowMs: number): SignInResult {
    const hash = hashSecret(token)
    return inTransaction(this.#db, () => {
      const link = this.#store.linkAcrossTenants(hash)
      if (link === undefined) return { ok: false, reason: 'unknown' }
      if (link.usedAtMs === null && nowMs < link.expiresAtMs) return this.#complete(hash, nowMs)
      const reason = link.usedAtMs === null ? 'expired' : 'used'
      if (link.refusedAtMs === null) {
        this.#store.refuseLinkAcrossTenants(hash, nowMs)
        this.#record(ANONYMOUS, 'sign-in.refused', 'sign-in', { reason }, nowMs)
      }
      return { ok: false, reason }
    })
  }

  find(secret: string, nowMs: number): Principal | undefined {
    const session = this.#store.sessionAcrossTenants(hashSecret(secret))
    if (session === undefined || nowMs >= session.expiresAtMs) return undefined
    return principalOf(session)
  }

  isOpen(sessionId: string, nowMs: number): boolean {
    const session = this.#store.sessionByIdAcrossTenants(sessionId)
    return session !== undefined && nowMs < session.expiresAtMs
  }

  end(principal: Principal, nowMs: number): void {
    if (!this.isOpen(principal.id, nowMs)) return
    inTransaction(this.#db, () => {
      this.#store.deleteSessionAcrossTenants(principal.id)
      this.#record(principal, 'session.ended', `session/${principal.id}`, {}, nowMs)
    })
  }

  #complete(hash: string, nowMs: number): SignInResult {
    const secret = newSecret('tns_')
    const session: Session = {
      secretHash: hashSecret(secret),
      sessionId: `ses_${randomToken(9)}`,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + ACCESS_LIMITS.sessionMs,
    }
    const principal = principalOf(session)
    this.#store.useLinkAcrossTenants(hash, nowMs)
    this.#store.insertSessionAcrossTenants(session)
    const target = `session/${session.sessionId}`
    this.#record(
      principal,
      'sign-in.completed',
      target,
      { expiresAtMs: session.expiresAtMs },
      nowMs,
    )
    return { ok: true, secret, principal, expiresAtMs: session.expiresAtMs }
  }

  #record(
    actor: Principal,
    action: 'sign-in.link-created' | 'sign-in.completed' | 'sign-in.refused' | 'session.ended',
    target: string,
    details: Readonly<Record<string, unknown>>,
    nowMs: number,
  ): void {
    this.#audit.record({ actor, action, target, tenantId: null, details }, nowMs)
  }
}

/** Who signs in by a link is an operator: only operators make links. */
function principalOf({ sessionId }: Session): Principal {
  return { kind: 'session', id: sessionId, role: 'operator', tenantId: null, name: 'Operator' }
}
