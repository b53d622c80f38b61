/**
 * Accepted series on their way to a real Prometheus and a real VictoriaMetrics: what was acknowledged is there, sample by sample, also when
 * either side is killed. A Prometheus refuses a sample behind the last one of its series, so that it has all of them says that order was kept.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ForwardingBody } from '../../src/edges/http/api/forwarding.schema.ts'
import { otlp } from '../domain/metrics/writing.ts'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import { sendWrite, type SentSeries } from './harness/sender.ts'
import { eventually, startServer, tenantConfig, type TestServer } from './harness/server.ts'
import { startVictoriaMetrics } from './harness/victoria-metrics.ts'

const prometheusProgram = requireTool('prometheus')
const victoriaProgram = requireTool('victoria-metrics')

const SERIES = 20
const STEP_MS = 1_000
const RECEIVER = ['--web.enable-remote-write-receiver']
const QUIET = 'global: { scrape_interval: 1h }\n'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Writes the next sample of every series until it is told to stop; sends again what was not acknowledged, as a sender does. */
class Writer {
  server: TestServer
  readonly #key: string
  /** Well before now, so that many samples are not ahead of their time. */
  #atMs = Date.now() - 3_600_000
  #round = 0
  rounds: { atMs: number; value: number }[] = []

  constructor(server: TestServer, key: string) {
    this.server = server
    this.#key = key
  }

