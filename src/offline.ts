/**
 * What commands do to files without a running server: examine an installation, check the audit log.
 */
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SHARED_FILE } from './core/names/bulk-file.ts'
import { verifyAudit, type AuditVerdict } from './domain/access/access.ts'
import { openLogger } from './machinery/runtime/logger.ts'
import { PORTAL_ASSETS_PATH } from './machinery/runtime/paths.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import { appliedPosition, openBulkWorker } from './machinery/storage/bulk-writer.ts'
import { openDatabase } from './machinery/storage/database.ts'

export interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly detail: string
}

/**
 * Checks that this installation can run at all: what a new machine may lack. Leaves nothing behind.
 */
export async function examineInstallation(settings: Settings): Promise<Finding[]> {
  const log = openLogger({ level: 'silent' })
  const scratch = mkdtempSync(join(tmpdir(), 'tenantry-doctor-'))
  const check = async (what: string, call: () => Promise<string> | string): Promise<Finding> => {
    try {
      return { ok: true, what, detail: await call() }
    } catch (error) {
      return { ok: false, what, detail: error instanceof Error ? error.message : String(error) }
    }
  }
  try {
    return [
      await check('node', () => process.version),
      await check('control database', () => {
        const db = openDatabase({ path: join(scratch, 'control.db'), kind: 'control' })
        const { version } = db.prepare('SELECT sqlite_version() AS version').get() as {
          version: string
        }
        db.close()
        return `SQLite ${version}`
      }),
      await check('bulk worker', async () => {
        const bulk = openBulkWorker({ directory: join(scratch, 'bulk'), log })
        await bulk.commit({ file: SHARED_FILE, logPosition: 1, writes: [] })
        const position = appliedPosition(bulk, SHARED_FILE)
        await bulk.close()
        if (position !== 1) throw new Error(`wrote position 1 and read ${String(position)}`)
        return 'writes and reads back'
      }),
      await check('portal', () => {
        if (!existsSync(PORTAL_ASSETS_PATH))
          throw new Error('not built; build it with `npm run prepare`')
        return 'built'
      }),
      await check('data directory', () => {
        mkdirSync(settings.dataDirectory, { recursive: true })
        accessSync(settings.dataDirectory, constants.R_OK | constants.W_OK)
        return settings.dataDirectory
      }),
    ]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Checks the audit log of a data directory from its file. */
export function verifyAuditLog(settings: Settings): AuditVerdict {
  const db = openDatabase({
    path: join(settings.dataDirectory, 'control.db'),
    kind: 'control',
    readonly: true,
  })
  try {
    return verifyAudit(db)
  } finally {
    db.close()
  }
}
