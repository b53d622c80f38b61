/** A load test's result as a report for people. Pure. */
import { cell, type Block, type Cell, type Report } from '../../src/machinery/documents/report.ts'
import type { LoadResult, TenantResult } from '../lib/result.ts'
import { PROMISES } from '../lib/thresholds.ts'

/** What ran beside the test. */
export interface Generator {
  /** Of k6 itself: above the number of cores it did not keep up, and its times are its own. */
  readonly cpuCores: number
  readonly machine: string
  readonly version: string
}

export interface Recorded extends LoadResult {
  readonly runId: string
  readonly startedAtMs: number
  readonly generator: Generator
}

export function reportOf(result: Recorded): Report {
  const { test, shape, plan, tenants, missed, thresholds, startedAtMs, generator } = result
  const held = missed.length === 0
  const blocks: Block[] = [
    {
      kind: 'figures',
      figures: [
        {
          label: 'Promises kept',
          value: `${thresholds - missed.length} of ${thresholds}`,
          tone: held ? 'good' : 'bad',
        },
        { label: 'Requests', value: inWords(sum(tenants, ({ requests }) => requests)) },
        { label: 'Requests a second', value: inWords(sum(tenants, ({ perSecond }) => perSecond)) },
        {
          label: 'Left out',
          value: inWords(result.droppedIterations),
          tone: result.droppedIterations === 0 ? 'good' : 'bad',
          ...(result.droppedIterations === 0 ? {} : { note: 'the generator did not keep up' }),
        },
        { label: "Generator's own CPU", value: `${generator.cpuCores.toFixed(2)} cores` },
      ],
    },
    { kind: 'heading', level: 2, text: 'By tenant' },
    { kind: 'table', table: { columns: COLUMNS, rows: tenants.map(rowOf) } },
  ]
  if (!held) {
    blocks.push({ kind: 'heading', level: 2, text: 'What was promised and not kept' })
    blocks.push({ kind: 'list', items: missed.map(missedInWords) })
  }
  return {
    title: `Load test: ${test}, ${shape}`,
    subtitle: [
      `${plan.baseUrl}, ${plan.rate} requests a second for each tenant, ${plan.durationSeconds} s after ${plan.warmUpSeconds} s of warm-up`,
      `${new Date(startedAtMs).toISOString()} on ${generator.machine}, k6 ${generator.version}`,
    ],
    blocks,
    notes: [
      'Times are from the generator: from sending a request to its whole answer.',
      'A test in which requests were left out says nothing of what was tested: give the generator more room.',
    ],
    madeAtMs: startedAtMs + 1_000 * result.testSeconds,
  }
}

/** Says what was asked for in words. Worked: `http_req_failed{tenant:acme,phase:measured}
 *  rate<0.001` -> `acme: fewer than 0.1 % of requests fail`. */
export function missedInWords(missed: string): string {
  const [, metric = '', tags = '', condition = ''] = /^(\w+)(?:{(.*)})? (\S+)$/.exec(missed) ?? []
  const who = /(?:tenant:|scenario:measured_)([^,]*)/.exec(tags)?.[1]
  const limit = Number(/[<>=]+(.*)$/.exec(condition)?.[1])
  const words: Readonly<Record<string, string>> = {
    http_req_failed: `fewer than ${Number((100 * limit).toPrecision(6))} % of requests fail`,
    http_req_duration: `${/^p\((.*)\)/.exec(condition)?.[1] ?? ''} % of requests are answered within ${limit} ms`,
    http_reqs: 'requests are sent',
    iterations: `at least ${inWords(limit)} requests are sent in time`,
    dropped_iterations: 'no request is left out',
  }
  const said = words[metric] ?? missed
  return who === undefined ? said : `${who}: ${said}`
}

const COLUMNS = [
  { title: 'Tenant' },
  { title: 'Tier' },
  ...['Requests', 'A second', 'Failed', 'Median', 'p95', 'p99', 'Worst'].map((title) => ({
    title,
    align: 'right' as const,
  })),
]

function rowOf(row: TenantResult): Cell[] {
  const promise = PROMISES[row.tier as keyof typeof PROMISES]
  // How fast it fails is no merit.
  const good = row.failedRatio < 0.5 ? 'good' : 'plain'
  const within = (ms: number): Cell =>
    cell(`${ms.toFixed(1)} ms`, ms < promise.response.ms ? good : 'bad')
  return [
    cell(row.tenant),
    cell(row.tier),
    cell(inWords(row.requests)),
    cell(inWords(row.perSecond)),
    cell(
      `${(100 * row.failedRatio).toFixed(3)} %`,
      row.failedRatio < promise.failedRatio ? 'good' : 'bad',
    ),
    cell(`${row.medianMs.toFixed(1)} ms`),
    within(row.p95Ms),
    within(row.p99Ms),
    cell(`${row.maxMs.toFixed(1)} ms`),
  ]
}

function sum(tenants: readonly TenantResult[], of: (tenant: TenantResult) => number): number {
  return tenants.reduce((total, tenant) => total + of(tenant), 0)
}

/** Worked: 60_012.4 -> `60,012`. */
function inWords(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