  async write(): Promise<void> {
    this.#atMs += STEP_MS
    this.#round += 1
    const series = Array.from({ length: SERIES }, (_, index): SentSeries => {
      const labels = { __name__: 'sent_total', n: String(index), tenant_id: 'acme' }
      return { labels, samples: [[this.#round * 100 + index, this.#atMs]] }
    })
    await eventually(
      'the write is acknowledged',
      () => sendWrite(this.server.url, this.#key, series),
      (status) => status === 204,
    )
    this.rounds.push({ atMs: this.#atMs, value: this.#round * 100 })
  }

  /** What a receiver must have, by number of the series. */
  expected(): Record<string, [number, number][]> {
    return Object.fromEntries(
      Array.from({ length: SERIES }, (_, index) => [
        String(index),
        this.rounds.map(({ atMs, value }): [number, number] => [atMs, value + index]),
      ]),
    )
  }
}

async function begin(engine: string, more = ''): Promise<Writer> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-engines-'))
  closing.push(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'engines.yaml')
  writeFileSync(file, `engines:\n  - name: there\n    ${engine}\n    ${more}\n`)
  const server = await startServer({ env: { TENANTRY_ENGINES_CONFIG: file } })
  const writer = { current: server }
  closing.push(async () => {
    await writer.current.stop()
    writer.current.remove()
  })
  await server.createTenant(tenantConfig('acme'))
  const test = new Writer(server, await server.createKey('collector'))
  restarts.set(test, async () => {
    await test.server.stop('SIGKILL')
    test.server = await startServer({
      dataDirectory: server.dataDirectory,
      env: { TENANTRY_ENGINES_CONFIG: file },
    })
    writer.current = test.server
  })
  return test
}

const restarts = new Map<Writer, () => Promise<void>>()
const killTenantry = (writer: Writer): Promise<void> => restarts.get(writer)!()

async function statusOf({ server }: Writer) {
  const { body } = await server.api<ForwardingBody>('/api/v1/engines/forwarding')
  return body.items[0]!
}

/** What the worker tells once all is settled. */
function settled(writer: Writer) {
  return eventually(
    'all is settled',
    () => statusOf(writer),
    ({ lagBytes, protocol }) => lagBytes === 0 && protocol !== null,
  )
}

async function inPrometheus(
  prometheus: TestPrometheus,
): Promise<Record<string, [number, number][]>> {
  const query = encodeURIComponent('sent_total{tenant_id="acme"}[3h]')
  const response = await fetch(`${prometheus.url}/api/v1/query?query=${query}`)
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] }
  }
  return Object.fromEntries(
    data.result.map(({ metric, values }) => [
      metric['n'] ?? '',
      values.map(([at, value]): [number, number] => [Math.round(at * 1_000), Number(value)]),
    ]),
  )
}

describe.skipIf(prometheusProgram === undefined)('a real Prometheus as receiver', () => {
  async function startReceiver(): Promise<TestPrometheus> {
    const options = { config: () => QUIET, arguments: RECEIVER }
    const prometheus = await startPrometheus(prometheusProgram ?? '', options)
    closing.push(() => prometheus.stop())
    return prometheus
  }

  it('has every acknowledged sample, though Tenantry is killed and it is killed itself', async () => {
    const prometheus = await startReceiver()
    const writer = await begin(
      'type: prometheus',
      `write: { url: ${prometheus.url}, flushAfter: 100ms }`,
    )
    for (let round = 0; round < 60; round += 1) {
      if (round === 15 || round === 30) await killTenantry(writer)
      if (round === 40) await prometheus.kill()
      if (round === 50) {
        await eventually(
          'it was found to be away',
          () => statusOf(writer),
          ({ totals }) => totals.retried > 0,
        )
        await prometheus.restart(QUIET, () => undefined)
      }
      await writer.write()
    }
    await eventually(
      'everything arrived',
      () => inPrometheus(prometheus),
      (got) => JSON.stringify(got) === JSON.stringify(writer.expected()),
    )
    const { totals, protocol } = await settled(writer)
    expect(protocol).toBe('2.0')
    expect(totals.outcomes['refused'] ?? 0).toBe(0)
    expect(totals.dropped).toEqual([])
  }, 180_000)

  it('that is away for longer than the cap lacks the oldest, which are counted', async () => {
    const prometheus = await startReceiver()
    const write = `write: { url: ${prometheus.url}, flushAfter: 100ms, maxLagBytes: 16KiB }`
    const writer = await begin('type: prometheus', write)
    await writer.write()
    await eventually(
      'it arrived',
      () => inPrometheus(prometheus),
      (got) => got['0']?.length === 1,
    )
    await prometheus.kill()
    for (let round = 0; round < 120; round += 1) await writer.write()
    const late = await eventually(
      'the oldest are dropped',
      () => statusOf(writer),
      ({ totals }) => (totals.dropped[0]?.samples ?? 0) > 0,
    )
    expect(late.totals.dropped[0]?.tenantId).toBe('acme')
    await prometheus.restart(QUIET, () => undefined)
    await writer.write()
    const expected = writer.expected()
    await eventually(
      'the newest arrived',
      () => inPrometheus(prometheus),
      (all) => all['0']?.at(-1)?.[1] === expected['0']?.at(-1)?.[1],
    )
    const { totals } = await settled(writer)
    const arrived = Object.values(await inPrometheus(prometheus)).flat().length
    const sent = Object.values(expected).flat().length
    expect(arrived + (totals.dropped[0]?.samples ?? 0)).toBe(sent)
    const metrics = await writer.server.text('/metrics')
    expect(metrics).toContain('tenantry_forward_samples_total{outcome="dropped",target="there"}')
  }, 180_000)
})

describe.skipIf(prometheusProgram === undefined)('OTLP that is forwarded', () => {
  it('is in Prometheus as if it had been sent there', async () => {
    const start = () =>
      startPrometheus(prometheusProgram ?? '', {
        config: () => QUIET,
        arguments: [...RECEIVER, '--web.enable-otlp-receiver'],
      })
    const [direct, behind] = [await start(), await start()]
    closing.push(
      () => direct.stop(),
      () => behind.stop(),
    )
    const writer = await begin(
      'type: prometheus',
      `write: { url: ${behind.url}, flushAfter: 100ms }`,
    )
    const key = await writer.server.createKey('collector')
    const startMs = Date.now() - 600_000
    for (let round = 1; round <= 3; round += 1) {
      const body = new Uint8Array(otlpRound(startMs, startMs + 60_000 * round, round))
      for (const [url, headers] of [
        [`${direct.url}/api/v1/otlp/v1/metrics`, {}],
        [`${writer.server.url}/v1/metrics`, { authorization: `Bearer ${key}` }],
      ] as const) {
        const type = { 'content-type': 'application/x-protobuf' }
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: { ...type, ...headers },
        })
        expect(response.status).toBe(200)
      }
    }
    const expected = await everything(direct)
    expect(expected).toHaveLength(13)
    await eventually(
      'the same is there',
      () => everything(behind),
      (got) => JSON.stringify(got) === JSON.stringify(expected),
    )
  }, 120_000)
})

