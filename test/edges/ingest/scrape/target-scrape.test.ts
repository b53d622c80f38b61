import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TenantryError } from '../../../../src/core/errors.ts'
import type { Clock } from '../../../../src/core/ports.ts'
import {
  openTargetScrape,
  type TargetScrape,
} from '../../../../src/edges/ingest/scrape/target-scrape.ts'
import { targetsOf } from '../../../../src/edges/ingest/scrape/target.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../../src/machinery/runtime/memory-counters.ts'
import {
  openPageFetcher,
  type PageFetcher,
} from '../../../../src/machinery/runtime/page-fetcher.ts'
import { WriteRequestBuilder } from '../../../../src/machinery/wire/write-request.ts'
import { STORAGE_ERRORS } from '../../../../src/machinery/storage/errors.ts'
import { TEST_CERTIFICATE } from '../../../fixtures/test-certificate.ts'
import {
  jobFrom,
  NOTHING_REFUSED,
  page,
  readMessage,
  startExporter,
  type Exporter,
} from './harness.ts'

const T0 = 1_800_000_000_000
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0'
const REPORT = /^(up|scrape_\w+)\{/

let exporter: Exporter
let fetcher: PageFetcher
let counters: MemoryCounters
let nowMs: number
let written: ReturnType<typeof readMessage>[]
let logFails: boolean
let clock: Clock

beforeEach(async () => {
  exporter = await startExporter()
  nowMs = T0
  written = []
  logFails = false
  counters = memoryCounters()
  clock = { ...systemClock(), nowMs: () => nowMs }
  fetcher = openPageFetcher({ clock })
})

afterEach(async () => {
  fetcher.close()
  await exporter.stop()
})

function open(yaml = '{ job_name: app }', address = exporter.address): TargetScrape {
  const { targets } = targetsOf(jobFrom(yaml), [{ targets: [address], labels: {} }])
  return openTargetScrape(targets[0]!, {
    fetcher,
    clock,
    counters,
    builder: new WriteRequestBuilder(),
    userAgent: 'Tenantry/test',
    write(message) {
      if (logFails) throw new TenantryError(STORAGE_ERRORS.logWrite, 'appending to the log: full')
      written.push(readMessage(message))
      return NOTHING_REFUSED
    },
  })
}

/** Scrapes and tells what was written: the target's series and those about the scrape, without their labels. */
async function scrape(
  target: TargetScrape,
): Promise<{ lines: string[]; reports: Record<string, string> }> {
  nowMs += 15_000
  await target.scrape(new AbortController().signal)
  const rows = written.at(-1) ?? []
  const suffix = `instance=${exporter.address},job=app`
  const lines = rows.map(({ line }) => line.replace(suffix, '*'))
  return {
    lines: lines.filter((line) => !REPORT.test(line)),
    reports: Object.fromEntries(
      lines
        .filter((line) => REPORT.test(line))
        .map((line) => line.replace(/\{.*\}/, '').split(' ') as [string, string]),
    ),
  }
}

describe('a scrape', () => {
  it('writes samples with the labels of their target, and tells of itself', async () => {
    exporter.answer = page('a{x="1",job="own"} 1\nb 2 1799999999000\n')
    const target = open()
    const { lines, reports } = await scrape(target)
    expect(lines).toEqual([`a{exported_job=own,*,x=1} 1`, 'b{*} 2'])
    expect(written[0]?.map(({ timestampMs }) => timestampMs - T0).slice(0, 2)).toEqual([
      15_000, -1_000,
    ])
    expect(reports).toMatchObject({
      up: '1',
      scrape_samples_scraped: '2',
      scrape_samples_post_metric_relabeling: '2',
      scrape_series_added: '2',
    })
    expect(Number(reports['scrape_duration_seconds'])).toBeGreaterThan(0)
    expect((await scrape(target)).reports['scrape_series_added']).toBe('0')
    expect(target.status()).toMatchObject({ health: 'up', samplesScraped: 2, lastError: null })
    expect(counters.read('tenantry_scrapes_total', { outcome: 'ok' })).toBe(2)
  })

  it('asks as Prometheus 3 does', async () => {
    let asked: unknown
    exporter.answer = (request, response) => {
      asked = { url: request.url, ...request.headers }
      page('')(request, response)
    }
    await scrape(
      open(
        '{ job_name: app, scrape_timeout: 1500ms, params: { module: [a, b] }, basic_auth: { username: u, password: p } }',
      ),
    )
    expect(asked).toMatchObject({
      url: '/metrics?module=a&module=b',
      accept:
        'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
        'application/openmetrics-text;version=0.0.1;q=0.5,' +
        'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'accept-encoding': 'gzip',
      'x-prometheus-scrape-timeout-seconds': '1.5',
      authorization: 'Basic dTpw',
      'user-agent': 'Tenantry/test',
    })
  })

  it('marks series that vanish, once, and does not mark those with a time of their own', async () => {
    const target = open()
    exporter.answer = page('a 1\nb 1\nc 1 1799999999000\n')
    await scrape(target)
    exporter.answer = page('b 2\n')
    expect((await scrape(target)).lines).toEqual(['b{*} 2', 'a{*} stale'])
    expect((await scrape(target)).lines).toEqual(['b{*} 2'])
    exporter.answer = page('b 3\na 3\n')
    expect((await scrape(target)).reports['scrape_series_added']).toBe('1')
  })

  it('does not mark a series that another line stands for', async () => {
    const target = open()
    exporter.answer = page('a{x="1",y="2"} 1\n')
    await scrape(target)
    exporter.answer = page('a{y="2",x="1"} 2\n')
    expect((await scrape(target)).lines).toEqual(['a{*,x=1,y=2} 2'])
  })

  it.each([
    [
      'status',
      'the target answered with status 503',
      (_q: unknown, r: { writeHead(code: number): { end(): void } }) => r.writeHead(503).end(),
    ],
    ['malformed', 'line 2, column 3: expected a number, not "x"', page('a 1\nb x\n')],
    ['media-type', 'the content type, "text/html", names no format', page('a 1\n', 'text/html')],
    [
      'malformed',
      'line 1, column 4: expected the end',
      page('a 1', 'application/openmetrics-text'),
    ],
    ['timeout', 'no whole answer within 100 ms', () => undefined],
    ['unreachable', 'socket hang up', (_q: unknown, r: { destroy(): void }) => r.destroy()],
  ] as const)('that fails (%s) marks everything and says why', async (kind, message, answer) => {
    const target = open('{ job_name: app, scrape_timeout: 100ms }')
    exporter.answer = page('a 1\n')
    await scrape(target)
    exporter.answer = answer as Exporter['answer']
    const { lines, reports } = await scrape(target)
    expect(lines).toEqual(['a{*} stale'])
    expect(reports).toMatchObject({ up: '0', scrape_series_added: '0' })
    expect(target.status().health).toBe('down')
    expect(target.status().lastError).toContain(message)
    expect(counters.read('tenantry_scrapes_total', { outcome: kind })).toBe(1)
    expect((await scrape(target)).lines).toEqual([])
    exporter.answer = page('a 5\n')
    const again = await scrape(target)
    expect(again.lines).toEqual(['a{*} 5'])
    expect(again.reports).toMatchObject({ up: '1', scrape_series_added: '1' })
  })

  it.each([
    ['sample_limit: 2', '3 samples, sample_limit is 2'],
    ['label_limit: 4', 'series "c" is over label_limit 4'],
    ['label_name_length_limit: 9', 'series "c" is over label_name_length_limit 9'],
    ['label_value_length_limit: 30', 'series "c" is over label_value_length_limit 30'],
    ['body_size_limit: 10B', 'the answer has more than 10 bytes'],
  ])('is held to %s, each time', async (limit, message) => {
    const target = open(`{ job_name: app, ${limit} }`)
    exporter.answer = page(`a 1\nb 1\nc{longername="${'x'.repeat(31)}",x="y"} 1\n`)
    await scrape(target)
    expect((await scrape(target)).lines).toEqual([])
    expect(target.status().lastError).toContain(message)
  })

  it('refuses a small body that unfolds to a large one', async () => {
    exporter.answer = (_request, response) => {
      response.setHeader('content-type', 'text/plain')
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(Buffer.alloc(10_000_000, '\n')))
    }
    const target = open('{ job_name: app, body_size_limit: 1MB }')
    await scrape(target)
    expect(target.status().lastError).toContain('more than 1048576 bytes')
    exporter.answer = (_request, response) => {
      response.setHeader('content-type', 'text/plain')
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync('a 1\n'))
    }
    expect((await scrape(target)).lines).toEqual(['a{*} 1'])
  })

  it('relabels samples and counts what is left', async () => {
    exporter.answer = page('a{pod="p1"} 1\ngo_x 1\n')
    const target = open(
      '{ job_name: app, metric_relabel_configs: [{ action: drop, source_labels: [__name__], regex: "go_.*" }, { source_labels: [pod], target_label: tenant_id }, { action: labeldrop, regex: pod }] }',
    )
    const { lines, reports } = await scrape(target)
    expect(lines).toEqual(['a{*,tenant_id=p1} 1'])
    expect(reports).toMatchObject({
      scrape_samples_scraped: '2',
      scrape_samples_post_metric_relabeling: '1',
    })
  })

  it('takes a page whose format changes', async () => {
    const target = open()
    exporter.answer = page('a_total{x="1"} 1\n')
    await scrape(target)
    const openMetrics = '# TYPE a counter\na_total{x="1"} 2\n# EOF\n'
    exporter.answer = page(openMetrics, OPEN_METRICS)
    const { lines, reports } = await scrape(target)
    expect(lines).toEqual(['a_total{*,x=1} 2'])
    expect(reports['scrape_series_added']).toBe('0')
  })

  it('writes since when a metric counts, and counts exemplars', async () => {
    const since = T0 / 1_000 - 60
    exporter.answer = page(
      `# TYPE a counter
a_total{x="1"} 2 # {trace_id="4bf9"} 1
a_created{x="1"} ${since}
a_total{x="2"} 3
# TYPE h histogram
h_bucket{le="+Inf"} 4
h_count 4
h_sum 1
h_created ${since + 0.5}
# TYPE late counter
late_total 5
late_created ${since + 1e6}
# EOF
`,
      OPEN_METRICS,
    )
    const { lines, reports } = await scrape(open())
    expect(lines).toEqual([
      `a_total{*,x=1} 2 since ${T0 - 60_000}`,
      'a_total{*,x=2} 3',
      `h_bucket{*,le=+Inf} 4 since ${T0 - 59_500}`,
      `h_count{*} 4 since ${T0 - 59_500}`,
      `h_sum{*} 1 since ${T0 - 59_500}`,
      'late_total{*} 5',
    ])
    expect(reports['scrape_samples_scraped']).toBe('6')
    expect(counters.read('tenantry_scrape_starts_ignored_total')).toBe(1)
    expect(counters.read('tenantry_ingest_unkept_total', { what: 'exemplar' })).toBe(1)
  })

  it('forgets lines that come and go', async () => {
    const target = open()
    for (let round = 0; round < 4; round += 1) {
      const lines = Array.from({ length: 600 }, (_, index) => `a{i="${round}-${index}"} 1\n`)
      exporter.answer = page(`stays ${round}\n${lines.join('')}`)
      const written = await scrape(target)
      expect(written.lines.filter((line) => line.endsWith('stale'))).toHaveLength(
        round === 0 ? 0 : 600,
      )
      expect(written.reports['scrape_series_added']).toBe(round === 0 ? '601' : '600')
    }
  })

  it('reads secrets and certificates at each request', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tenantry-scrape-'))
    await exporter.stop()
    exporter = await startExporter(true)
    exporter.answer = (request, response) =>
      request.headers.authorization === 'Bearer second'
        ? page('a 1\n')(request, response)
        : response.writeHead(401).end()
    const token = join(directory, 'token')
    const target = open(
      `{ job_name: app, scheme: https, authorization: { credentials_file: ${token} }, tls_config: { ca_file: ${join(directory, 'ca.pem')} } }`,
    )
    await scrape(target)
    expect(target.status().lastError).toBe(`cannot read ${token}`)
    writeFileSync(token, 'first\n')
    writeFileSync(join(directory, 'ca.pem'), TEST_CERTIFICATE)
    await scrape(target)
    expect(target.status().lastError).toContain('status 401')
    writeFileSync(token, 'second\n')
    expect((await scrape(target)).lines).toEqual(['a{*} 1'])
    rmSync(directory, { recursive: true })
  })

  it('trusts no certificate that nobody vouches for, unless told to', async () => {
    await exporter.stop()
    exporter = await startExporter(true)
    exporter.answer = page('a 1\n')
    const strict = open('{ job_name: app, scheme: https }')
    await scrape(strict)
    expect(strict.status().lastError).toContain('self-signed certificate')
    const loose = open(
      '{ job_name: app, scheme: https, tls_config: { insecure_skip_verify: true } }',
    )
    expect((await scrape(loose)).lines).toEqual(['a{*} 1'])
  })

  it('takes a secret to no other host', async () => {
    const other = await startExporter()
    let shown: string | undefined = 'nothing yet'
    other.answer = (request, response) => {
      shown = request.headers.authorization
      page('a 1\n')(request, response)
    }
    exporter.answer = (_request, response) =>
      response.writeHead(302, { location: `http://${other.address}/metrics` }).end()
    expect((await scrape(open('{ job_name: app, bearer_token: secret }'))).lines).toEqual([
      'a{*} 1',
    ])
    expect(shown).toBeUndefined()
    const still = open('{ job_name: app, follow_redirects: false }')
    await scrape(still)
    expect(still.status().lastError).toContain('status 302')
    await other.stop()
  })

  it('says so when the log takes nothing, and goes on', async () => {
    exporter.answer = page('a 1\n')
    const target = open()
    logFails = true
    await scrape(target)
    expect(target.status()).toMatchObject({
      health: 'down',
      lastError: 'appending to the log: full',
    })
    logFails = false
    expect((await scrape(target)).lines).toEqual(['a{*} 1'])
  })

  it('ends all its series with its target', async () => {
    exporter.answer = page('a 1\n')
    const target = open()
    await scrape(target)
    target.end()
    const rows = (written.at(-1) ?? []).map(({ line }) => line.replace(/\{.*\}/, ''))
    expect(rows).toEqual([
      'a stale',
      'up stale',
      'scrape_duration_seconds stale',
      'scrape_samples_scraped stale',
      'scrape_samples_post_metric_relabeling stale',
      'scrape_series_added stale',
    ])
  })
})
