/**
 * Answers a repeated request as the first one was, for a day. The answer is kept in the transaction
 * of the change itself, so that a crash leaves both or neither. It may hold a new key, which is
 * nowhere else in the clear: so it is sealed (AES-256-GCM) with a key derived (HKDF) from the
 * sender's own secret, of which only a hash is kept. Source:
 * draft-ietf-httpapi-idempotency-key-header.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { TenantryError } from '../../core/errors.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import { ACCESS_ERRORS } from './errors.ts'
import { IdempotentStore, type AnswerPlace } from './idempotent-store.ts'
import { ACCESS_LIMITS } from './limits.ts'
import type { Principal } from './principal.ts'

export interface IdempotentRequest {
  readonly principal: Principal
  /** What the sender showed: a key or a session's secret. */
  readonly secret: string
  readonly route: string
  readonly key: string
  readonly body: Uint8Array
}

export interface IdempotentAnswer {
  readonly text: string
  readonly isRepeated: boolean
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

export class Idempotent {
  readonly #db: Database
  readonly #store: IdempotentStore

  constructor(db: Database) {
    this.#db = db
    this.#store = new IdempotentStore(db)
  }

  /**
   * Makes the change once and answers what the call returned then. The call runs within the
   * transaction and must not wait; what it throws is thrown on, and nothing is kept. Throws
   * IDEMPOTENCY_KEY_REUSED when the same key came with another body.
   */
  once(request: IdempotentRequest, nowMs: number, call: () => string): IdempotentAnswer {
    const { principal, secret, route, key, body } = request
    const place: AnswerPlace = { principalId: principal.id, route, keyHash: sha256(key) }
    const bodyHash = sha256(body)
    const sealKey = deriveKey(secret, place.keyHash)
    return inTransaction(this.#db, () => {
      this.#store.pruneAcrossTenants(nowMs - ACCESS_LIMITS.idempotencyMs)
      const kept = this.#store.findAcrossTenants(place)
      if (kept === undefined) {
        const text = call()
        this.#store.insertAcrossTenants(place, { bodyHash, sealed: seal(sealKey, text) }, nowMs)
        return { text, isRepeated: false }
      }
      if (kept.bodyHash !== bodyHash) {
        const message = 'the Idempotency-Key was used for a request with another body'
        throw new TenantryError(ACCESS_ERRORS.idempotencyKeyReused, message)
      }
      return { text: unseal(sealKey, kept.sealed), isRepeated: true }
    })
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function deriveKey(secret: string, salt: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'tenantry idempotent answer', 32))
}

function seal(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

function unseal(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const text = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([text, decipher.final()]).toString('utf8')
}
