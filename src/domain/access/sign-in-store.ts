/** Rows of sign-in links and sessions. They belong to the installation, not to a tenant. */
import type { Statement } from 'better-sqlite3'
import type { Database } from '../../machinery/storage/database.ts'

export interface SignInLink {
  readonly expiresAtMs: number
  readonly usedAtMs: number | null
  readonly refusedAtMs: number | null
}

export interface Session {
  readonly secretHash: string
  readonly sessionId: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

interface LinkRow {
  expires_at_ms: number
  used_at_ms: number | null
  refused_at_ms: number | null
}

interface SessionRow {
  secret_sha256: string
  session_id: string
  created_at_ms: number
  expires_at_ms: number
}

type Parameters = Record<string, string | number>

export class SignInStore {
  readonly #insertLink: Statement<[Parameters]>
  readonly #link: Statement<[Parameters], LinkRow>
  readonly #useLink: Statement<[Parameters]>
  readonly #refuseLink: Statement<[Parameters]>
  readonly #deleteOldLinks: Statement<[Parameters]>
  readonly #insertSession: Statement<[Parameters]>
  readonly #session: Statement<[Parameters], SessionRow>
  readonly #sessionById: Statement<[Parameters], SessionRow>
  readonly #deleteSession: Statement<[Parameters]>
  readonly #deleteOldSessions: Statement<[Parameters]>

  constructor(db: Database) {
    this.#insertLink = db.prepare(INSERT_LINK)
    this.#link = db.prepare(SELECT_LINK)
    this.#useLink = db.prepare(
      'UPDATE sign_in_link SET used_at_ms = :atMs WHERE token_sha256 = :hash',
    )
    this.#refuseLink = db.prepare(
      'UPDATE sign_in_link SET refused_at_ms = :atMs WHERE token_sha256 = :hash',
    )
    this.#deleteOldLinks = db.prepare('DELETE FROM sign_in_link WHERE expires_at_ms < :beforeMs')
    this.#insertSession = db.prepare(INSERT_SESSION)
    this.#session = db.prepare('SELECT * FROM session WHERE secret_sha256 = :hash')
    this.#sessionById = db.prepare('SELECT * FROM session WHERE session_id = :sessionId')
    this.#deleteSession = db.prepare('DELETE FROM session WHERE session_id = :sessionId')
    this.#deleteOldSessions = db.prepare('DELETE FROM session WHERE expires_at_ms < :beforeMs')
  }

  insertLinkAcrossTenants(hash: string, createdAtMs: number, expiresAtMs: number): void {
    this.#insertLink.run({ hash, createdAtMs, expiresAtMs })
  }

  linkAcrossTenants(hash: string): SignInLink | undefined {
    const row = this.#link.get({ hash })
    if (row === undefined) return undefined
    const { expires_at_ms: expiresAtMs, used_at_ms: usedAtMs, refused_at_ms: refusedAtMs } = row
    return { expiresAtMs, usedAtMs, refusedAtMs }
  }

  useLinkAcrossTenants(hash: string, atMs: number): void {
    this.#useLink.run({ hash, atMs })
  }

  refuseLinkAcrossTenants(hash: string, atMs: number): void {
    this.#refuseLink.run({ hash, atMs })
  }

  insertSessionAcrossTenants({ secretHash, sessionId, createdAtMs, expiresAtMs }: Session): void {
    this.#insertSession.run({ secretHash, sessionId, createdAtMs, expiresAtMs })
  }

  sessionAcrossTenants(hash: string): Session | undefined {
    const row = this.#session.get({ hash })
    return row && sessionOf(row)
  }

  sessionByIdAcrossTenants(sessionId: string): Session | undefined {
    const row = this.#sessionById.get({ sessionId })
    return row && sessionOf(row)
  }

  deleteSessionAcrossTenants(sessionId: string): void {
    this.#deleteSession.run({ sessionId })
  }

  /** Forgets links and sessions that ended before an instant. */
  pruneAcrossTenants(beforeMs: number): void {
    this.#deleteOldLinks.run({ beforeMs })
    this.#deleteOldSessions.run({ beforeMs })
  }
}

function sessionOf(row: SessionRow): Session {
  return {
    secretHash: row.secret_sha256,
    sessionId: row.session_id,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  }
}

const SELECT_LINK = `
  SELECT expires_at_ms, used_at_ms, refused_at_ms
  FROM sign_in_link
  WHERE token_sha256 = :hash`

const INSERT_LINK = `
  INSERT INTO sign_in_link (token_sha256, created_at_ms, expires_at_ms)
  VALUES (:hash, :createdAtMs, :expiresAtMs)`

const INSERT_SESSION = `
  INSERT INTO session (secret_sha256, session_id, created_at_ms, expires_at_ms)
  VALUES (:secretHash, :sessionId, :createdAtMs, :expiresAtMs)`
