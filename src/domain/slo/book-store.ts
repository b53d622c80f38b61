/** Versions of the SLO book, as JSON. */
import type { Statement } from 'better-sqlite3'
import type { Database } from '../../machinery/storage/database.ts'

const INSERT = `
  INSERT INTO slo_book (version, created_at_ms, created_by, slos, overrides, policies)
  VALUES (:version, :createdAtMs, :createdBy, :slos, :overrides, :policies)`

const READ_NEWEST = `
  SELECT version, created_at_ms AS createdAtMs, created_by AS createdBy, slos, overrides,
         policies
  FROM slo_book
  ORDER BY version DESC
  LIMIT 1`

const READ_VERSIONS = `
  SELECT version, created_at_ms AS createdAtMs, created_by AS createdBy
  FROM slo_book
  ORDER BY version DESC`

const DELETE_BEFORE = `
  DELETE FROM slo_book
  WHERE version < ?`

export interface StoredBook {
  readonly version: number
  readonly createdAtMs: number
  readonly createdBy: string
  /** JSON. */
  readonly slos: string
  readonly overrides: string
  readonly policies: string
}

/** A version without what it says. */
type BookVersion = Omit<StoredBook, 'slos' | 'overrides' | 'policies'>

export class BookStore {
  readonly #insert: Statement<[StoredBook]>
  readonly #newest: Statement<[], StoredBook>
  readonly #versions: Statement<[], BookVersion>
  readonly #deleteBefore: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#newest = db.prepare(READ_NEWEST)
    this.#versions = db.prepare(READ_VERSIONS)
    this.#deleteBefore = db.prepare(DELETE_BEFORE)
  }

  /** Writes a version, and forgets those before another one. */
  writeAcrossTenants(book: StoredBook, keptFromVersion: number): void {
    this.#insert.run(book)
    this.#deleteBefore.run(keptFromVersion)
  }

  newestAcrossTenants(): StoredBook | undefined {
    return this.#newest.get()
  }

  /** Shape: newest first. */
  versionsAcrossTenants(): BookVersion[] {
    return this.#versions.all()
  }
}