/** Every kind of metric, of one resource. */
function otlpRound(startMs: number, atMs: number, round: number): Uint8Array {
  const at = { startMs, atMs }
  const resource = {
    'service.name': 'cart',
    'service.namespace': 'shop',
    'service.instance.id': 'cart-1',
    'tenant.id': 'acme',
    'deployment.environment.name': 'prod',
  }
  const attributes = { 'http.route': '/a/{b}', 'http.response.status_code': '200', _own: 'x' }
  return otlp(resource, [
    { name: 'http.requests', kind: 'sum', points: [{ ...at, attributes, value: 10 * round }] },
    { name: 'disk.io', unit: 'By', kind: 'sum', points: [{ ...at, value: 7 * round }] },
    {
      name: 'queue.size',
      unit: '{item}',
      kind: 'sum',
      monotonic: false,
      points: [{ ...at, value: 3 }],
    },
    { name: 'cpu.utilization', unit: '1', kind: 'gauge', points: [{ ...at, value: 0.25 * round }] },
    { name: 'speed', unit: 'm/s', kind: 'gauge', points: [{ ...at, value: round }] },
    {
      name: 'http.duration',
      unit: 's',
      kind: 'histogram',
      points: [
        {
          ...at,
          attributes,
          count: 6 * round,
          sum: 1.5 * round,
          buckets: [1, 2, 3, 0].map((count) => count * round),
          bounds: [0.005, 0.1, 2.5],
        },
      ],
    },
    {
      name: 'rpc.duration',
      unit: 'ms',
      kind: 'exponential-histogram',
      points: [
        { ...at, attributes, scale: 2, buckets: [0, 2, 0, 1].map((count) => count * round) },
      ],
    },
  ])
}

/** Every sample of every series, without the label that forwarding adds. */
async function everything(prometheus: TestPrometheus): Promise<string[]> {
  const query = encodeURIComponent('{__name__=~".+"}[1h]')
  const response = await fetch(`${prometheus.url}/api/v1/query?query=${query}`)
  const { data } = (await response.json()) as {
    data: {
      result: { metric: Record<string, string>; values?: unknown; histograms?: unknown }[]
    }
  }
  return data.result
    .map(({ metric, values, histograms }) => {
      const { tenant_id: added, ...labels } = metric
      const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
      // As an attribute of the resource it is told by target_info, in both
      const kept = metric['__name__'] === 'target_info' ? [...sorted, added ?? ''] : sorted
      return JSON.stringify([kept, values, histograms])
    })
    .toSorted()
}

describe.skipIf(victoriaProgram === undefined)('a real VictoriaMetrics as receiver', () => {
  it('has every acknowledged sample, though Tenantry is killed and it is away', async () => {
    const victoria = await startVictoriaMetrics(victoriaProgram ?? '')
    closing.push(() => victoria.stop())
    const writer = await begin(
      'type: victoriametrics',
      `write: { url: ${victoria.url}, flushAfter: 100ms }`,
    )
    for (let round = 0; round < 60; round += 1) {
      if (round === 15 || round === 30) await killTenantry(writer)
      await writer.write()
    }
    const expected = () =>
      new Map(
        Object.entries(writer.expected()).map(([n, samples]) => [
          JSON.stringify({ n, tenant_id: 'acme' }),
          samples,
        ]),
      )
    const same = (got: Map<string, [number, number][]>): boolean =>
      [...expected()].every(
        ([key, samples]) => JSON.stringify(got.get(key)) === JSON.stringify(samples),
      )
    const all = () => victoria.samples('sent_total')
    await eventually('everything arrived', all, same)
    // What it had acknowledged and not written when it died is not told again: only what comes after
    await victoria.kill()
    for (let round = 0; round < 20; round += 1) await writer.write()
    await victoria.restart()
    await eventually('what came meanwhile arrived', all, (got) => {
      const last = writer.rounds.slice(-20).map(({ atMs }) => atMs)
      const times = got.get(JSON.stringify({ n: '0', tenant_id: 'acme' }))?.map(([atMs]) => atMs)
      return last.every((atMs) => times?.includes(atMs))
    })
    const { totals, protocol } = await settled(writer)
    expect(protocol).toBe('1.0')
    expect(totals.outcomes['refused'] ?? 0).toBe(0)
    expect(totals.dropped).toEqual([])
  }, 180_000)
})
