/** `npm run crash [-- KILLS [SEED]]`: the full number of kills. Prints progress and a verdict; exits 1 when anything was lost or counted twice. */
import { crash } from './crash.ts'

const kills = Number(process.argv[2] ?? '500')
const seed = Number(process.argv[3] ?? String(Date.now() % 1_000_000))
process.stdout.write(`${String(kills)} kills, seed ${String(seed)}\n`)
const report = await crash({
  kills,
  seed,
  onKill: (done) => {
    if (done % 20 === 0) process.stdout.write(`  ${String(done)} kills\n`)
  },
})
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
process.exitCode = report.violations.length === 0 ? 0 : 1
