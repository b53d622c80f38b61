/** What a new user sees: the demo starts, live tenants are in the portal, a taken port is explained, Ctrl-C ends it, a second start is quick. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOARDS } from '../../src/codegen/dashboards/board-uids.ts'
import type { FleetBody } from '../../src/edges/http/api/fleet.schema.ts'
import { requireTool } from '../tools/find-tool.ts'
import { askDashboards, type AskedQuery } from './harness/asked-dashboards.ts'
import { CHROMIUM_FLAGS } from './harness/chromium.ts'
import { freePort } from './harness/ports.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import { delay, endProcess, eventually, LAUNCHER } from './harness/server.ts'

const browserPath = requireTool('chromium')
const prometheusPath = requireTool('prometheus')

/** Panels that tell nothing of the demo, with the reason. */
const STILL_PANELS: readonly string[] = [
  // The sample platform tells nothing of it.
  'Active users',
  'API calls',
  'Calls of dependencies',
  // Of recovery alone.
  'Clocks that run',
  // What is counted has not happened yet.
  'Tenants that are silent',
  'Samples that were discarded, by reason',
  'Refused in the last hour',
  'Refused, by reason',
  'Imbalances',
  'Ticks late or failed',
  'Scheduled work',
  'Time of a checkpoint',
]

interface Started {
  readonly child: ChildProcess
  readonly output: () => string
  readonly url: string
}

describe('the demo', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-demo-'))
  const data = join(directory, 'demo')
  let port: number
  let demo: Started
  let prometheus: TestPrometheus | undefined

  beforeAll(async () => {
    port = await freePort()
    demo = await startDemo(data, port)
    if (prometheusPath !== undefined) prometheus = await startScraping(prometheusPath, data)
  }, 180_000)

  afterAll(async () => {
    await prometheus?.stop()
    await endProcess(demo.child, 'SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  }, 60_000)

  const fleet = async (): Promise<FleetBody> => {
    const { url, key } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as {
      url: string
      key: string
    }
    const response = await fetch(`${url}/api/v1/fleet`, {
      headers: { authorization: `Bearer ${key}` },
    })
    return (await response.json()) as FleetBody
  }

  it('has twelve tenants in three tiers with 30 days behind them, and live traffic', async () => {
    const body = await eventually('traffic is live', fleet, (seen) =>
      seen.rows.some(
        (row) =>
          (row.lastSampleAtMs ?? 0) > Date.now() - 15_000 && (row.requestsPerSecond ?? 0) > 0,
      ),
    )
    expect(body.rows).toHaveLength(12)
    expect(new Set(body.rows.map((row) => row.tier))).toEqual(
      new Set(['starter', 'professional', 'enterprise']),
    )
    expect(
      body.rows.some((row) => row.slos.some((slo) => (slo.budgetLeftRatio ?? 1) < 0.999)),
    ).toBe(true)
  }, 90_000)

  it.skipIf(browserPath === undefined)(
    'signs a person in by the printed link and shows the fleet, live',
    async () => {
      const link = /Sign in: +(\S+)/.exec(demo.output())?.[1] ?? ''
      const browser: Browser = await chromium.launch({
        executablePath: browserPath!,
        args: CHROMIUM_FLAGS,
      })
      try {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
        const page = await context.newPage()
        const complaints: string[] = []
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text())
        })
        await page.goto(link)
        await page.getByText('Brindlemoor Group').first().waitFor({ timeout: 30_000 })
        const before = (await fleet()).asOfMs
        await eventually('the fleet moves on', fleet, (seen) => seen.asOfMs > before)
        const violations = (await new AxeBuilder({ page }).analyze()).violations
        expect(violations.map((violation) => violation.id)).toEqual([])
        expect(complaints).toEqual([])
        await page.goto(link)
        await page.getByText('This link was used already.').first().waitFor({ timeout: 10_000 })
      } finally {
        await browser.close()
      }
    },
    120_000,
  )

  it.skipIf(prometheusPath === undefined)(
    'answers all that the dashboards ask, in a Prometheus that scrapes it',
    async () => {
      const { rows } = await fleet()
      const tenants = rows.map(({ tenantId }) => tenantId).toSorted()
      const busiest = rows.toSorted((left, right) => {
        return (right.requestsPerSecond ?? 0) - (left.requestsPerSecond ?? 0)
      })[0]!
      const choices = { tenant: busiest.tenantId, slo: 'error-rate', spanSeconds: 20 }
      const missing = async (): Promise<string[]> =>
        missingOf(await askDashboards(prometheus!.url, choices))
      await eventually('every panel tells something', missing, ({ length }) => length === 0)
      const asked = await askDashboards(prometheus!.url, choices)
      for (const { expr, series } of asked) {
        const values = series.flatMap((each) => each.values)
        expect(
          values.filter((value) => Number.isNaN(value)),
          expr,
        ).toEqual([])
        const named = series.flatMap(({ labels }) => labels['tenant'] ?? [])
        expect(
          named.filter((tenant) => !tenants.includes(tenant)),
          expr,
        ).toEqual([])
      }
      const listed = asked.find((query) => panelOf(query) === 'tenantry-slo/Tenants')!.series
      expect(listed.map(({ labels }) => labels['tenant'] ?? '').toSorted()).toEqual(tenants)
    },
    120_000,
  )

  it('explains a taken port and a directory in use', async () => {
    const other = await runDemo(join(directory, 'other'), port)
    expect(other.code).toBe(3)
    expect(other.output).toMatch(/PORT_TAKEN/)
    expect(other.output).toMatch(/--port/)
    const same = await runDemo(data, port + 1)
    expect(same.code).toBe(3)
    expect(same.output).toMatch(/DATA_LOCKED/)
  }, 180_000)

  it('is not served as real data', async () => {
    await endProcess(demo.child, 'SIGINT')
    const served = await run(['serve', '--data', data, '--port', '0'])
    expect(served.code).toBe(3)
    expect(served.output).toMatch(/DATA_OTHER_KIND/)
  }, 60_000)

  it('ends on Ctrl-C, and goes on from there at the next start', async () => {
    expect(demo.child.exitCode).toBe(0)
    demo = await startDemo(data, port)
    expect(demo.output()).not.toMatch(/30 days/)
    expect((await fleet()).rows).toHaveLength(12)
  }, 120_000)
})

