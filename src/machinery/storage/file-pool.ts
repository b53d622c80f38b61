/**
 * The bulk files of one directory, opened as they are asked for, each with its statements prepared
 * once. The least recently used is closed when too many are open.
 */
import type Sqlite from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import { parseTenantId } from '../../core/ids.ts'
import type { BulkValue } from '../../core/ports.ts'
import { openDatabase, type Database } from './database.ts'
import { STORAGE_ERRORS } from './errors.ts'
import { STORAGE_LIMITS } from './limits.ts'

export type BulkStatement = Sqlite.Statement<BulkValue[]>

export interface PooledFile {
  readonly db: Database
  /** Prepares a text the first time. Texts are constants of stores, so there are few. */
  prepare(sql: string): BulkStatement
}

export interface FilePool {
  use(file: string): PooledFile
  close(): void
}

/** Opens a pool over a directory, which is made where it is missing. `:memory:` keeps every file
 *  in memory until the pool is closed. */
export function openFilePool(options: {
  directory: string
  readonly: boolean
  openFilesMax?: number
}): FilePool {
  const { directory, readonly, openFilesMax = STORAGE_LIMITS.openFiles } = options
  const inMemory = directory === ':memory:'
  if (!inMemory) makeDirectory(directory)
  const files = new Map<string, PooledFile>()

  const closeOldest = (): void => {
    const [oldest] = files.entries()
    oldest?.[1].db.close()
    files.delete(oldest?.[0] ?? '')
  }
  const open = (file: string): PooledFile => {
    assert(
      parseTenantId(file) !== undefined,
      `a bulk file is called shared or as its tenant: ${file}`,
    )
    if (!inMemory && files.size >= openFilesMax) closeOldest()
    const path = inMemory ? directory : join(directory, `${file}.db`)
    return withStatements(openDatabase({ path, kind: 'bulk', readonly }))
  }
  return {
    use(file) {
      const pooled = files.get(file) ?? open(file)
      files.delete(file)
      files.set(file, pooled)
      return pooled
    },
    close() {
      while (files.size > 0) closeOldest()
    },
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (cause) {
    throw new TenantryError(
      STORAGE_ERRORS.databaseOpen,
      `making the directory of the bulk databases ${directory}`,
      { cause },
    )
  }
}

function withStatements(db: Database): PooledFile {
  const statements = new Map<string, BulkStatement>()
  return {
    db,
    prepare(sql) {
      let statement = statements.get(sql)
      if (statement === undefined) {
        assert(statements.size < STORAGE_LIMITS.statementsPerFile, 'SQL texts that are constants')
        statement = db.prepare<BulkValue[]>(sql)
        statements.set(sql, statement)
      }
      return statement
    },
  }
}
