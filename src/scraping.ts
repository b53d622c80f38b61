/**
 * Pulling metrics, as far as the program's construction goes: the file that says what is pulled,
 * read for the server and for `validate`, and the scraper over the ingest door. The file is looked
 * at while the server runs, also one that comes later: a good one is followed, a bad one leaves
 * what was there before.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { TenantryError, type ErrorRows } from './core/errors.ts'
import type { Clock, Counters, Log } from './core/ports.ts'
import { SYSTEM } from './domain/access/access.ts'
import type { Ingest } from './edges/ingest/ingest.ts'
import { fitsPattern } from './edges/ingest/scrape/discovery.ts'
import {
  readScrapeConfig,
  type ScrapeConfig,
  type ScrapeProblem,
} from './edges/ingest/scrape/scrape-config.ts'
import { openScrape, type TargetStatus } from './edges/ingest/scrape/scrape.ts'
import { openPageFetcher } from './machinery/runtime/page-fetcher.ts'
import { readVersion } from './machinery/runtime/paths.ts'

/** What the file is called within a directory of configuration. */
export const SCRAPE_FILE = 'scrape.yaml'

export const SCRAPE_ERRORS = {
  config: {
    code: 'SCRAPE_CONFIG',
    status: 400,
    retryable: false,
    hint: 'Correct the file; `tenantry validate -f DIR` checks it without starting.',
  },
} as const satisfies ErrorRows

/** Finds the scrape file of a directory of configuration. */
export function findScrapeFile(directory: string): string | undefined {
  const path = join(directory, SCRAPE_FILE)
  return existsSync(path) ? path : undefined
}

/** Tells where the scrape file of a directory of configuration may yet come. */
export function scrapeFileToCome(directory: string): string | undefined {
  const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true
  return isDirectory ? join(directory, SCRAPE_FILE) : undefined
}

/** Reads a scrape file and tells its jobs or what is wrong with it. Throws SCRAPE_CONFIG. */
export function readScrapeFile(path: string): ScrapeConfig {
  try {
    return readScrapeConfig(path, readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new TenantryError(SCRAPE_ERRORS.config, `could not read ${path}`, { cause })
  }
}

/**
 * Makes what tells the lists of targets that a scrape file names from other files. It needs no
 * valid file: whatever is wrong with it, its lists are no tenants.
 */
export function targetListsOf(path: string): (file: string) => boolean {
  const patterns: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, field] of Object.entries(value)) {
      if (name === 'files' && Array.isArray(field)) patterns.push(...field.map(String))
      else collect(field)
    }
  }
  try {
    collect(parse(readFileSync(path, 'utf8')))
  } catch {
    // Whoever reads the file says what is wrong with it.
  }
  const absolute = patterns.map((pattern) => resolve(dirname(path), pattern))
  return (file) => absolute.some((pattern) => fitsPattern(resolve(file), pattern))
}

export interface Scraping {
  /** Names the file where there is none, for the case that it comes. Call it before `start`. */
  awaitFile(path: string): void
  /** Begins to scrape, and to look at the file. */
  start(): void
  stop(): Promise<void>
  targets(): TargetStatus[]
  /** What keeps targets from being scraped as configured, in words; the file's own first. */
  problems(): readonly string[]
}

/** Nobody waits long for a file that was saved. */
const LOOK_MS = 5_000

/** Opens the scraper; without a file it has nothing to do. Throws SCRAPE_CONFIG. */
export function openScraping(parts: {
  readonly file: string | undefined
  readonly ingest: Pick<Ingest, 'offerWrite'>
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): Scraping {
  const { ingest, clock, counters, log } = parts
  let { file } = parts
  const config = file === undefined ? NOTHING : readScrapeFile(file)
  if (config.problems.length > 0) {
    throw new TenantryError(
      SCRAPE_ERRORS.config,
      `reading ${file ?? ''}:\n${config.problems.map(problemText).join('\n')}`,
    )
  }
  const scrape = openScrape({
    clock,
    counters,
    log,
    fetcher: openPageFetcher({ clock }),
    write: (message) => ingest.offerWrite(message, SYSTEM.id),
    version: readVersion(),
  })
  const aborter = new AbortController()
  /** Of the file as it was last; undefined while it was never there. */
  let text = file === undefined ? undefined : readFileSync(file, 'utf8')
  let refused: readonly string[] = []
  let running: Promise<void> = Promise.resolve()
  counters.gauge('tenantry_scrape_config_valid', () => (refused.length === 0 ? 1 : 0))

  const refuse = (path: string, why: readonly string[]): void => {
    refused = why.map((each) => `${path}:${each}; the jobs are still those before it was changed`)
    counters.add('tenantry_scrape_reloads_total', 1, { outcome: 'refused' })
    log.error({ file: path, problems: why }, 'the scrape file is not valid: the jobs stay')
  }

  /** Reads the file again where it changed, or for the first time where it came. */
  const look = async (path: string): Promise<void> => {
    const now = await readFile(path, 'utf8').catch((error: Error) => error)
    const nowText = typeof now === 'string' ? now : `unreadable: ${now.message}`
    if (nowText === text || (text === undefined && isMissing(now))) return
    text = nowText
    if (typeof now !== 'string') return refuse(path, [` ${now.message}`])
    const { jobs, problems } = readScrapeConfig(path, now)
    if (problems.length > 0) return refuse(path, problems.map(problemText))
    await scrape.follow(jobs)
    refused = []
    counters.add('tenantry_scrape_reloads_total', 1, { outcome: 'ok' })
    log.info({ file: path, jobs: jobs.length }, 'the scrape file was read')
  }

  const run = async (): Promise<void> => {
    await scrape.follow(config.jobs)
    while (file !== undefined && !aborter.signal.aborted) {
      await clock.sleep(LOOK_MS, aborter.signal)
      if (!aborter.signal.aborted) await look(file)
    }
  }

  return {
    awaitFile(path) {
      file ??= path
    },
    start() {
      running = run().catch((error: unknown) => {
        log.error({ err: error }, 'the scrape file is not followed any more')
      })
    },
    async stop() {
      aborter.abort()
      await scrape.stop()
      await running
    },
    targets: () => scrape.targets(),
    problems: () => [...refused, ...scrape.problems()],
  }
}

function isMissing(read: string | Error): boolean {
  return typeof read !== 'string' && (read as NodeJS.ErrnoException).code === 'ENOENT'
}

function problemText({ line, column, field, message }: ScrapeProblem): string {
  return [`${line}:${column}`, field, message].filter((part) => part !== '').join(': ')
}

const NOTHING: ScrapeConfig = { jobs: [], problems: [] }
