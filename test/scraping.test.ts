import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../src/core/ports.ts'
import { systemClock } from '../src/machinery/runtime/clock.ts'
import { memoryCounters, type MemoryCounters } from '../src/machinery/runtime/memory-counters.ts'
import { openScraping, scrapeFileToCome, targetListsOf, type Scraping } from '../src/scraping.ts'
import {
  NOTHING_REFUSED,
  page,
  startExporter,
  type Exporter,
} from './edges/ingest/scrape/harness.ts'
import { memoryLog } from './machinery/support/memory-log.ts'

let directory: string
let file: string
let exporter: Exporter
let counters: MemoryCounters
let log: ReturnType<typeof memoryLog>
let scraping: Scraping | undefined

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-scraping-'))
  file = join(directory, 'scrape.yaml')
  exporter = await startExporter()
  exporter.answer = page('a 1\n')
})

afterEach(async () => {
  await scraping?.stop()
  await exporter.stop()
  rmSync(directory, { recursive: true })
})

/** Waits are cut short: five seconds are five milliseconds. */
function impatientClock(): Clock {
  const clock = systemClock()
  return { ...clock, sleep: (delayMs, signal) => clock.sleep(delayMs / 1_000, signal) }
}

function start(text: string): Scraping {
  writeFileSync(file, text)
  return open(file)
}

function open(given: string | undefined): Scraping {
  counters = memoryCounters()
  log = memoryLog()
  scraping = openScraping({
    file: given,
    ingest: { offerWrite: () => NOTHING_REFUSED },
    clock: impatientClock(),
    counters,
    log,
  })
  if (given === undefined) scraping.awaitFile(file)
  scraping.start()
  return scraping
}

async function until(satisfied: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !satisfied(); turn += 1) {
    await new Promise((done) => setTimeout(done, 10))
  }
  expect(satisfied()).toBe(true)
}

const jobs = (...names: string[]): string =>
  JSON.stringify({
    scrape_configs: names.map((name) => ({
      job_name: name,
      static_configs: [{ targets: [exporter.address] }],
    })),
  })

describe('the scrape file', () => {
  it('is followed as it changes', async () => {
    const own = start(jobs('one'))
    await until(() => own.targets().length === 1)
    writeFileSync(file, jobs('one', 'two'))
    await until(() => own.targets().length === 2)
    expect(own.targets().map(({ job }) => job)).toEqual(['one', 'two'])
    expect(counters.read('tenantry_scrape_reloads_total', { outcome: 'ok' })).toBe(1)
    writeFileSync(file, jobs())
    await until(() => own.targets().length === 0)
  })

  it('leaves the jobs as they are when it is not valid any more, and says why', async () => {
    const own = start(jobs('one'))
    await until(() => own.targets().length === 1)
    expect(counters.read('tenantry_scrape_config_valid')).toBe(1)
    writeFileSync(file, 'scrape_configs:\n- job_nam: one\n')
    await until(() => own.problems().length > 0)
    expect(own.problems()[0]).toBe(
      `${file}:2:3: scrape_configs.0.job_name: is missing; expected a string; the jobs are still those before it was changed`,
    )
    expect(own.targets()).toHaveLength(1)
    expect(counters.read('tenantry_scrape_config_valid')).toBe(0)
    expect(counters.read('tenantry_scrape_reloads_total', { outcome: 'refused' })).toBe(1)
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    rmSync(file)
    await until(() => own.problems().some((problem) => problem.includes('ENOENT')))
    writeFileSync(file, jobs('one', 'two'))
    await until(() => own.targets().length === 2)
    expect(own.problems()).toEqual([])
    expect(counters.read('tenantry_scrape_config_valid')).toBe(1)
  })

  it('may come later, good or bad', async () => {
    const own = open(undefined)
    await new Promise((done) => setTimeout(done, 50))
    expect([own.problems(), log.lines, counters.read('tenantry_scrape_config_valid')]).toEqual([
      [],
      [],
      1,
    ])
    writeFileSync(file, 'scrape_configs: 5')
    await until(() => own.problems().length > 0)
    expect(own.problems()[0]).toContain('scrape.yaml:1:17: scrape_configs')
    writeFileSync(file, jobs('one'))
    await until(() => own.targets().length === 1)
    expect(own.problems()).toEqual([])
    rmSync(file)
    await until(() => own.problems().some((problem) => problem.includes('ENOENT')))
    expect(own.targets()).toHaveLength(1)
  })

  it('is expected in the directory of configuration only where that is one', () => {
    expect(scrapeFileToCome(directory)).toBe(file)
    writeFileSync(file, jobs())
    expect(scrapeFileToCome(file)).toBeUndefined()
    expect(scrapeFileToCome(join(directory, 'none'))).toBeUndefined()
  })

  it('keeps the server from starting when it is not valid at first', () => {
    expect(() => start('scrape_configs: 5')).toThrow(/scrape\.yaml:\n1:17: scrape_configs/)
  })
})

describe('the lists of a scrape file', () => {
  it('are told from other files, also where the file is not valid', () => {
    mkdirSync(join(directory, 'lists'))
    writeFileSync(
      file,
      'scrape_configs:\n- nonsense: true\n  file_sd_configs: [{ files: [lists/*.yaml, one.yml] }]\n',
    )
    const isList = targetListsOf(file)
    expect(isList(join(directory, 'lists/a.yaml'))).toBe(true)
    expect(isList(join(directory, 'one.yml'))).toBe(true)
    expect(isList(join(directory, 'acme.yaml'))).toBe(false)
    expect(targetListsOf(join(directory, 'none.yaml'))('acme.yaml')).toBe(false)
  })
})
