/** `npm run parsers [-- CASES [SEED]]`: compares the exposition readers with their peers on many
 *  generated bodies. Prints what was found; exits 1 when a difference has no known cause. */
import { join } from 'node:path'
import { requireTool } from '../tools/find-tool.ts'
import { compareOpenMetrics } from './compare-open-metrics.ts'
import { compareText } from './compare-text.ts'
import { openComparison, type Comparison } from './comparison.ts'
import { openOracle } from './oracle.ts'

const STEP = 50_000
/** promtool is started once a body, and Prometheus has a target for each. */
const TEXT_SHARE = 0.01

const cases = Number(process.argv[2] ?? '500000')
const seed = Number(process.argv[3] ?? String(Date.now() % 1_000_000_000))
const python = requireTool('prometheus-client')
const prometheus = requireTool('prometheus')
const promtool = requireTool('promtool')
if (python === undefined || prometheus === undefined || promtool === undefined) process.exit(1)

const say = (text: string): void => void process.stdout.write(`${text}\n`)
say(`${String(cases)} bodies of OpenMetrics, from seed ${String(seed)}`)
const oracle = openOracle(python, [join(import.meta.dirname, 'open-metrics-oracle.py')])
const comparison = openComparison()
for (let from = 0; from < cases; from += STEP) {
  await compareOpenMetrics(oracle, seed + from, Math.min(STEP, cases - from), comparison)
  say(`  ${String(comparison.cases)} compared, ${String(comparison.accepted)} of them accepted`)
}
await oracle.stop()
tell(comparison)

const textCases = Math.ceil(cases * TEXT_SHARE)
say(`${String(textCases)} bodies of the text format, from seed ${String(seed)}`)
const text = await compareText({ prometheus, promtool }, seed, textCases)
say(`  ${String(text.cases)} compared, ${String(text.accepted)} of them accepted`)
tell(text)

function tell({ known, unexplained }: Comparison): void {
  for (const [name, count] of known) say(`  ${String(count).padStart(8)}  ${name}`)
  for (const { body, why } of unexplained.slice(0, 10)) say(`${why}\n${JSON.stringify(body)}`)
  say(`${String(unexplained.length)} differences without a known cause`)
  if (unexplained.length > 0) process.exitCode = 1
}
