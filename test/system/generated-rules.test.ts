/**
 * What `tenantry generate` writes, in the programs that it is for: promtool checks and tests it, vmalert takes it, and a real Prometheus
 * with shortened intervals proves what promtool cannot, that tiles count every event once and that nothing recorded seldom is read as if it
 * were fresh.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Artefact } from '../../src/codegen/artefact.ts'
import { ruleFiles } from '../../src/codegen/alerts/rule-files.ts'
import { groupsOf } from '../../src/codegen/alerts/rules-yaml.ts'
import type { Stages } from '../../src/codegen/alerts/stages.ts'
import { DEFAULT_INPUT, type CodegenInput } from '../../src/codegen/input.ts'
import { artefactsOf, TARGET_NAMES } from '../../src/codegen/targets.ts'
import { writeArtefacts } from '../../src/codegen/write.ts'
import type { SloSpec } from '../../src/domain/slo/model/slo-spec.ts'
import { EVERY_KIND } from '../codegen/every-kind.ts'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import { delay, eventually } from './harness/server.ts'

const prometheusProgram = requireTool('prometheus')
const promtool = requireTool('promtool')
const vmalert = requireTool('vmalert')

const { options } = DEFAULT_INPUT
const INPUTS: Readonly<Record<string, CodegenInput>> = {
  default: DEFAULT_INPUT,
  'every kind, hostile names, names of Sloth': {
    slos: EVERY_KIND,
    options: { ...options, slothNames: true, maxGroups: 100 },
  },
  "anchored, by the platform's metrics": {
    slos: EVERY_KIND,
    options: { ...options, anchored: true, reads: 'platform', maxGroups: 100 },
  },
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-rules-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program over what was written. Throws with what it said. */
function run(program: string, args: readonly string[], cwd: string): string {
  const ran = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`${ran.stdout}${ran.stderr}`)
  return ran.stdout + ran.stderr
}

/** Takes the groups out of whatever a target wraps them in, as its ruler does. */
function unwrapped({ path, text }: Artefact): Artefact {
  const read = parse(text) as { groups?: unknown; spec?: { groups: unknown } }
  return { path, text: stringify({ groups: read.groups ?? read.spec?.groups }) }
}

describe.skipIf(promtool === undefined)('promtool', () => {
  it.each(Object.entries(INPUTS))('takes the rules of every target: %s', async (name, input) => {
    const there = join(folder, name.replaceAll(/\W+/g, '-'))
    const artefacts = await artefactsOf(TARGET_NAMES, input)
    const rules = artefacts.filter(({ path }) => path.endsWith('.rules.yaml'))
    for (const { path, text } of rules.map(unwrapped)) {
      mkdirSync(dirname(join(there, path)), { recursive: true })
      writeFileSync(join(there, path), text)
    }
    const flags = input.options.anchored ? ['--enable-feature=promql-extended-range-selectors'] : []
    const said = run(
      promtool!,
      ['check', 'rules', ...flags, ...rules.map(({ path }) => path)],
      there,
    )
    expect(said.match(/SUCCESS/g)).toHaveLength(rules.length)
  })

  it('finds that the rules say what the cases ask for', async () => {
    const there = join(folder, 'tested')
    const artefacts = await artefactsOf(['prometheus'], DEFAULT_INPUT)
    writeArtefacts(there, artefacts)
    const tests = artefacts.flatMap(({ path }) => (path.endsWith('.test.yaml') ? [path] : []))
    const said = run(promtool!, ['test', 'rules', ...tests], there)
    expect(said.match(/SUCCESS/g)).toHaveLength(tests.length)
    expect(tests).toHaveLength(7)
  })
})

describe.skipIf(vmalert === undefined)('vmalert', () => {
  it('takes its files as they lie', async () => {
    const there = join(folder, 'vmalert')
    const input = { slos: EVERY_KIND, options: { ...options, maxGroups: 100 } }
    writeArtefacts(there, await artefactsOf(['vmalert'], input))
    expect(() =>
      run(vmalert!, ['-dryRun', '-rule=alerts/vmalert/*.rules.yaml'], there),
    ).not.toThrow()
  })
})

