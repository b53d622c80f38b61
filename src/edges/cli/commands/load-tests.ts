/** `tenantry load-tests`: load tests that were run, and what was measured meanwhile. */
import type { Command } from 'commander'
import { TenantryError } from '../../../core/errors.ts'
import { isoTime } from '../../../core/time.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { readText } from '../config-directory.ts'
import { CLI_ERRORS } from '../errors.ts'
import { counted, openOutput, renderTable } from '../output.ts'

interface ListedTest {
  readonly runId: string
  readonly test: string
  readonly shape: string
  readonly startedAtMs: number
  readonly tenants: readonly string[]
  readonly verdict: 'kept' | 'missed' | 'unclear'
  readonly thresholds: number
  readonly missed: number
  readonly askedPerSecond: number
  readonly achievedPerSecond: number
  readonly failedRatio: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

interface ShownTest extends ListedTest {
  readonly record: {
    readonly missed: readonly string[]
    readonly tenants: readonly {
      readonly tenant: string
      readonly perSecond: number
      readonly failedRatio: number
      readonly p95Ms: number
      readonly p99Ms: number
    }[]
  }
  readonly measured: readonly {
    readonly tenant: string
    readonly measured: {
      readonly errorRatio: number | null
      readonly worstP99Seconds: number | null
      readonly slos: readonly {
        readonly sloId: string
        readonly bad: number
        readonly total: number
        readonly burn: number | null
      }[]
    } | null
  }[]
}

interface ListOptions extends ClientOptions {
  readonly tenant?: string
  readonly limit?: string
}

export function register(program: Command): void {
  const tests = program
    .command('load-tests')
    .description('load tests that were run, and what was measured meanwhile')
  registerList(tests)
  registerShow(tests)
  registerImport(tests)
}

function registerList(tests: Command): void {
  withClientOptions(tests.command('list', { isDefault: true }))
    .description('lists load tests, newest first')
    .option('--tenant <ID>', 'only those about one tenant')
    .option('--limit <N>', 'how many (default 50)')
    .addHelpText('after', '\nExamples:\n  tenantry load-tests\n  tenantry load-tests --tenant acme')
    .action(async (options: ListOptions) => {
      const query = new URLSearchParams({
        ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
        ...(options.limit === undefined ? {} : { limit: options.limit }),
      })
      const path = `/api/v1/load-tests?${query.toString()}`
      const list = await clientOf(options).get<{ items: ListedTest[] }>(path)
      const output = openOutput(options.json === true)
      output.line(renderTable(LIST_HEAD, list.items.map(listRow)))
      output.value(list)
    })
}

const LIST_HEAD = ['RUN', 'STARTED', 'TEST', 'TENANTS', 'ASKED/S', 'GOT/S', 'FAILED', 'P99', 'IT']

function listRow(test: ListedTest): (string | number)[] {
  return [
    test.runId,
    isoTime(test.startedAtMs),
    `${test.test}, ${test.shape}`,
    test.tenants.length,
    test.askedPerSecond,
    test.achievedPerSecond.toFixed(1),
    test.failedRatio === null ? '' : percent(test.failedRatio),
    test.p99Ms === null ? '' : milliseconds(test.p99Ms),
    verdictText(test),
  ]
}

function registerShow(tests: Command): void {
  withClientOptions(tests.command('show <run>'))
    .description('shows a load test, and beside it what Tenantry measured meanwhile')
    .addHelpText('after', '\nExamples:\n  tenantry load-tests show run_…')
    .action(async (runId: string, options: ClientOptions) => {
      const path = `/api/v1/load-tests/${encodeURIComponent(runId)}`
      const test = await clientOf(options).get<ShownTest>(path)
      const output = openOutput(options.json === true)
      output.line(`${test.test}, ${test.shape}, ${isoTime(test.startedAtMs)}: ${verdictText(test)}`)
      for (const missed of test.record.missed) output.line(`not kept: ${missed}`)
      const rows = test.record.tenants.map((each) => {
        const seen = test.measured.find(({ tenant }) => tenant === each.tenant)?.measured
        const p99 = seen?.worstP99Seconds
        return [
          each.tenant,
          each.perSecond.toFixed(1),
          percent(each.failedRatio),
          milliseconds(each.p99Ms),
          seen?.errorRatio == null ? '' : percent(seen.errorRatio),
          p99 == null ? '' : milliseconds(1_000 * p99),
        ]
      })
      const head = ['TENANT', 'GOT/S', 'FAILED', 'P99', 'MEASURED FAILED', 'MEASURED P99']
      output.line(renderTable(head, rows))
      const slos = test.measured.flatMap(({ tenant, measured }) =>
        (measured?.slos ?? [])
          .filter(({ total }) => total > 0)
          .map(({ sloId, bad, total, burn }) => [tenant, sloId, bad, total, burnText(burn)]),
      )
      if (slos.length > 0) {
        output.line(renderTable(['TENANT', 'SLO', 'BAD', 'OF', 'BURN'], slos))
      }
      output.value(test)
    })
}

function registerImport(tests: Command): void {
  withClientOptions(tests.command('import <file>'))
    .description('records a run from the JSON file that `npm run loadtest` wrote')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry load-tests import loadtests/results/2026-11-27T020618-throughput-steady.json',
    )
    .action(async (file: string, options: ClientOptions) => {
      const made = await clientOf(options).post<ListedTest>('/api/v1/load-tests', readRecord(file))
      const output = openOutput(options.json === true)
      output.line(`${made.runId}: ${made.test}, ${made.shape}, ${verdictText(made)}`)
      output.value(made)
    })
}

function readRecord(file: string): unknown {
  const text = readText(file)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.notReadable, `could not read ${file}: it is no JSON`, {
      cause,
    })
  }
}

function verdictText({ verdict, thresholds, missed }: ListedTest): string {
  switch (verdict) {
    case 'kept':
      return `${counted(thresholds, 'promise')} kept`
    case 'missed':
      return `${missed} of ${counted(thresholds, 'promise')} not kept`
    case 'unclear':
      return 'unclear: the generator did not keep up'
  }
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(3)} %`
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`
}

function burnText(burn: number | null): string {
  return burn === null ? '' : `${burn.toFixed(2)}x`
}
