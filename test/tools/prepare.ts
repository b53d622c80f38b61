/** Runs after `npm ci`: builds the portal into `dist/portal`. An install never fails because of it: `prepare` in package.json catches and says why. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const CONFIG = resolve(import.meta.dirname, '../../src/edges/portal/vite.config.ts')

async function buildPortal(): Promise<string> {
  if (!existsSync(CONFIG)) return 'The portal is not built: its sources are not here.'
  const vite = await import('vite').catch(() => undefined)
  if (vite === undefined) return 'The portal is not built: Vite is not installed.'
  await vite.build({ configFile: CONFIG, logLevel: 'error' })
  return 'The portal is built.'
}

process.stdout.write(`${await buildPortal()}\n`)
