import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openScrape, type Scrape } from '../../../../src/edges/ingest/scrape/scrape.ts'
import type { ScrapeJob } from '../../../../src/edges/ingest/scrape/scrape-config.ts'
import { readGroups } from '../../../../src/edges/ingest/scrape/discovery.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import {
  openPageFetcher,
  type PageFetcher,
} from '../../../../src/machinery/runtime/page-fetcher.ts'
import { SILENT } from '../harness.ts'
import {
  jobFrom,
  NOTHING_REFUSED,
  page,
  readMessage,
  startExporter,
  type Exporter,
} from './harness.ts'

let exporter: Exporter
let directory: string
let scrape: Scrape | undefined
let lines: string[]
let counters: ReturnType<typeof memoryCounters>

beforeEach(async () => {
  exporter = await startExporter()
  exporter.answer = page('a 1\n')
  directory = mkdtempSync(join(tmpdir(), 'tenantry-scrape-'))
  lines = []
})

afterEach(async () => {
  await scrape?.stop()
  await exporter.stop()
  rmSync(directory, { recursive: true })
})

const job = (yaml: string): ScrapeJob => jobFrom(yaml, join(directory, 'scrape.yaml'))

async function start(...jobs: string[]): Promise<Scrape> {
  const clock = systemClock()
  counters = memoryCounters()
  scrape = openScrape({
    clock,
    counters,
    log: SILENT,
    fetcher: patient(openPageFetcher({ clock })),
    write(message) {
      lines.push(...readMessage(message).map(({ line }) => line))
      return NOTHING_REFUSED
    },
    version: 'test',
  })
  await scrape.follow(jobs.map(job))
  return scrape
}

/** A slow machine is no slow target: nothing here is about timeouts. */
function patient(fetcher: PageFetcher): PageFetcher {
  return { ...fetcher, fetch: (request) => fetcher.fetch({ ...request, timeoutMs: PATIENCE_MS }) }
}

async function until(satisfied: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !satisfied(); turn += 1) {
    await new Promise((done) => setTimeout(done, 10))
  }
  expect(satisfied()).toBe(true)
}

const count = (start: string): number => lines.filter((line) => line.startsWith(start)).length
const PATIENCE_MS = 5_000
const FAST = 'scrape_interval: 40ms, scrape_timeout: 40ms'

