/** `npm run fuzz [-- SECONDS]`: repeats every property test with new seeds until the time is up. fast-check prints the seed of a failure. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const seconds = Number(process.argv[2] ?? '600')
const files = globSync('test/**/*.test.ts', { cwd: ROOT }).filter((file) =>
  readFileSync(join(ROOT, file), 'utf8').includes("from 'fast-check'"),
)
const until = performance.now() + seconds * 1_000
let rounds = 0
do {
  rounds += 1
  process.stdout.write(`round ${rounds}: ${files.length} files\n`)
  const run = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', ...files],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, TENANTRY_FUZZ_RUNS: '2000' },
    },
  )
  process.exitCode = run.status ?? 1
} while (process.exitCode === 0 && performance.now() < until)