/** A second for a minute, two for five minutes, four for an hour. */
const SHORT_STAGES: Stages = [
  { name: 'minute', everySeconds: 1, belowSeconds: 4 },
  { name: 'five-minutes', everySeconds: 2, belowSeconds: 8 },
  { name: 'hour', everySeconds: 4, belowSeconds: Infinity },
]
const SHORT_SLO: SloSpec = {
  sloId: 'short',
  title: 'Short',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '12s' },
  objectives: [{ percent: 90 }],
  minBadEvents: { starter: 1, professional: 1, enterprise: 1 },
  alerts: [
    { speed: 'fast', action: 'page', long: '3s', short: '2s', budgetPercent: 30 },
    { speed: 'medium', action: 'page', long: '6s', short: '3s', budgetPercent: 60 },
    { speed: 'slow', action: 'ticket', long: '8s', short: '4s', budgetPercent: 90 },
  ],
}

const WINDOWS = ['2s', '3s', '4s', '6s', '8s', '12s']
const SPANS_OF_TILES = ['8s', '12s']

/** Counters that a test page shows: of acme one in four fails, unevenly; idle had its requests before. */
interface Page {
  good: number
  bad: number
  /** Whether Tenantry tells of its tenants, and of idle among them. */
  tells: boolean
  isIdleGone: boolean
}

function pageText({ good, bad, tells, isIdleGone }: Page): string {
  const counter = (tenant: string, name: string, value: number): string =>
    `tenantry_tenant_requests_total{tenant="${tenant}",status_class="${name}"} ${value}`
  return [
    counter('acme', '2xx', good),
    counter('acme', '5xx', bad),
    counter('idle', '2xx', 500),
    counter('idle', '5xx', 0),
    ...(tells ? ['acme', ...(isIdleGone ? [] : ['idle'])] : []).map(
      (tenant) => `tenantry_tenant_info{tenant="${tenant}",tier="starter",region="eu",name="n"} 1`,
    ),
    '',
  ].join('\n')
}