/** Lists the panels that tell nothing, and the boards on which nothing changes. */
function missingOf(asked: readonly AskedQuery[]): string[] {
  const told = new Set(asked.filter(({ series }) => series.length > 0).map(panelOf))
  const silent = asked
    .filter((query) => !told.has(panelOf(query)) && !STILL_PANELS.includes(query.panel))
    .map(panelOf)
  const moving = asked.filter(({ series }) => series.some(({ values }) => new Set(values).size > 1))
  const still = Object.keys(BOARDS).filter(
    (uid) => moving.filter(({ board }) => board === uid).length < 2,
  )
  return [...silent, ...still]
}

function panelOf({ board, panel }: AskedQuery): string {
  return `${board}/${panel}`
}

/** Scrapes the demo's own metrics and those of its tenants, as its documentation says. */
function startScraping(program: string, data: string): Promise<TestPrometheus> {
  const { url, key } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as {
    url: string
    key: string
  }
  const scrape = (job: string, path: string) => ({
    job_name: job,
    metrics_path: path,
    authorization: { credentials: key },
    static_configs: [{ targets: [new URL(url).host] }],
  })
  const config = {
    global: { scrape_interval: '2s' },
    scrape_configs: [
      scrape('tenantry', '/metrics'),
      scrape('tenantry-tenants', '/metrics/tenants'),
    ],
  }
  return startPrometheus(program, { config: () => JSON.stringify(config) })
}

async function startDemo(data: string, port: number): Promise<Started> {
  const child = launch(['demo', '--data', data, '--port', String(port)])
  const output = collect(child)
  const deadline = Date.now() + 170_000
  while (!/Ctrl-C ends it/.test(output())) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the demo did not start: ${output()}`)
    await delay(50)
  }
  return { child, output, url: `http://127.0.0.1:${String(port)}` }
}

function runDemo(data: string, port: number): Promise<{ code: number | null; output: string }> {
  return run(['demo', '--data', data, '--port', String(port)])
}

async function run(
  commandLine: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = launch(commandLine)
  const output = collect(child)
  const code = await new Promise<number | null>((done) => child.once('exit', (exit) => done(exit)))
  return { code, output: output() }
}

function launch(commandLine: readonly string[]): ChildProcess {
  return spawn(process.execPath, [LAUNCHER, ...commandLine], { stdio: ['ignore', 'pipe', 'pipe'] })
}

function collect(child: ChildProcess): () => string {
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return () => output
}
