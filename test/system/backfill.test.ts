/**
 * Past counts of a real Prometheus, read by remote read and loaded into a running server: hour by hour what `increase(x[1h] anchored)` is,
 * with resets and an idle tenant, kept over a kill, and the same however often it is loaded.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPrng } from '../../src/core/prng.ts'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import { LAUNCHER, OPERATOR_KEY, startServer, type TestServer } from './harness/server.ts'

const program = requireTool('prometheus')
const promtool = requireTool('promtool')

const MINUTE = 60
const HOUR = 3_600
const DAYS = 12
/** It goes on to the present: what was loaded is in every window. */
const END = Math.floor(Date.now() / 1_000 / MINUTE) * MINUTE - 2 * MINUTE
const START = Math.floor(END / HOUR) * HOUR - DAYS * 24 * HOUR
const TENANTS = ['steady', 'resets', 'idle'] as const

/** A history with a sample a minute. */
function history(): string {
  const lines: string[] = []
  TENANTS.forEach((tenant, seed) => {
    const prng = openPrng(seed + 1)
    const counts = { '200': 0, '500': 0 }
    let [fast, all] = [0, 0]
    for (let at = START; at <= END; at += MINUTE) {
      const hour = Math.floor((at - START) / HOUR)
      if (tenant === 'resets' && at % (7 * HOUR) === 0) {
        counts['200'] = 0
        counts['500'] = 0
        fast = 0
        all = 0
      }
      const isIdle = tenant === 'idle' && hour % 24 > 8
      const served = isIdle ? 0 : 20 + prng.below(50)
      // A third of the last days fails: what would page, had it come now.
      const failed = hour > (DAYS - 2) * 24 ? Math.floor(served / 3) : prng.below(2)
      counts['200'] += served - Math.min(served, failed)
      counts['500'] += Math.min(served, failed)
      fast += served - Math.min(served, prng.below(3))
      all += served
      for (const [code, value] of Object.entries(counts)) {
        lines.push(
          `http_requests_total{tenant="${tenant}",code="${code}",instance="a"} ${value} ${at}`,
        )
      }
      for (const [le, value] of [
        ['0.2', fast],
        ['+Inf', all],
      ] as const) {
        lines.push(
          `http_request_duration_seconds_bucket{tenant="${tenant}",le="${le}",instance="a"} ${value} ${at}`,
        )
      }
    }
  })
  return `${lines.join('\n')}\n# EOF\n`
}

interface Burndown {
  readonly fromMs: number
  readonly endsMs: number[]
  readonly bad: number[]
  readonly total: number[]
}

describe.skipIf(program === undefined || promtool === undefined)('a load from Prometheus', () => {
  let folder: string
  let prometheus: TestPrometheus
  let server: TestServer
  let outputs: string[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-backfill-system-'))
    const file = join(folder, 'history.om')
    writeFileSync(file, history())
    prometheus = await startPrometheus(program!, {
      config: () => 'global: {}\n',
      arguments: [
        '--enable-feature=promql-extended-range-selectors',
        '--storage.tsdb.retention.time=100y',
        // Six hours have more: the reader has to ask for less.
        '--storage.remote.read-sample-limit=3000',
      ],
      fill(dataDirectory) {
        mkdirSync(dataDirectory, { recursive: true })
        const made = spawnSync(
          promtool!,
          ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, dataDirectory],
          { encoding: 'utf8' },
        )
        if (made.status !== 0) throw new Error(made.stdout + made.stderr)
      },
    })
    server = await startServer()
    for (const tenantId of TENANTS) {
      await server.createTenant({
        tenantId,
        name: tenantId,
        tier: 'enterprise',
        region: 'eu-central-1',
        isolation: 'shared',
      })
    }
    await sleep(6_000)
    outputs = [await load()]
  }, 300_000)

  afterAll(async () => {
    await server.stop()
    server.remove()
    await prometheus.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function load(): Promise<string> {
    const child = spawn(
      process.execPath,
      [
        LAUNCHER,
        'slo',
        'backfill',
        '--from-prometheus',
        prometheus.url,
        '--url',
        server.url,
        '--json',
      ],
      { env: { ...process.env, TENANTRY_KEY: OPERATOR_KEY } },
    )
    let text = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    if (code !== 0) throw new Error(`${String(code)}: ${text}${errors}`)
    return text
  }

  const burndownOf = async (tenant: string, slo: string): Promise<Burndown> =>
    (await server.api<Burndown>(`/api/v1/tenants/${tenant}/slos/${slo}/burndown`)).body

  it.each(TENANTS)('counts every hour of %s as Prometheus does', async (tenant) => {
    const span = { start: START + HOUR, end: END, step: HOUR }
    const increases = async (series: string) =>
      (
        await prometheus.range(`sum by (tenant) (increase(${series}[1h] anchored))`, 'tenant', span)
      ).get(tenant)!
    const of = `tenant="${tenant}"`
    const total = await increases(`http_requests_total{${of}}`)
    const bad = await increases(`http_requests_total{${of},code="500"}`)
    const all = await increases(`http_request_duration_seconds_bucket{${of},le="+Inf"}`)
    const fast = await increases(`http_request_duration_seconds_bucket{${of},le="0.2"}`)
    for (const [slo, expected] of [
      ['error-rate', (at: number) => [total.get(at)!, bad.get(at)!]],
      ['response-time', (at: number) => [all.get(at)!, all.get(at)! - fast.get(at)!]],
    ] as const) {
      const burndown = await burndownOf(tenant, slo)
      let compared = 0
      burndown.endsMs.forEach((endMs, step) => {
        const at = endMs / 1_000
        if (at < span.start || at > END || at % HOUR !== 0) return
        const counted = [burndown.total[step], burndown.bad[step]]
        expect(counted, `${slo} at ${at}`).toEqual(expected(at).map(Math.round))
        compared += 1
      })
      expect(compared).toBeGreaterThan(24 * (DAYS - 1))
    }
  })

  it('alerts nobody, although what was loaded burned', async () => {
    await sleep(11_000)
    const { body } = await server.api<{ items: unknown[] }>('/api/v1/alerts')
    expect(body.items).toEqual([])
    const { body: policy } = await server.api<{ states: unknown[] }>('/api/v1/slo/policy')
    expect(policy.states).toEqual([])
    const left = (
      await server.api<{ items: { sloId: string; budgetLeftRatio: number }[] }>(
        '/api/v1/tenants/steady/slo',
      )
    ).body
    expect(left.items.find(({ sloId }) => sloId === 'error-rate')!.budgetLeftRatio).toBeLessThan(
      -10,
    )
  })

  it('is the same when it is loaded again, and after the server was killed', async () => {
    const before = await burndownOf('resets', 'error-rate')
    const again = JSON.parse(await load()) as { run: { loadedMinutes: number; total: number } }
    expect(again.run.total).toBe(0)
    const { dataDirectory } = server
    await server.stop('SIGKILL')
    server = await startServer({ dataDirectory })
    await sleep(6_000)
    const after = await burndownOf('resets', 'error-rate')
    // The hour that runs goes on.
    const byTime = ({ endsMs, total, bad }: Burndown) =>
      endsMs
        .map((at, step) => [at, total[step], bad[step]] as const)
        .filter(([at, count]) => at % (HOUR * 1_000) === 0 && count! > 0)
    expect(byTime(after)).toEqual(byTime(before))
    const third = JSON.parse(await load()) as { run: { total: number } }
    expect(third.run.total).toBe(0)
    expect(outputs[0]).toContain('"endedAtMs"')
  }, 60_000)
})

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