describe.skipIf(prometheusProgram === undefined)('staged rules in a real Prometheus', () => {
  let exporter: Server
  let prometheus: TestPrometheus
  let growing: NodeJS.Timeout
  const page: Page = { good: 0, bad: 0, tells: true, isIdleGone: false }

  beforeAll(async () => {
    exporter = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(pageText(page))
    })
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    let step = 0
    growing = setInterval(() => {
      step += 1
      page.good += 3 * (step % 7)
      page.bad += step % 7
    }, 100)
    const there = mkdtempSync(join(folder, 'staged-'))
    const input = { slos: [SHORT_SLO], options: { ...options, anchored: true } }
    const rules = ruleFiles(input, SHORT_STAGES).map((file) => {
      const path = join(there, `${file.name}.yaml`)
      writeFileSync(path, stringify({ groups: groupsOf(file) }))
      return path
    })
    prometheus = await startPrometheus(prometheusProgram!, {
      config: () => stringify(configOf(rules, (exporter.address() as AddressInfo).port)),
      // Shorter than the hour's stage, as five minutes are than an hour.
      arguments: [
        '--query.lookback-delta=1500ms',
        '--enable-feature=promql-extended-range-selectors',
      ],
    })
    const tiles = 'tenantry:slo_total:tile{tenant="acme",window="4s"}'
    await eventually(
      'a period was counted',
      async () => (await answer(`count_over_time(${tiles}[30s])`))[0]?.value ?? 0,
      (count) => count > 3,
    )
  }, 90_000)

  afterAll(async () => {
    clearInterval(growing)
    await prometheus.stop()
    exporter.close()
  })

  interface Answered {
    readonly metric: Readonly<Record<string, string>>
    readonly value: number
    /** Of a range: when each sample was made. */
    readonly samples: readonly (readonly [number, number])[]
  }

  async function answer(expr: string, atSeconds?: number): Promise<Answered[]> {
    const body = new URLSearchParams({ query: expr })
    if (atSeconds !== undefined) body.set('time', String(atSeconds))
    const response = await fetch(`${prometheus.url}/api/v1/query`, { method: 'POST', body })
    const { data, error } = (await response.json()) as {
      error?: string
      data: {
        result: {
          metric: Record<string, string>
          value?: [number, string]
          values?: [number, string][]
        }[]
      }
    }
    if (error !== undefined) throw new Error(`${expr}: ${error}`)
    return data.result.map(({ metric, value, values }) => ({
      metric,
      value: Number(value?.[1]),
      samples: (values ?? []).map(([at, text]) => [at, Number(text)] as const),
    }))
  }

  const samplesOf = async (selector: string): Promise<readonly (readonly [number, number])[]> =>
    (await answer(`${selector}[30s]`))[0]?.samples ?? []

  it.each(WINDOWS)('count what came in %s, each event once', async (window) => {
    const tiles = await samplesOf('tenantry:slo_total:tile{tenant="acme",window="2s"}')
    for (const [series, matcher] of [
      ['tenantry:slo_total:increase', ''],
      ['tenantry:slo_bad:increase', ',status_class="5xx"'],
    ] as const) {
      const made = await samplesOf(`${series}{tenant="acme",window="${window}"}`)
      const [at, value] = made.at(-1)!
      // What is added up from tiles ends where the last of them does.
      const end = SPANS_OF_TILES.includes(window) ? tiles.findLast(([tile]) => tile <= at)![0] : at
      const raw = `tenantry_tenant_requests_total{tenant="acme"${matcher}}`
      const [counted] = await answer(`sum(increase(${raw}[${window}] anchored))`, end)
      expect(counted!.value, `${series} of ${window}`).toBeGreaterThan(10)
      expect(value / counted!.value - 1, `${series} of ${window}`).toBeCloseTo(0, 9)
    }
  })

  it('burn as plain division says, in every window, whoever records it how often', async () => {
    const burns = await answer('tenantry:slo_burn_rate{tenant="acme"}')
    expect(new Set(burns.map(({ metric }) => metric['window']))).toEqual(new Set(WINDOWS))
    // One in four fails, and one in ten may.
    for (const { metric, value } of burns) expect(value, metric['window']).toBeCloseTo(2.5, 9)
    const seen = await answer(
      'count_over_time(tenantry:slo_burn_rate{tenant="acme",window="12s"}[5s])',
    )
    expect(seen[0]!.value).toBeGreaterThanOrEqual(4)
  })

  it('raise the pairs that hold, and say nothing of who is idle', async () => {
    const firing = await answer('ALERTS{alertstate="firing",slo="short"}')
    expect(
      firing.map(({ metric }) => `${metric['tenant']!} ${metric['speed']!}`).toSorted(),
    ).toEqual(['acme fast', 'acme medium', 'acme slow'])
    expect(await answer('tenantry:slo_burn_rate{tenant="idle"}')).toEqual([])
    const recorded = await answer('{__name__=~"tenantry:.+"}')
    expect(recorded.length).toBeGreaterThan(20)
    expect(recorded.filter(({ value }) => Number.isNaN(value))).toEqual([])
  })

  it('hold tiers and budgets while Tenantry says nothing, and let go of who is gone', async () => {
    page.tells = false
    await delay(4_000)
    expect(await answer('tenantry_tenant_info')).toEqual([])
    expect(await answer('tenantry:tenant_tier')).toHaveLength(2)
    expect(
      (await answer('tenantry:slo_burn_rate{tenant="acme",window="2s"}'))[0]?.value,
    ).toBeCloseTo(2.5, 9)
    page.tells = true
    page.isIdleGone = true
    await eventually(
      'idle is no tenant',
      async () => (await answer('tenantry:tenant_tier')).length,
      (count) => count === 1,
    )
  })
})

function configOf(rules: readonly string[], port: number): unknown {
  return {
    // A rule looks at what was there half a second ago: no sample is on its way any more.
    global: { scrape_interval: '250ms', scrape_timeout: '250ms', rule_query_offset: '500ms' },
    rule_files: rules,
    scrape_configs: [
      { job_name: 'tenantry', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
    ],
  }
}
