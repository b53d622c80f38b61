/**
 * Keeps what artefacts were when somebody said that they were rolled out: what would change today
 * is told against that, since nobody here sees the other system.
 */
import { createHash } from 'node:crypto'
import { TenantryError } from '../../../core/errors.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import { TENANT_ERRORS } from '../errors.ts'
import { ROLL_OUT_LIMITS } from '../limits.ts'
import { RollOutStore } from './roll-out-store.ts'

export interface RolledOutFile {
  readonly path: string
  readonly text: string
}

export interface RollOut {
  readonly rollOutId: string
  readonly target: string
  readonly atMs: number
  readonly rolledOutBy: string
  readonly note: string
  /** By which the files were made. */
  readonly options: Readonly<Record<string, unknown>>
  /** By path, SHA-256 as hexadecimal. */
  readonly hashes: Readonly<Record<string, string>>
}

export interface NewRollOut {
  readonly target: string
  readonly note: string
  readonly options: Readonly<Record<string, unknown>>
  readonly files: readonly RolledOutFile[]
}

export interface RollOuts {
  /** Keeps the files, with an entry in the audit log; the oldest of more than are kept goes. */
  record(asked: NewRollOut, actor: Principal, nowMs: number): RollOut
  /** Lists those of a target. Shape: newest first. */
  list(target: string): RollOut[]
  /** Throws ROLL_OUT_NOT_FOUND. */
  read(
    target: string,
    rollOutId: string,
  ): { readonly rollOut: RollOut; readonly files: readonly RolledOutFile[] }
}

export function openRollOuts({ db, access }: { db: Database; access: Access }): RollOuts {
  const store = new RollOutStore(db)
  return {
    record({ target, note, options, files }, actor, nowMs) {
      const sorted = files.toSorted((left, right) => (left.path < right.path ? -1 : 1))
      const hashes = Object.fromEntries(sorted.map(({ path, text }) => [path, sha256Of(text)]))
      const rollOutId = `rol_${randomToken(12)}`
      const rollOut = {
        rollOutId,
        target,
        atMs: nowMs,
        rolledOutBy: actor.id,
        note,
        options,
        hashes,
      }
      inTransaction(db, () => {
        store.insertAcrossTenants(rollOut, sorted)
        store.deleteAcrossTenants(target, ROLL_OUT_LIMITS.keptOfTarget)
        const details = { target, note, options, files: sorted.length }
        access.audit.record(
          {
            actor,
            action: 'artefacts.rolled-out',
            target: `roll-out/${rollOutId}`,
            tenantId: null,
            details,
          },
          nowMs,
        )
      })
      return rollOut
    },
    list: (target) => store.ofTargetAcrossTenants(target, ROLL_OUT_LIMITS.keptOfTarget),
    read(target, rollOutId) {
      const found = store.readAcrossTenants(target, rollOutId)
      if (found !== undefined) return found
      const message = `there is no roll-out ${JSON.stringify(rollOutId)} of ${target}`
      throw new TenantryError(TENANT_ERRORS.rollOutNotFound, message)
    },
  }
}

/** Tells the hash by which files are compared. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
