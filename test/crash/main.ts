/** `npm run crash [-- KILLS [SEED]]`: the full number of kills. Prints progress and a verdict; exits 1 when anything was lost or counted twice. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crash, type CrashProgress } from './crash.ts'

const kills = Number(process.argv[2] ?? '500')
const seed = Number(process.argv[3] ?? String(Date.now() % 1_000_000))
const say = (text: string): void => void process.stdout.write(`${text}\n`)
say(`${String(kills)} kills, seed ${String(seed)}`)
const keepIn = join(mkdtempSync(join(tmpdir(), `tenantry-crash-${String(seed)}-`)), 'data')
const report = await crash({
  kills,
  seed,
  keepIn,
  onKill: (progress) => {
    if (progress.kills % 10 === 0) say(`  ${lineOf(progress)}`)
  },
  onViolation: (violation) => say(`VIOLATION, seed ${String(seed)}, ${violation}`),
})
say(JSON.stringify(report, null, 2))
if (report.violations.length > 0) {
  say(`The data directory before the first violation: ${keepIn}`)
  process.exitCode = 1
}

function lineOf(progress: CrashProgress): string {
  return Object.entries(progress)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ')
}
