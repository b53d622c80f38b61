/**
 * One owner of a data directory. The lock is the operating system's, held through SQLite on an
 * empty file, so that the death of the owner, however it comes, frees it at once; the file beside
 * it only tells people and other processes who the owner is.
 */
import Sqlite from 'better-sqlite3'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TenantryError } from '../../core/errors.ts'
import type { Cancel } from '../../core/ports.ts'
import { RUNTIME_ERRORS } from './errors.ts'

/** Takes a directory, making it where it is missing, until the returned call gives it back.
 *  Throws DATA_LOCKED, naming the owner's process id, and DATA_DIRECTORY. */
export function lockDataDirectory(directory: string): Cancel {
  const ownerPath = join(directory, 'tenantry.pid')
  const lock = takeLock(directory, ownerPath)
  return () => {
    if (!lock.open) return
    rmSync(ownerPath, { force: true })
    lock.close()
  }
}

function takeLock(directory: string, ownerPath: string): Sqlite.Database {
  let lock: Sqlite.Database | undefined
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    lock = new Sqlite(join(directory, 'tenantry.lock'), { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
    writeFileSync(ownerPath, `${process.pid}\n`)
    return lock
  } catch (cause) {
    lock?.close()
    const isTaken = cause instanceof Sqlite.SqliteError && cause.code === 'SQLITE_BUSY'
    const owner = isTaken ? readOwner(ownerPath) : null
    throw new TenantryError(
      isTaken ? RUNTIME_ERRORS.dataLocked : RUNTIME_ERRORS.dataDirectory,
      `taking the data directory ${directory}${isTaken ? `: process ${owner ?? 'unknown'} has it` : ''}`,
      { cause, details: { directory, pid: owner } },
    )
  }
}

function readOwner(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isNaN(pid) ? null : pid
  } catch {
    return null
  }
}
