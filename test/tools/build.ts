/** `npm run build`: writes the publishable `dist/`: src as JavaScript, and beside it the files that are read and not imported. The portal follows by `prepare`. */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const ASSETS = ['machinery/storage/migrations/**/*.sql']

rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
})
for (const asset of globSync(ASSETS, { cwd: join(ROOT, 'src') }))
  cpSync(join(ROOT, 'src', asset), join(ROOT, 'dist', asset))
process.exitCode = compiled.status ?? 1
