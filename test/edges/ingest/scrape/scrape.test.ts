import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openScrape, type Scrape } from '../../../../src/edges/ingest/scrape/scrape.ts'
import { readGroups } from '../../../../src/edges/ingest/scrape/discovery.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { openPageFetcher } from '../../../../src/machinery/runtime/page-fetcher.ts'
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

function start(yaml: string): Scrape {
  const clock = systemClock()
  counters = memoryCounters()
  scrape = openScrape({
    jobs: [jobFrom(yaml, join(directory, 'scrape.yaml'))],
    clock,
    counters,
    log: SILENT,
    fetcher: openPageFetcher({ clock }),
    write(message) {
      lines.push(...readMessage(message).map(({ line }) => line))
      return NOTHING_REFUSED
    },
    version: 'test',
  })
  scrape.start()
  return scrape
}

async function until(satisfied: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !satisfied(); turn += 1) {
    await new Promise((done) => setTimeout(done, 10))
  }
  expect(satisfied()).toBe(true)
}

const count = (start: string): number => lines.filter((line) => line.startsWith(start)).length
const FAST = 'scrape_interval: 40ms, scrape_timeout: 40ms'

describe('scraping', () => {
  it('goes round, and stops', async () => {
    const own = start(
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
    const own = start(
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
    const own = start(
      `{ job_name: app, ${FAST}, http_sd_configs: [{ url: 'http://${exporter.address}/sd', refresh_interval: 20ms }] }`,
    )
    await until(() => count('a{') >= 1)
    listed = []
    await until(() => own.targets().length === 0)
    expect(lines.at(-1)).toMatch(/^scrape_series_added\{.* stale$/)
  })

  it('leaves a job alone that has more targets than its limit', async () => {
    const own = start(
      `{ job_name: app, ${FAST}, target_limit: 1, static_configs: [{ targets: ['${exporter.address}', 'b:1'] }] }`,
    )
    expect(own.targets()).toEqual([])
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
