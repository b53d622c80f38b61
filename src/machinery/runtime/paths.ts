/**
 * Where files lie that are not imported: workers, child processes, migrations, the built portal.
 * Right in a clone (`src/`, TypeScript as it is) and in the published package (`dist/`, the same
 * tree as JavaScript).
 */
import { readFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'

/** `src` in a clone, `dist` in the package. */
const CODE_ROOT = resolve(import.meta.dirname, '../..')
const CODE_EXTENSION = extname(import.meta.filename)

export const PACKAGE_ROOT = resolve(CODE_ROOT, '..')
export const LAUNCHER_PATH = join(PACKAGE_ROOT, 'src/tenantry.js')
/** What Vite writes. Absent where the portal was not built. */
export const PORTAL_ASSETS_PATH = join(PACKAGE_ROOT, 'dist/portal')

/** Finds a module that runs in a worker or a process of its own, named without extension:
 *  `machinery/storage/bulk-worker`. */
export function modulePath(name: string): string {
  return join(CODE_ROOT, name + CODE_EXTENSION)
}

/** Finds the folder of the migrations of one kind of database. */
export function migrationsPath(kind: 'control' | 'bulk'): string {
  return join(CODE_ROOT, 'machinery/storage/migrations', kind)
}

/** Where a running server leaves its address for commands on the same machine, within its data
 *  directory. */
export const SERVER_FILE = 'server.json'

/** Tells the version of the installed package. */
export function readVersion(): string {
  const text = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
