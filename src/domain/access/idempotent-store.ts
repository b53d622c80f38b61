/** Rows of answers that are kept for a repeated request. */
import type { Statement } from 'better-sqlite3'
import type { Database } from '../../machinery/storage/database.ts'

export interface AnswerPlace {
  readonly principalId: string
  /** Method and path pattern. */
  readonly route: string
  readonly keyHash: string
}

export interface KeptAnswer {
  readonly bodyHash: string
  readonly sealed: Buffer
}

interface AnswerRow {
  body_sha256: string
  sealed: Buffer
}

type Parameters = Record<string, string | number | Buffer>

export class IdempotentStore {
  readonly #find: Statement<[Parameters], AnswerRow>
  readonly #insert: Statement<[Parameters]>
  readonly #prune: Statement<[Parameters]>

  constructor(db: Database) {
    this.#find = db.prepare(FIND)
    this.#insert = db.prepare(INSERT)
    this.#prune = db.prepare('DELETE FROM idempotent_answer WHERE created_at_ms < :beforeMs')
  }

  findAcrossTenants({ principalId, route, keyHash }: AnswerPlace): KeptAnswer | undefined {
    const row = this.#find.get({ principalId, route, keyHash })
    return row && { bodyHash: row.body_sha256, sealed: row.sealed }
  }

  insertAcrossTenants(place: AnswerPlace, answer: KeptAnswer, createdAtMs: number): void {
    const { principalId, route, keyHash } = place
    const { bodyHash, sealed } = answer
    this.#insert.run({ principalId, route, keyHash, bodyHash, createdAtMs, sealed })
  }

  pruneAcrossTenants(beforeMs: number): void {
    this.#prune.run({ beforeMs })
  }
}

const FIND = `
  SELECT body_sha256, sealed
  FROM idempotent_answer
  WHERE principal_id = :principalId AND route = :route AND key_sha256 = :keyHash`

const INSERT = `
  INSERT INTO idempotent_answer (
    principal_id, route, key_sha256, body_sha256, created_at_ms, sealed
  )
  VALUES (:principalId, :route, :keyHash, :bodyHash, :createdAtMs, :sealed)`
