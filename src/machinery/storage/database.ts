/** One connection to one SQLite file, with its schema brought up to date, and transactions on
 *  it. */
import Sqlite from 'better-sqlite3'
import { basename } from 'node:path'
import { assert } from '../../core/assert.ts'
import { isTenantryError, TenantryError } from '../../core/errors.ts'
import { STORAGE_ERRORS } from './errors.ts'
import { migrate } from './migrate.ts'

export type Database = Sqlite.Database

/** `control` holds what must survive a power cut at once; `bulk` what the write-ahead log can
 *  bring back. */
export type DatabaseKind = 'control' | 'bulk'

/** The longest wait for another connection's write. */
const BUSY_MS = 5_000

/** Opens a database file, making and migrating it where needed. `:memory:` gives one of its own
 *  that is gone when closed. Throws DATABASE_OPEN, SCHEMA_NEWER, SCHEMA_CHANGED. */
export function openDatabase(options: {
  path: string
  kind: DatabaseKind
  /** Refuses writes, other than those that bring the schema up to date. */
  readonly?: boolean
}): Database {
  let db: Database | undefined
  try {
    db = new Sqlite(options.path, { timeout: BUSY_MS })
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${options.kind === 'control' ? 'FULL' : 'NORMAL'}`)
    db.pragma('foreign_keys = ON')
    db.pragma('temp_store = MEMORY')
    db.pragma('trusted_schema = OFF')
    migrate(db, options.kind)
    if (options.readonly === true) db.pragma('query_only = ON')
    return db
  } catch (cause) {
    db?.close()
    if (isTenantryError(cause)) throw cause
    throw new TenantryError(
      STORAGE_ERRORS.databaseOpen,
      `opening the ${options.kind} database ${options.path}`,
      { cause, details: { path: options.path } },
    )
  }
}

/** Runs a call that is committed whole, or rolled back when it throws. A nested one joins the
 *  outer: only the outermost commits, so an error that is caught in between leaves the writes
 *  before it in place. The call must not return a promise. Throws DATABASE_WRITE where the disk
 *  or another connection is in the way. */
export function inTransaction<T>(db: Database, call: () => T): T {
  if (db.inTransaction) return call()
  const transaction = beginTransaction(db)
  const result = transaction.run(() => {
    const called = call()
    assert(!(called instanceof Promise), 'a transaction does not wait')
    return called
  })
  transaction.commit()
  return result
}

/** A transaction that goes on over several calls. What throws in one of them takes all back. */
export interface Transaction {
  run<T>(call: () => T): T
  commit(): void
  /** Takes all back. Does nothing after the end. */
  rollBack(): void
}

/** Begins a transaction. Nobody else may write to the database before it ends. */
export function beginTransaction(db: Database): Transaction {
  const rollBack = (): void => {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
  const run = <T>(call: () => T): T => {
    try {
      return call()
    } catch (cause) {
      rollBack()
      if (!isPassing(cause)) throw cause
      const message = `writing ${basename(db.name)}: ${cause.message}`
      throw new TenantryError(STORAGE_ERRORS.databaseWrite, message, { cause })
    }
  }
  run(() => db.exec('BEGIN IMMEDIATE'))
  return { run, commit: () => run(() => db.exec('COMMIT')), rollBack }
}

/** What is no fault of the statement and may work later: a full or broken disk, a lock. */
function isPassing(error: unknown): error is Error {
  return (
    error instanceof Sqlite.SqliteError &&
    /^SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN|BUSY)/.test(error.code)
  )
}
