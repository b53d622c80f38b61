/**
 * Our scrape beside a real Prometheus on the same target: after each change of the page both have
 * the same series with the same values, the same `up` and companions, and end the same ones.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTargetScrape, type TargetScrape } from '../../src/edges/ingest/scrape/target-scrape.ts'
import { targetsOf } from '../../src/edges/ingest/scrape/target.ts'
import { systemClock } from '../../src/machinery/runtime/clock.ts'
import { memoryCounters } from '../../src/machinery/runtime/memory-counters.ts'
import { openPageFetcher } from '../../src/machinery/runtime/page-fetcher.ts'
import { WriteRequestBuilder } from '../../src/machinery/wire/write-request.ts'
import { jobFrom, NOTHING_REFUSED, readMessage } from '../edges/ingest/scrape/harness.ts'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import { eventually } from './harness/server.ts'

/** One job for both, in JSON, which is YAML. */
const JOB = {
  job_name: 'app',
  scrape_interval: '1s',
  sample_limit: 8,
  label_limit: 8,
  metric_relabel_configs: [
    { action: 'drop', source_labels: ['__name__'], regex: 'dropped_.*' },
    { source_labels: ['pod'], regex: '(.*)-[0-9]+', target_label: 'workload' },
  ],
}
const LABELS = { region: 'eu', instance: 'the-app' }
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0'
const TEXT = 'text/plain; version=0.0.4'

interface Served {
  readonly status: number
  readonly type: string
  readonly body: string
}

const program = requireTool('prometheus')

