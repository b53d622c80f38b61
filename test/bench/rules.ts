/**
 * What generated rules cost a real Prometheus: CPU for an hour of 1,000 tenants x 4 SLOs, against rules of the shape that Sloth makes, which
 * are measured on a few tenants and multiplied. Both at the same fast-burn interval, over the same history, in one run. How long `generate`
 * takes for 10,000 tenants with promises of their own is measured as well. Run: npm run bench -- rules [--json]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { assert } from '../../src/core/assert.ts'
import { ruleFiles } from '../../src/codegen/alerts/rule-files.ts'
import { groupsOf } from '../../src/codegen/alerts/rules-yaml.ts'
import { DEFAULT_INPUT } from '../../src/codegen/input.ts'
import { startPrometheus, type TestPrometheus } from '../system/harness/prometheus.ts'
import { delay, LAUNCHER } from '../system/harness/server.ts'
import { requireTool } from '../tools/find-tool.ts'
import { meets, progress, report, type Figure } from './figure.ts'
import { tenantName } from './payloads.ts'
import { sendHistory, slothHistory, tenantHistory, type HistoryOptions } from './rules-history.ts'
import { slothGroups, type SlothSlo } from './sloth-shape.ts'

const TENANTS = 1_000
const SLOTH_TENANTS = 5
const SLOS = ['availability', 'error-rate', 'response-time', 'throughput'] as const
/** What both are evaluated at in service, and while they are measured. */
const FAST_SECONDS = 60
const MEASURED_SECONDS = 15
const ROUNDS = 3
const EVALUATIONS_AN_HOUR = 3_600 / FAST_SECONDS
const TILES_AN_HOUR = 12

const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-rules-'))

function configOf(name: string, groups: readonly object[]): string {
  const path = join(directory, `${name}.yaml`)
  writeFileSync(path, stringify({ groups }, { aliasDuplicateObjects: false }))
  return stringify({ global: {}, rule_files: groups.length === 0 ? [] : [path] })
}

/** Rules as they are, but all evaluated at the interval that is measured with. */
function ourGroups(isWanted: (interval: string) => boolean): object[] {
  return ruleFiles(DEFAULT_INPUT)
    .filter(({ name }) => name !== 'tenantry' && name !== 'fallback')
    .flatMap((file) => groupsOf(file))
    .filter((group) => isWanted(group['interval'] as string))
    .map((group) => ({ ...group, interval: `${MEASURED_SECONDS}s` }))
}

function slothSlos(): SlothSlo[] {
  const counted = (name: string, matchers: string) => (window: string) =>
    `sum(rate(${name}{${matchers}}[${window}]))`
  return Array.from({ length: SLOTH_TENANTS }, (_, index) => tenantName(index)).flatMap((tenant) =>
    SLOS.map((slo): SlothSlo => {
      const own = `tenant="${tenant}"`
      if (slo === 'response-time') {
        const name = 'tenantry_tenant_request_duration_seconds'
        const total = counted(`${name}_count`, own)
        const fast = counted(`${name}_bucket`, `${own}, le="0.2"`)
        return { tenant, slo, total, bad: (window) => `${total(window)} - ${fast(window)}` }
      }
      const name = 'tenantry_tenant_requests_total'
      const bad = counted(name, `${own}, status_class="5xx"`)
      return { tenant, slo, bad, total: counted(name, own) }
    }),
  )
}

interface Spent {
  readonly cpuSeconds: number
  readonly evaluations: number
}

/** Reads what the process spent, and how many rules it evaluated. */
async function spentBy({ url }: TestPrometheus): Promise<Spent> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const sumOf = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    )
  const failures = sumOf('prometheus_rule_evaluation_failures_total')
  assert(failures === 0, `no rule fails, and ${failures} did`)
  return {
    cpuSeconds: sumOf('process_cpu_seconds_total'),
    evaluations: sumOf('prometheus_rule_evaluations_total'),
  }
}

/** Measures one set of rules: CPU seconds of evaluating all of them once, the idle process taken off. */
async function measure(
  prometheus: TestPrometheus,
  { name, groups, idleCpu }: { name: string; groups: readonly object[]; idleCpu: number },
): Promise<number> {
  progress(`${name}: ${groups.length} groups`)
  await prometheus.restart(configOf(name, groups), () => {})
  // A first evaluation of each group makes what later ones read.
  await delay((MEASURED_SECONDS + 5) * 1_000)
  const before = await spentBy(prometheus)
  const startMs = performance.now()
  await delay(ROUNDS * MEASURED_SECONDS * 1_000)
  const after = await spentBy(prometheus)
  const seconds = (performance.now() - startMs) / 1_000
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds - idleCpu * seconds
  const rules = groups.reduce<number>(
    (sum, group) => sum + (group as { rules: object[] }).rules.length,
    0,
  )
  if (rules === 0) return cpuSeconds / seconds
  const rounds = (after.evaluations - before.evaluations) / rules
  assert(rounds > ROUNDS - 1, `${name}: rules keep up: ${rounds} rounds of ${ROUNDS}`)
  return cpuSeconds / rounds
}

