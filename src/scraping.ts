/**
 * Pulling metrics, as far as the program's construction goes: the file that says what is pulled,
 * read for the server and for `validate`, and the scraper over the ingest door. The file is looked
 * at while the server runs, also one that comes later: a good one is followed, a bad one leaves
 * what was there before.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { TenantryError, type ErrorRows } from './core/errors.ts'
import type { Clock, Counters, Log } from './core/ports.ts'
import { SYSTEM } from './domain/access/access.ts'
import type { Ingest } from './edges/ingest/ingest.ts'
import { fitsPattern } from './edges/ingest/scrape/discovery.ts'
import { readScrapeConfig, type ScrapeConfig } from './edges/ingest/scrape/scrape-config.ts'
import { openScrape, type TargetStatus } from './edges/ingest/scrape/scrape.ts'
import { findInDirectory, openFollowedFile, toComeInDirectory } from './followed-file.ts'
import { openPageFetcher } from './machinery/runtime/page-fetcher.ts'
import { readVersion } from './machinery/runtime/paths.ts'
import { placedProblemText } from './machinery/runtime/placed-yaml.ts'

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
  return findInDirectory(directory, SCRAPE_FILE)
}

/** Tells where the scrape file of a directory of configuration may yet come. */
export function scrapeFileToCome(directory: string): string | undefined {
  return toComeInDirectory(directory, SCRAPE_FILE)
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

/** Opens the scraper; without a file it has nothing to do. Throws SCRAPE_CONFIG. */
export function openScraping(parts: {
  readonly file: string | undefined
  readonly ingest: Pick<Ingest, 'offerWrite'>
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): Scraping {
  const { file, ingest, clock, counters, log } = parts
  const config = file === undefined ? NOTHING : readScrapeFile(file)
  if (config.problems.length > 0) {
    throw new TenantryError(
      SCRAPE_ERRORS.config,
      `reading ${file ?? ''}:\n${config.problems.map(placedProblemText).join('\n')}`,
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
  let running: Promise<void> = Promise.resolve()
  const followed = openFollowedFile({
    file,
    async take(path, text) {
      const { jobs, problems } = readScrapeConfig(path, text)
      if (problems.length === 0) await scrape.follow(jobs)
      return problems.map(placedProblemText)
    },
    words: { file: 'the scrape file', stays: 'the jobs' },
    metrics: {
      valid: 'tenantry_scrape_config_valid',
      reloads: 'tenantry_scrape_reloads_total',
    },
    clock,
    counters,
    log,
  })

  return {
    awaitFile: (path) => followed.awaitFile(path),
    start() {
      running = scrape
        .follow(config.jobs)
        .then(() => followed.start())
        .catch((error: unknown) => log.error({ err: error }, 'the first jobs are not scraped'))
    },
    async stop() {
      await followed.stop()
      await scrape.stop()
      await running
    },
    targets: () => scrape.targets(),
    problems: () => [...followed.refused(), ...scrape.problems()],
  }
}

const NOTHING: ScrapeConfig = { jobs: [], problems: [] }
