/** `npm run bench -- NAME [--json]`: runs one benchmark, each a script of its own in this folder. Exits with its code. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const BENCHMARKS: Readonly<Record<string, string>> = {
  ingest: 'remote write in, against vmagent, VictoriaMetrics and Prometheus on the same payloads',
  query: 'signals of 30 days with 10,000 tenants stored, against VictoriaMetrics',
  slo: 'SLO evaluation of 40,000 tenant x SLO: CPU a tick, memory and disk each',
  memory: 'resident memory an active series, against the same peers',
  exposition: '/metrics/tenants with 400,000 series, against prom-client',
  wire: 'remote write decoding alone',
  scrape: 'scraped text and OpenMetrics, read and made into remote-write requests',
  series: 'series recognition and counting alone',
  page: 'from the sample that completes a fast burn to its alert, against Prometheus with 5 s rules',
  fairness: 'a victim beside a neighbour at ten times its quota: accepted rate and p99',
  restart:
    'a killed server started over a copy of its data, with the longest log, until it is ready',
  routing: 'alerts in, routed and written, against an Alertmanager that writes nothing',
  rules:
    'generated rules of 1,000 tenants in a real Prometheus, against Sloth-shaped ones; generate for 10,000',
  forward: 'accepted series sent on: the worker alone, and what the main thread has of it',
  versions: 'remote write 1.0 and 2.0 of the same series, from snappy to counts',
}

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || !(name in BENCHMARKS)) {
  process.stderr.write('usage: npm run bench -- NAME [--json]\n')
  for (const [known, what] of Object.entries(BENCHMARKS))
    process.stderr.write(`  ${known.padEnd(8)} ${what}\n`)
  process.exit(2)
}
const script = resolve(import.meta.dirname, `${name}.ts`)
const ended = spawnSync(process.execPath, ['--expose-gc', script, ...rest], { stdio: 'inherit' })
process.exit(ended.status ?? 3)
