/**
 * One process owns a data directory, and a directory is either the demo's or not: the marker says
 * which. While a server runs, `server.json` tells commands on this machine where it is; only its
 * user can read it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorRows } from './core/errors.ts'
import { TenantryError } from './core/errors.ts'
import type { Cancel } from './core/ports.ts'
import { SERVER_FILE } from './machinery/runtime/paths.ts'
import { lockDataDirectory } from './machinery/runtime/data-lock.ts'

export const DATA_ERRORS = {
  otherKind: {
    code: 'DATA_OTHER_KIND',
    status: 409,
    retryable: false,
    hint: 'The demo keeps its data apart from real data: name another directory with --data.',
  },
} as const satisfies ErrorRows

export type DataKind = 'serve' | 'demo'
const MARKER_FILE = 'KIND'

/** Locks the directory, making it where it is missing. Throws DATA_LOCKED and DATA_OTHER_KIND. */
export function claimDataDirectory(directory: string, kind: DataKind): Cancel {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const unlock = lockDataDirectory(directory)
  const marker = join(directory, MARKER_FILE)
  const found = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : undefined
  if (found !== undefined && found !== kind) {
    unlock()
    throw new TenantryError(DATA_ERRORS.otherKind, `${directory} belongs to \`tenantry ${found}\``)
  }
  if (found === undefined) writeFileSync(marker, `${kind}\n`)
  return unlock
}

/** Tells commands on this machine where the server is. */
export function writeServerFile(
  directory: string,
  server: { url: string; key: string; pid: number },
): void {
  const path = join(directory, SERVER_FILE)
  rmSync(path, { force: true })
  writeFileSync(path, JSON.stringify(server), { mode: 0o600 })
}

export function removeServerFile(directory: string): void {
  rmSync(join(directory, SERVER_FILE), { force: true })
}
