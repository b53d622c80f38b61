/**
 * Pulling metrics, as far as the program's construction goes: the file that says what is pulled,
 * read for the server and for `validate`, and the scraper over the ingest door.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TenantryError, type ErrorRows } from './core/errors.ts'
import type { Clock, Counters, Log } from './core/ports.ts'
import { SYSTEM } from './domain/access/access.ts'
import type { Ingest } from './edges/ingest/ingest.ts'
import { readScrapeConfig, type ScrapeConfig } from './edges/ingest/scrape/scrape-config.ts'
import { openScrape, type Scrape } from './edges/ingest/scrape/scrape.ts'
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

/** Reads a scrape file and tells its jobs or what is wrong with it. Throws SCRAPE_CONFIG. */
export function readScrapeFile(path: string): ScrapeConfig {
  try {
    return readScrapeConfig(path, readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new TenantryError(SCRAPE_ERRORS.config, `could not read ${path}`, { cause })
  }
}

/** Opens the scraper; without a file it has nothing to do. Throws SCRAPE_CONFIG. */
export function openScraping(parts: {
  readonly file: string | undefined
  readonly ingest: Pick<Ingest, 'offerWrite'>
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): Scrape {
  const { file, ingest, clock, counters, log } = parts
  const { jobs, problems } = file === undefined ? NOTHING : readScrapeFile(file)
  if (problems.length > 0) {
    const lines = problems.map(
      ({ line, column, field, message }) => `${line}:${column}: ${field}: ${message}`,
    )
    throw new TenantryError(SCRAPE_ERRORS.config, `reading ${file ?? ''}:\n${lines.join('\n')}`)
  }
  return openScrape({
    jobs,
    clock,
    counters,
    log,
    fetcher: openPageFetcher({ clock }),
    write: (message) => ingest.offerWrite(message, SYSTEM.id),
    version: readVersion(),
  })
}

const NOTHING: ScrapeConfig = { jobs: [], problems: [] }
