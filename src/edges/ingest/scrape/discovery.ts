/**
 * Where targets come from beside the configuration: files and servers that give lists of groups, in
 * Prometheus' formats for them. A list that cannot be read leaves what was known before.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import type { Counters, Log } from '../../../core/ports.ts'
import { MIB } from '../../../core/units.ts'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import type { PageFetcher } from '../../../machinery/runtime/page-fetcher.ts'
import { groupsSchema, type TargetGroup } from './config-schema.ts'
import { readCredentials } from './credentials.ts'
import type { ScrapeJob } from './scrape-config.ts'

/** One list of groups that may change. */
export interface Discovery {
  /** How often it is to be read. */
  readonly everyMs: number
  /** Reads it again. Never rejects. Tells whether the groups are now other ones. */
  refresh(): Promise<boolean>
  groups(): readonly TargetGroup[]
  /** Why the last reading failed. */
  failure(): string | undefined
}

export interface DiscoveryDeps {
  readonly fetcher: PageFetcher
  readonly counters: Counters
  readonly log: Log
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** A list of more than this is none. */
const LIST_BYTES = 16 * MIB
/** Files that the patterns of one list may come to. */
const MOST_FILES = 1_000
/** Files are looked at this often at least: nobody waits five minutes for a file that was saved. */
const FILE_LOOK_MS = 5_000
const HTTP_TIMEOUT_MS = 10_000

/** Opens all lists of a job. */
export function openDiscoveries(job: ScrapeJob, deps: DiscoveryDeps): Discovery[] {
  return [
    ...job.file_sd_configs.map((each) =>
      openDiscovery('file', Math.min(each.refresh_interval, FILE_LOOK_MS), deps, () =>
        readFiles(each.files),
      ),
    ),
    ...job.http_sd_configs.map((each) =>
      openDiscovery('http', each.refresh_interval, deps, async () => {
        const { headers, tls } = await readCredentials(each)
        const page = await deps.fetcher.fetch({
          url: each.url,
          headers: { accept: 'application/json', 'accept-encoding': 'gzip', ...headers },
          timeoutMs: HTTP_TIMEOUT_MS,
          maxBytes: LIST_BYTES,
          followRedirects: each.follow_redirects,
          tls,
          signal: deps.signal,
        })
        if (page.status !== 200) throw new Error(`${each.url} answered with status ${page.status}`)
        const groups = readGroups(each.url, page.body.toString(), JSON.parse)
        return [{ name: each.url, groups }]
      }),
    ),
  ]
}

interface NamedGroups {
  readonly name: string
  readonly groups: readonly TargetGroup[]
}

function openDiscovery(
  kind: 'file' | 'http',
  everyMs: number,
  { counters, log }: DiscoveryDeps,
  read: () => Promise<NamedGroups[]>,
): Discovery {
  let known: NamedGroups[] = []
  let text = '[]'
  let lastFailure: string | undefined
  return {
    everyMs,
    async refresh() {
      try {
        const fresh = await read()
        lastFailure = undefined
        const freshText = JSON.stringify(fresh)
        if (freshText === text) return false
        known = fresh
        text = freshText
        return true
      } catch (error) {
        counters.add('tenantry_scrape_discovery_failures_total', 1, { kind })
        const failure = (error as Error).message
        if (failure !== lastFailure) log.warn({ failure }, 'a list of targets could not be read')
        lastFailure = failure
        return false
      }
    },
    groups: () => known.flatMap(({ groups }) => groups),
    failure: () => lastFailure,
  }
}

async function readFiles(patterns: readonly string[]): Promise<NamedGroups[]> {
  const names = new Set((await Promise.all(patterns.map(filesLike))).flat())
  if (names.size > MOST_FILES) {
    throw new Error(`${patterns.join(', ')}: ${names.size} files, at most ${MOST_FILES} are read`)
  }
  return Promise.all(
    Array.from(names, async (name) => {
      const { size } = await stat(name)
      if (size > LIST_BYTES) throw new Error(`${name}: ${size} bytes, at most ${LIST_BYTES}`)
      const text = await readFile(name, 'utf8')
      return { name, groups: readGroups(name, text, name.endsWith('.json') ? JSON.parse : parse) }
    }),
  )
}

async function filesLike(pattern: string): Promise<string[]> {
  if (!basename(pattern).includes('*')) return [pattern]
  const names = await readdir(dirname(pattern))
  return names
    .toSorted()
    .map((name) => join(dirname(pattern), name))
    .filter((path) => fitsPattern(path, pattern))
}

/** Tells whether a path is one of a pattern: `*` is anything in the last part of a path. */
export function fitsPattern(path: string, pattern: string): boolean {
  const parts = basename(pattern)
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const fits = new RegExp(`^${parts.join('.*')}$`)
  return dirname(path) === dirname(pattern) && fits.test(basename(path))
}

/** Reads a list. Throws an Error that names the list and the field. */
export function readGroups(
  name: string,
  text: string,
  parseText: (text: string) => unknown,
): TargetGroup[] {
  const value = parseText(text) ?? []
  const parsed = groupsSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = fieldProblems(parsed.error, value)
  throw new Error(`${name}: ${first?.field ?? ''}: ${first?.message ?? 'is no list of groups'}`)
}
