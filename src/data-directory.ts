/**
 * One process owns a data directory, and a directory is either the demo's or not: the marker says
 * which. While a server runs, `server.json` tells commands on this machine where it is; only its
 * user can read it.
 */
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ErrorRows } from './core/errors.ts'
import { isTenantryError, TenantryError } from './core/errors.ts'
import type { Cancel } from './core/ports.ts'
import { RUNTIME_ERRORS } from './machinery/runtime/errors.ts'
import { SERVER_FILE } from './machinery/runtime/paths.ts'
import { lockDataDirectory } from './machinery/runtime/data-lock.ts'

export const DATA_ERRORS = {
  otherKind: {
    code: 'DATA_OTHER_KIND',
    status: 409,
    retryable: false,
    hint: 'The demo keeps its data apart from real data: name another directory with --data.',
  },
  controlLost: {
    code: 'CONTROL_LOST',
    status: 500,
    retryable: false,
    hint: 'Restore control.db from a backup. To begin anew instead, move the whole data directory away.',
  },
} as const satisfies ErrorRows

export type DataKind = 'serve' | 'demo'
const MARKER_FILE = 'KIND'

export interface DataPaths {
  readonly control: string
  readonly bulk: string
  readonly log: string
}

export function dataPaths(directory: string): DataPaths {
  return {
    control: join(directory, 'control.db'),
    bulk: join(directory, 'bulk'),
    log: join(directory, 'log'),
  }
}

/**
 * Locks the directory, making it where it is missing. Throws DATA_LOCKED, DATA_OTHER_KIND and
 * DATA_DIRECTORY.
 */
export function claimDataDirectory(directory: string, kind: DataKind): Cancel {
  const unlock = lockDataDirectory(directory)
  try {
    claimKind(directory, kind)
    return unlock
  } catch (cause) {
    unlock()
    if (isTenantryError(cause)) throw cause
    const message = `marking the data directory ${directory} as that of \`tenantry ${kind}\``
    throw new TenantryError(RUNTIME_ERRORS.dataDirectory, message, { cause })
  }
}

/** The marker comes into being whole: one that a full disk left empty would claim nothing. */
function claimKind(directory: string, kind: DataKind): void {
  const marker = join(directory, MARKER_FILE)
  const found = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : ''
  if (found === '') {
    writeFileSync(`${marker}.new`, `${kind}\n`)
    renameSync(`${marker}.new`, marker)
  } else if (found !== kind) {
    throw new TenantryError(DATA_ERRORS.otherKind, `${directory} belongs to \`tenantry ${found}\``)
  }
}

/**
 * A directory with a log had tenants, keys and alerts: an empty registry in their place would let
 * every sample go unattributed. Throws CONTROL_LOST.
 */
export function refuseLostControl({ control, log }: DataPaths): void {
  const hasControl = existsSync(control) && statSync(control).size > 0
  if (hasControl || !existsSync(log) || readdirSync(log).length === 0) return
  throw new TenantryError(
    DATA_ERRORS.controlLost,
    `opening ${control}: it is ${existsSync(control) ? 'empty' : 'missing'}, but ${log} holds a log. ` +
      'Tenants, keys, the audit log and alerts were in it',
  )
}

/** Tells commands on this machine where the server is. Throws DATA_DIRECTORY. */
export function writeServerFile(
  directory: string,
  server: { url: string; key: string; pid: number },
): void {
  const path = join(directory, SERVER_FILE)
  try {
    rmSync(path, { force: true })
    writeFileSync(path, JSON.stringify(server), { mode: 0o600 })
  } catch (cause) {
    throw new TenantryError(RUNTIME_ERRORS.dataDirectory, `writing ${path}`, { cause })
  }
}

export function removeServerFile(directory: string): void {
  rmSync(join(directory, SERVER_FILE), { force: true })
}