describe.skipIf(program === undefined)('a scrape beside a real Prometheus', () => {
  let exporter: Server
  let prometheus: TestPrometheus
  let ours: TargetScrape
  let directory: string
  let listFile: string
  let messages: Uint8Array[]
  let served: Served

  beforeAll(async () => {
    exporter = createServer((_request, response) => {
      response.writeHead(served.status, { 'content-type': served.type })
      response.end(served.body)
    })
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    const address = `127.0.0.1:${String((exporter.address() as AddressInfo).port)}`
    directory = mkdtempSync(join(tmpdir(), 'tenantry-peer-'))
    listFile = join(directory, 'targets.json')
    const groups = [{ targets: [address], labels: LABELS }]
    writeFileSync(listFile, JSON.stringify(groups))
    served = { status: 200, type: TEXT, body: '' }
    const clock = systemClock()
    messages = []
    const { targets } = targetsOf(jobFrom(JSON.stringify(JOB)), groups)
    ours = openTargetScrape(targets[0]!, {
      fetcher: openPageFetcher({ clock }),
      clock,
      counters: memoryCounters(),
      builder: new WriteRequestBuilder(),
      userAgent: 'Tenantry/test',
      write(message) {
        messages.push(Buffer.from(message))
        return NOTHING_REFUSED
      },
    })
    prometheus = await startPrometheus(program ?? '', {
      config: () =>
        JSON.stringify({
          scrape_configs: [
            { ...JOB, file_sd_configs: [{ files: [listFile], refresh_interval: '1s' }] },
          ],
        }),
    })
  }, 120_000)

  afterAll(async () => {
    await prometheus.stop()
    exporter.close()
    exporter.closeAllConnections()
    rmSync(directory, { recursive: true, force: true })
  })

  /** What Prometheus has of the target now, by series; a duration is no figure to compare. */
  const theirs = async (): Promise<Record<string, number>> => {
    const asked = encodeURIComponent('{job="app"}')
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${asked}`)
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] }
    }
    const rows = data.result.map(({ metric, value }) => [seriesOf(metric), Number(value[1])])
    return withoutDuration(Object.fromEntries(rows) as Record<string, number>)
  }

  /** What is left when our messages are read as Prometheus would. */
  const ourSeries = (): Record<string, number> => {
    const present = new Map<string, number>()
    for (const { line } of messages.flatMap((message) => readMessage(message))) {
      const [, name = '', labels = '', value = ''] = /^([^{]+)\{(.*)\} (\S+)$/.exec(line) ?? []
      const pairs = labels.split(',').map((pair) => pair.split('=') as [string, string])
      const series = seriesOf({ __name__: name, ...Object.fromEntries(pairs) })
      if (value === 'stale') present.delete(series)
      else present.set(series, Number(value))
    }
    return withoutDuration(Object.fromEntries(present))
  }

  /** Serves a page to both and waits until Prometheus has it. */
  const both = async (next: Partial<Served>): Promise<Record<string, number>> => {
    served = { status: 200, type: TEXT, ...next } as Served
    await ours.scrape(new AbortController().signal)
    const expected = settled(ourSeries())
    await eventually(
      'Prometheus has the same',
      theirs,
      (has) => equal(settled(has), expected),
      8_000,
    )
    return ourSeries()
  }

  it('has the same values, labels and companions', async () => {
    const series = await both({
      body: [
        '# TYPE requests_total counter',
        'requests_total{code="200",job="own",pod="web-1"} 17',
        'requests_total{code="500",pod="web-2"} 2.5',
        '# TYPE took_seconds histogram',
        'took_seconds_bucket{le="1"} 3',
        'took_seconds_bucket{le="+Inf"} 4',
        'took_seconds_sum 1.5e1',
        'took_seconds_count 4',
        'dropped_one 1',
        'empty_label{a=""} -Inf',
        '',
      ].join('\n'),
    })
    expect(series).toMatchObject({
      'requests_total code=200,exported_job=own,instance=the-app,job=app,pod=web-1,region=eu,workload=web': 17,
      'took_seconds_bucket instance=the-app,job=app,le=1.0,region=eu': 3,
      'up instance=the-app,job=app,region=eu': 1,
      'scrape_samples_scraped instance=the-app,job=app,region=eu': 8,
      'scrape_samples_post_metric_relabeling instance=the-app,job=app,region=eu': 7,
    })
  }, 30_000)

  it('has the same of OpenMetrics, and ends the same series', async () => {
    const series = await both({
      type: OPEN_METRICS,
      body: [
        '# TYPE requests counter',
        'requests_total{code="200",pod="web-2"} 20 # {trace_id="a"} 1',
        '# TYPE mode stateset',
        'mode{mode="on"} 1',
        '# EOF',
        '',
      ].join('\n'),
    })
    expect(Object.keys(series).filter((each) => !/^(?:up|scrape_)/.test(each))).toHaveLength(2)
  }, 30_000)

  it.each<[string, Partial<Served>]>([
    ['answers with an error', { status: 503, body: 'requests_total 1\n' }],
    ['sends what is no number', { body: 'good 1\nrequests_total one\n' }],
    ['sends what is no page of metrics', { type: 'text/html', body: '<html>' }],
    [
      'has more samples than its limit',
      { body: Array.from('abcdefghi', (name) => `${name} 1\n`).join('') },
    ],
    [
      'has more labels than its limit',
      { body: 'ok 1\na{b="1",c="2",d="3",e="4",f="5"} 1\nlater 1\n' },
    ],
  ])(
    'ends everything of a target that %s',
    async (_, next) => {
      await both({ body: 'requests_total 1\nother 2\n' })
      const series = await both(next)
      expect(Object.keys(series).filter((each) => !/^(?:up|scrape_)/.test(each))).toEqual([])
      expect(series['up instance=the-app,job=app,region=eu']).toBe(0)
    },
    60_000,
  )

  it('ends everything when the target is no target any more', async () => {
    await both({ body: 'requests_total 1\n' })
    writeFileSync(listFile, '[]')
    ours.end()
    expect(ourSeries()).toEqual({})
    await eventually('Prometheus has nothing', theirs, (has) => equal(has, {}), 30_000)
  }, 60_000)
})

function seriesOf(labels: Readonly<Record<string, string>>): string {
  const { __name__: name, ...others } = labels
  const text = Object.entries(others)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map((pair) => pair.join('='))
  return `${name ?? ''} ${text.join(',')}`
}

function withoutDuration(series: Record<string, number>): Record<string, number> {
  const rows = Object.entries(series).filter(([name]) => !name.startsWith('scrape_duration'))
  return Object.fromEntries(rows)
}

/** How many series are new is told once: Prometheus scrapes the same page again and again. */
function settled(series: Record<string, number>): Record<string, number> {
  const rows = Object.entries(series).filter(([name]) => !name.startsWith('scrape_series_added'))
  return Object.fromEntries(rows)
}

function equal(left: Record<string, number>, right: Record<string, number>): boolean {
  const text = (series: Record<string, number>): string =>
    JSON.stringify(Object.entries(series).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return text(left) === text(right)
}