describe('scraping', () => {
  it('goes round, and stops', async () => {
    const own = await start(
      `{ job_name: app, ${FAST}, static_configs: [{ targets: ['${exporter.address}'] }] }`,
    )
    await until(() => count('a{') >= 3)
    expect(own.targets()).toMatchObject([{ job: 'app', health: 'up' }])
    expect(counters.read('tenantry_scrape_targets', { health: 'up' })).toBe(1)
    await own.stop()
    const stopped = lines.length
    await new Promise((done) => setTimeout(done, 100))
    expect(lines).toHaveLength(stopped)
  })

  it('follows files as they change, and ends what is gone', async () => {
    const file = join(directory, 'one.json')
    writeFileSync(file, JSON.stringify([{ targets: [exporter.address], labels: { zone: 'a' } }]))
    const own = await start(
      `{ job_name: app, ${FAST}, file_sd_configs: [{ files: ['*.json'], refresh_interval: 20ms }] }`,
    )
    await until(() => count('a{') >= 1)
    expect(own.targets()[0]?.labels).toMatchObject({ zone: 'a' })
    writeFileSync(file, '[{ "targets": ')
    await until(
      () => counters.read('tenantry_scrape_discovery_failures_total', { kind: 'file' }) > 0,
    )
    expect(own.targets()).toHaveLength(1)
    writeFileSync(file, '[]')
    await until(() => own.targets().length === 0)
    await until(() => lines.some((line) => line.startsWith('up{') && line.endsWith('stale')))
    expect(lines).toContain(`a{instance=${exporter.address},job=app,zone=a} stale`)
  })

  it('follows a server that lists targets', async () => {
    let listed = [{ targets: [exporter.address] }]
    exporter.answer = (request, response) =>
      request.url === '/sd'
        ? page(JSON.stringify(listed), 'application/json')(request, response)
        : page('a 1\n')(request, response)
    const own = await start(
      `{ job_name: app, ${FAST}, http_sd_configs: [{ url: 'http://${exporter.address}/sd', refresh_interval: 20ms }] }`,
    )
    await until(() => count('a{') >= 1)
    listed = []
    await until(() => own.targets().length === 0)
    expect(lines.at(-1)).toMatch(/^scrape_series_added\{.* stale$/)
  })

  it('leaves a job alone that has more targets than its limit', async () => {
    const own = await start(
      `{ job_name: app, ${FAST}, target_limit: 1, static_configs: [{ targets: ['${exporter.address}', 'b:1'] }] }`,
    )
    expect(own.targets()).toEqual([])
    expect(own.problems()).toEqual(['job app: 2 targets, target_limit is 1: none is scraped'])
  })

  it('tells which addresses and lists are of no use', async () => {
    const own = await start(
      `{ job_name: app, static_configs: [{ targets: ['a/b'] }], file_sd_configs: [{ files: [none.json] }] }`,
    )
    await until(() => own.problems().length === 2)
    expect(own.problems()[0]).toBe('job app: "a/b" is no address')
    expect(own.problems()[1]).toMatch(/ENOENT.*none\.json/)
  })
})

describe('jobs that are replaced while they run', () => {
  const target = (): string => `static_configs: [{ targets: ['${exporter.address}'] }]`
  const app = (rest = ''): string => `{ job_name: app, ${FAST}, ${target()}${rest} }`

  it('do not notice when they stay as they are', async () => {
    const own = await start(app())
    await until(() => count('a{') >= 1)
    await own.follow([job(app())])
    await until(() => count('a{') >= 3)
    expect(lines.filter((line) => line.endsWith('stale'))).toEqual([])
    expect(counters.read('tenantry_scrape_targets')).toBe(1)
  })

  it('go over without an end of their series, and remember those that vanish', async () => {
    exporter.answer = page('a 1\ngone 2\n')
    const own = await start(app())
    await until(() => count('a{') >= 1)
    const drop =
      ', metric_relabel_configs: [{ action: drop, source_labels: [__name__], regex: gone }]'
    await own.follow([job(app(drop))])
    await until(() => lines.some((line) => line.endsWith('stale')))
    const before = count('a{')
    await until(() => count('a{') > before)
    expect(lines.filter((line) => line.endsWith('stale'))).toEqual([
      `gone{instance=${exporter.address},job=app} stale`,
    ])
    expect(own.targets()).toMatchObject([{ health: 'up', samplesScraped: 2, samplesKept: 1 }])
  })

  it('go over when only the address to ask changes', async () => {
    const own = await start(app())
    await until(() => count('a{') >= 1)
    await own.follow([job(app(', metrics_path: /other'))])
    await until(() => own.targets()[0]?.url.endsWith('/other') === true)
    const before = count('a{')
    await until(() => count('a{') > before)
    expect(lines.filter((line) => line.endsWith('stale'))).toEqual([])
  })

  it('end with all their series when they are gone', async () => {
    const own = await start(app(), `{ job_name: other, ${FAST}, ${target()} }`)
    await until(() => lines.some((line) => line.includes('job=other')))
    await own.follow([job(app())])
    expect(own.targets().map((each) => each.job)).toEqual(['app'])
    const ended = lines.filter((line) => line.endsWith('stale'))
    expect(ended).toContain(`a{instance=${exporter.address},job=other} stale`)
    expect(ended).toContain(`up{instance=${exporter.address},job=other} stale`)
  })

  it('keep the targets of a list that is read anew', async () => {
    const file = join(directory, 'one.json')
    writeFileSync(file, JSON.stringify([{ targets: [exporter.address] }]))
    const listed = `job_name: app, ${FAST}, file_sd_configs: [{ files: ['*.json'] }]`
    const own = await start(`{ ${listed} }`)
    await until(() => count('a{') >= 1)
    const following = own.follow([job(`{ ${listed}, sample_limit: 5 }`)])
    expect(own.targets()).toHaveLength(1)
    await following
    expect(own.targets()).toHaveLength(1)
    const before = count('a{')
    await until(() => count('a{') > before)
    expect(lines.filter((line) => line.endsWith('stale'))).toEqual([])
  })
})

describe('a list of targets', () => {
  it('names what is wrong with it', () => {
    expect(readGroups('x.json', '[{"targets":["a:1"],"labels":{"b":"c"}}]', JSON.parse)).toEqual([
      { targets: ['a:1'], labels: { b: 'c' } },
    ])
    expect(() => readGroups('x.json', '[{"target":[]}]', JSON.parse)).toThrow(
      'x.json: 0.target: there is no such field',
    )
    expect(() => readGroups('x.json', '{}', JSON.parse)).toThrow('x.json: : expected a list')
  })
})
