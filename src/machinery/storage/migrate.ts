/**
 * Brings a database file to this version's schema: the numbered SQL files of its kind, in order,
 * forward only, each applied once and remembered with a hash, all in one transaction.
 */
import type Sqlite from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import { migrationsPath } from '../runtime/paths.ts'
import { STORAGE_ERRORS } from './errors.ts'

export interface Migration {
  readonly number: number
  /** The file's name, such as `0001-access.sql`. */
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/

const RECORD_TABLE = `
  CREATE TABLE IF NOT EXISTS schema_migration (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
  ) STRICT`

/** Applies what a database lacks. Throws SCHEMA_NEWER and SCHEMA_CHANGED, and then leaves the
 *  file as it was. */
export function migrate(
  db: Sqlite.Database,
  kind: 'control' | 'bulk',
  migrations: readonly Migration[] = readMigrations(migrationsPath(kind)),
): void {
  if (isCurrent(db, migrations)) return
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(RECORD_TABLE)
    const applied = readApplied(db)
    refuseForeign(db.name, applied, migrations)
    const record = db.prepare(
      'INSERT INTO schema_migration (number, name, sha256) VALUES (?, ?, ?)',
    )
    for (const { number, name, sql, sha256 } of migrations.slice(applied.length)) {
      db.exec(sql)
      record.run(number, name, sha256)
    }
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** Reads the migrations of a folder. Shape: ascending by number, which is unique. */
export function readMigrations(directory: string): Migration[] {
  const migrations = readdirSync(directory)
    .sort()
    .map((name) => readMigration(directory, name))
  const numbers = new Set(migrations.map(({ number }) => number))
  assert(numbers.size === migrations.length, `one migration a number in ${directory}`)
  return migrations
}

function readMigration(directory: string, name: string): Migration {
  const number = FILE_NAME.exec(name)?.[1]
  assert(number !== undefined, `a migration is called NNNN-name.sql: ${name}`)
  // A checkout with other line ends is the same migration.
  const sql = readFileSync(join(directory, name), 'utf8').replaceAll('\r\n', '\n')
  return {
    number: Number(number),
    name,
    sql,
    sha256: createHash('sha256').update(sql).digest('hex'),
  }
}

/** Spares the write transaction, and with it the wait for other writers, in the common case. */
function isCurrent(db: Sqlite.Database, migrations: readonly Migration[]): boolean {
  const table = db
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'")
    .get()
  if (table === undefined) return false
  const applied = readApplied(db)
  return (
    applied.length === migrations.length &&
    migrations.every(({ sha256 }, index) => applied[index]?.sha256 === sha256)
  )
}

function readApplied(db: Sqlite.Database): Applied[] {
  return db
    .prepare<[], Applied>('SELECT number, name, sha256 FROM schema_migration ORDER BY number')
    .all()
}

/** The applied ones must be the first of ours, unchanged: anything else was written by another
 *  version. */
function refuseForeign(
  path: string,
  applied: readonly Applied[],
  migrations: readonly Migration[],
): void {
  const newest = migrations.at(-1)?.number ?? 0
  for (const [index, { number, name, sha256 }] of applied.entries()) {
    if (number > newest)
      throw new TenantryError(
        STORAGE_ERRORS.schemaNewer,
        `migrating ${path}: it has migration ${name}, and this version knows only up to ${newest}`,
        { details: { path, migration: name } },
      )
    const own = migrations[index]
    if (own?.number !== number || own.sha256 !== sha256)
      throw new TenantryError(
        STORAGE_ERRORS.schemaChanged,
        `migrating ${path}: its migration ${name} is not the ${own?.name ?? 'one'} of this version`,
        { details: { path, migration: name } },
      )
  }
}