/** Fails the run unless every tenant has a burn of every window, and the right one. */
async function verify(prometheus: TestPrometheus): Promise<void> {
  for (const slo of SLOS) {
    for (const window of ['5m', '1h', '6h', '3d', '30d']) {
      const query = `count(tenantry:slo_burn_rate{slo="${slo}",window="${window}"})`
      const count = await prometheus.query(query)
      assert(count === TENANTS, `${slo} over ${window} of all tenants, and there are ${count}`)
    }
  }
  const firing = await prometheus.query('count(ALERTS)')
  assert(firing === undefined, `nothing is to fire, and ${firing} alerts do`)
  const burn = await prometheus.query('max(tenantry:slo_burn_rate{slo="error-rate",window="1h"})')
  assert(Math.abs((burn ?? 0) - 0.5) < 1e-6, `one in 2,000 fails and 1,000 may: ${burn}`)
}

async function benchRules(program: string): Promise<Figure[]> {
  const prometheus = await startPrometheus(program, {
    config: () => configOf('none', []),
    arguments: [
      '--web.enable-remote-write-receiver',
      // One block for the whole history, so that no compaction is measured.
      '--storage.tsdb.min-block-duration=70d',
      '--storage.tsdb.max-block-duration=70d',
      '--storage.tsdb.retention.time=200d',
    ],
  })
  try {
    const nowSeconds = Math.floor(Date.now() / 60_000) * 60
    const history: HistoryOptions = {
      nowSeconds,
      tenants: TENANTS,
      slothTenants: SLOTH_TENANTS,
      aheadSeconds: 540,
    }
    progress('sending the history')
    const sent =
      (await sendHistory(prometheus.url, tenantHistory(history))) +
      (await sendHistory(prometheus.url, slothHistory(history, SLOS)))
    progress(`${sent} samples`)
    const idleCpu = await measure(prometheus, { name: 'none', groups: [], idleCpu: 0 })
    const all = await measure(prometheus, { name: 'ours', groups: ourGroups(() => true), idleCpu })
    await verify(prometheus)
    const minute = await measure(prometheus, {
      name: 'ours-minute',
      groups: ourGroups((interval) => interval === '1m'),
      idleCpu,
    })
    const groups = slothSlos().flatMap((slo) => slothGroups(slo, `${MEASURED_SECONDS}s`))
    const sloth = await measure(prometheus, { name: 'sloth', groups, idleCpu })
    return figuresOf({ all, minute, sloth, samples: sent })
  } finally {
    await prometheus.stop()
  }
}

function figuresOf(cpu: { all: number; minute: number; sloth: number; samples: number }): Figure[] {
  // Tiles of the hour are taken as if they were made as often as those of five minutes.
  const ours = EVALUATIONS_AN_HOUR * cpu.minute + TILES_AN_HOUR * Math.max(0, cpu.all - cpu.minute)
  const peerValue = EVALUATIONS_AN_HOUR * cpu.sloth * (TENANTS / SLOTH_TENANTS)
  return [
    { name: 'history', value: cpu.samples, unit: 'samples' },
    { name: 'one evaluation of what is read every minute', value: cpu.minute, unit: 's CPU' },
    {
      name: 'one evaluation of tiles and long windows',
      value: cpu.all - cpu.minute,
      unit: 's CPU',
    },
    {
      name: `an hour of ${TENANTS} tenants x ${SLOS.length} SLOs`,
      value: ours,
      unit: 's CPU',
      peer: `Sloth-shaped rules, from ${SLOTH_TENANTS} tenants`,
      peerValue,
      ratio: ours / peerValue,
    },
    {
      name: 'less CPU than Sloth-shaped rules',
      value: peerValue / ours,
      unit: 'times',
      must: '>= 20',
    },
  ]
}

/** Times the command over configuration of 10,000 tenants, each promised something else. */
function benchGenerate(): Figure {
  const config = join(directory, 'config')
  mkdirSync(config)
  const documents = Array.from({ length: 10_000 }, (_, index) =>
    [
      'apiVersion: tenantry/v1',
      'kind: SloOverride',
      'spec:',
      `  tenant: ${tenantName(index)}`,
      '  slo: error-rate',
      '  objectives: [{ percent: 99.95 }]',
      '',
    ].join('\n'),
  )
  writeFileSync(join(config, 'overrides.yaml'), documents.join('---\n'))
  const command = [LAUNCHER, 'generate', '--out', join(directory, 'out'), '--config', config]
  // The shell tells the CPU time of its children on its last line: a loaded machine makes no difference.
  const script = '"$@" >/dev/null && times'
  const ran = spawnSync('sh', ['-c', script, 'sh', process.execPath, ...command], {
    encoding: 'utf8',
  })
  const spent = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(ran.stdout)
  assert(ran.status === 0 && spent !== null, `generate: ${ran.stderr}`)
  const [userMinutes, user, systemMinutes, system] = spent.slice(1).map(Number)
  const value = 60 * (userMinutes! + systemMinutes!) + user! + system!
  return { name: 'generate for 10,000 tenants', value, unit: 's CPU', must: '<= 5' }
}

async function main(): Promise<void> {
  const program = requireTool('prometheus')
  const figures = [benchGenerate(), ...(program === undefined ? [] : await benchRules(program))]
  rmSync(directory, { recursive: true, force: true })
  figures.forEach(report)
  if (!figures.every(meets)) process.exitCode = 1
}

await main()
