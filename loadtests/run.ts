/**
 * Runs a load test with k6 and keeps what came of it: `npm run loadtest -- throughput --base-url URL`. Exit code 0: every promise was kept; 1: one
 * was not; 2: it was asked for wrongly; 3: it could not be run.
 */
import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { htmlOf } from '../src/machinery/documents/html.ts'
import { findTool } from '../test/tools/find-tool.ts'
import { howToGet } from '../test/tools/tool-table.ts'
import type { LoadResult } from './lib/result.ts'
import { watchCpu } from './run/child-cpu.ts'
import { deskOf, NO_OUTPUT, outputTo, recordAt, type Desk } from './run/desk.ts'
import { missedInWords, reportOf, type Recorded } from './run/report.ts'

const TESTS = ['throughput', 'ingest', 'api-reads']

const HELP = `Usage: npm run loadtest -- <TEST> --base-url <URL> [options]

Tests: ${TESTS.join(', ')}

  --base-url <URL>       what is tested
  --tenants <NAMES>      by commas, each NAME or NAME:TIER (default demo)
  --shape <SHAPE>        of throughput: steady, ramp, spike, soak, neighbour
  --rate <N>             requests a second for each tenant (default 1000)
  --duration <SECONDS>   after the warm-up (default 60)
  --warm-up <SECONDS>    judged by nothing (default 10)
  --max-vus <N>          requests under way at most, for each tenant (default 200)
  --path, --method, --body, --content-type, --tenant-header
                         how your platform is asked (default POST /complete, x-tenant-id)
  --key <KEY>            of ingest and api-reads: Tenantry's key
  --tenantry <URL>       the Tenantry that keeps the record and, of throughput, counts what k6 sees
  --key-file <FILE>      with its key, of the role collector or operator (default: TENANTRY_KEY)
  --data <DIR>           in place of both: the data directory of a Tenantry on this machine
  --out <DIR>            where the result is kept (default loadtests/results)
  --json                 print the result as JSON

Examples:
  npm run loadtest -- throughput --base-url http://127.0.0.1:7401 --tenants halvorsen-labs --rate 200
  npm run loadtest -- throughput --shape neighbour --tenants acme,bolt --base-url https://staging.example.com --path /v1/chat
  npm run loadtest -- api-reads --base-url http://127.0.0.1:7400 --key KEY --tenants acme
  npm run loadtest -- throughput --base-url http://127.0.0.1:7401 --tenants halvorsen-labs --data data/demo
`

/** By option: the variable that the scripts read. */
const VARIABLES = {
  'base-url': 'BASE_URL',
  tenants: 'TENANTS',
  shape: 'SHAPE',
  rate: 'RATE',
  duration: 'DURATION_SECONDS',
  'warm-up': 'WARM_UP_SECONDS',
  'max-vus': 'MAX_VUS',
  path: 'URL_PATH',
  method: 'METHOD',
  body: 'BODY',
  'content-type': 'CONTENT_TYPE',
  'tenant-header': 'TENANT_HEADER',
  key: 'KEY',
} as const

async function main(): Promise<number> {
  const { values, positionals } = readCommandLine()
  const [test] = positionals
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (test === undefined || !TESTS.includes(test) || values['base-url'] === undefined) {
    process.stderr.write(HELP)
    return 2
  }
  const program = findTool('k6')
  if (program === undefined) {
    process.stderr.write(
      `k6 is not here: \`npm run tools\` brings it; by hand: ${howToGet('k6')}\n`,
    )
    return 3
  }
  const variables: Record<string, string> = {}
  for (const [option, name] of Object.entries(VARIABLES)) {
    const value = values[option as keyof typeof VARIABLES]
    if (value !== undefined) variables[name] = value
  }
  const desk = deskOf(values)
  const runId = `run_${randomUUID()}`
  const result = await run(program, test, { runId, variables, desk })
  if (result === null) return 3
  const files = keep(result, values.out ?? join(import.meta.dirname, 'results'))
  if (values.json === true) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  else tell(result, files)
  if (desk !== null && !(await recordAt(desk, result))) return 3
  return result.missed.length === 0 ? 0 : 1
}

function readCommandLine() {
  const option = { type: 'string' } as const
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'base-url': option,
        tenants: option,
        shape: option,
        rate: option,
        duration: option,
        'warm-up': option,
        'max-vus': option,
        path: option,
        method: option,
        body: option,
        'content-type': option,
        'tenant-header': option,
        key: option,
        tenantry: option,
        'key-file': option,
        data: option,
        out: option,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

interface Asked {
  readonly runId: string
  readonly variables: Readonly<Record<string, string>>
  readonly desk: Desk | null
}

/** Null where k6 ended without a result: it said why. */
async function run(
  program: string,
  test: string,
  { runId, variables, desk }: Asked,
): Promise<Recorded | null> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-loadtest-'))
  const resultFile = join(directory, 'result.json')
  const script = join(import.meta.dirname, `${test}.ts`)
  const options = ['--no-usage-report', '--address', '127.0.0.1:0']
  if (!process.stderr.isTTY) options.push('--quiet')
  // What the others ask is Tenantry itself: that is nothing that a tenant's platform served.
  const told = desk !== null && test === 'throughput' ? outputTo(desk, runId) : NO_OUTPUT
  const startedAtMs = Date.now()
  const child = spawn(program, ['run', ...options, ...told.options, script], {
    // A key is no argument: those are seen by everybody on the machine.
    env: { ...process.env, ...variables, ...told.variables, RESULT_FILE: resultFile },
    stdio: ['ignore', 2, 2],
  })
  const cpu = watchCpu(child.pid ?? 0)
  await new Promise<void>((done) => {
    child.on('error', () => done())
    child.on('close', () => done())
  })
  const cpuSeconds = cpu()
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8')) as LoadResult
    const cpuCores = (cpuSeconds ?? 0) / Math.max(1, result.testSeconds)
    const generator = { cpuCores, machine: machineInWords(), version: versionOf(program) }
    return { ...result, runId, startedAtMs, generator }
  } catch {
    return null
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function machineInWords(): string {
  const all = cpus()
  return `${all.length} cores, ${all[0]?.model.trim() ?? 'of an unknown kind'}`
}

function versionOf(program: string): string {
  const said = execFileSync(program, ['version'], { encoding: 'utf8' })
  return /v(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? 'unknown'
}

function keep(result: Recorded, directory: string): string[] {
  mkdirSync(directory, { recursive: true })
  const day = new Date(result.startedAtMs).toISOString().slice(0, 19).replaceAll(':', '')
  const base = join(directory, `${day}-${result.test}-${result.shape}`)
  writeFileSync(`${base}.json`, `${JSON.stringify(result, null, 2)}\n`)
  writeFileSync(`${base}.html`, htmlOf(reportOf(result)))
  return [`${base}.json`, `${base}.html`]
}

function tell({ tenants, missed, thresholds, droppedIterations }: Recorded, files: string[]): void {
  const line = (text: string): void => void process.stdout.write(`${text}\n`)
  for (const { tenant, perSecond, failedRatio, p95Ms, p99Ms } of tenants) {
    line(
      `${tenant}: ${perSecond.toFixed(1)} requests a second, ${(100 * failedRatio).toFixed(3)} % failed, p95 ${p95Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    )
  }
  if (droppedIterations > 0) line(`${droppedIterations} requests were left out: k6 did not keep up`)
  for (const each of missed) line(`not kept: ${missedInWords(each)}`)
  line(`${thresholds - missed.length} of ${thresholds} promises kept`)
  for (const file of files) line(file)
}

process.exitCode = await main()
