/**
 * Reads `scrape.yaml` into jobs. Pure: text in, jobs or problems out; every problem names its line
 * and field.
 */
import { dirname, resolve } from 'node:path'
import { MIB } from '../../../core/units.ts'
import {
  readPlacedYaml,
  type PathProblem,
  type PlacedProblem,
} from '../../../machinery/runtime/placed-yaml.ts'
import {
  fileSchema,
  jobSchema,
  SCRAPE_PROTOCOLS,
  type AccessFields,
  type FileFields,
  type JobFields,
  type ScrapeProtocol,
} from './config-schema.ts'

/** What a job is, with every default filled in. Paths are absolute. */
export interface ScrapeJob extends Omit<
  JobFields,
  | 'scrape_interval'
  | 'scrape_timeout'
  | 'body_size_limit'
  | 'sample_limit'
  | 'label_limit'
  | 'label_name_length_limit'
  | 'label_value_length_limit'
  | 'target_limit'
  | 'scrape_protocols'
> {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly protocols: readonly ScrapeProtocol[]
  readonly bodySizeLimit: number
  /** 0 is no limit, here and below. */
  readonly sampleLimit: number
  readonly labelLimit: number
  readonly labelNameLimit: number
  readonly labelValueLimit: number
  readonly targetLimit: number
}

export interface ScrapeConfig {
  readonly jobs: readonly ScrapeJob[]
  readonly problems: readonly PlacedProblem[]
}

export const SCRAPE_DEFAULTS = {
  intervalMs: 60_000,
  timeoutMs: 10_000,
  /** Prometheus has none; a page of more than this is several hundred thousand series. */
  bodySizeLimit: 64 * MIB,
  /** Prometheus has none; a list that names more is a mistake. */
  targetLimit: 10_000,
} as const

/** Tells whether two jobs say the same in every field. */
export function isSameJob(left: ScrapeJob, right: ScrapeJob): boolean {
  return fingerprint(left) === fingerprint(right)
}

function fingerprint(job: ScrapeJob): string {
  return JSON.stringify(job, (_, value: unknown) => {
    if (value instanceof RegExp) return value.source
    return typeof value === 'bigint' ? String(value) : value
  })
}

/** Reads the file's text. Without problems the jobs are all there; with any there are none. */
export function readScrapeConfig(file: string, text: string): ScrapeConfig {
  const read = readPlacedYaml(file, text, {
    schema: fileSchema,
    known: KNOWN_FIELDS,
    together: jobProblems,
  })
  if ('problems' in read) return { jobs: [], problems: read.problems }
  const directory = dirname(resolve(file))
  const { fields } = read
  return {
    jobs: fields.scrape_configs.map((job) => jobOf(job, fields, directory)),
    problems: [],
  }
}

const KNOWN_FIELDS = ['global', 'scrape_configs', ...Object.keys(jobSchema.shape)]

/** What is wrong with jobs only when they are seen together, or with `global`. */
function jobProblems({ global, scrape_configs: jobs }: FileFields): PathProblem[] {
  const seen = new Set<string>()
  return jobs.flatMap((job, index) => {
    const problems: PathProblem[] = []
    if (seen.has(job.job_name)) {
      const message = `job ${job.job_name} is already defined`
      problems.push({ path: ['scrape_configs', index, 'job_name'], message })
    }
    seen.add(job.job_name)
    const intervalMs = intervalOf(job, global)
    if (timeoutOf(job, global) > intervalMs) {
      const message = `must not be longer than the interval of ${intervalMs / 1_000}s`
      problems.push({ path: ['scrape_configs', index, 'scrape_timeout'], message })
    }
    return problems
  })
}

type Global = FileFields['global']

function intervalOf(job: JobFields, global: Global): number {
  return job.scrape_interval ?? global.scrape_interval ?? SCRAPE_DEFAULTS.intervalMs
}

/** A timeout that nobody gave is never longer than the interval. */
function timeoutOf(job: JobFields, global: Global): number {
  const intervalMs = intervalOf(job, global)
  if (job.scrape_timeout !== undefined) return job.scrape_timeout
  return Math.min(global.scrape_timeout ?? SCRAPE_DEFAULTS.timeoutMs, intervalMs)
}

function jobOf(job: JobFields, { global }: FileFields, directory: string): ScrapeJob {
  const path = (file: string): string => resolve(directory, file)
  return {
    ...job,
    ...accessWithPaths(job, path),
    intervalMs: intervalOf(job, global),
    timeoutMs: timeoutOf(job, global),
    protocols:
      job.scrape_protocols ??
      global.scrape_protocols ??
      (Object.keys(SCRAPE_PROTOCOLS) as ScrapeProtocol[]),
    bodySizeLimit: (job.body_size_limit ?? global.body_size_limit) || SCRAPE_DEFAULTS.bodySizeLimit,
    sampleLimit: job.sample_limit ?? global.sample_limit ?? 0,
    labelLimit: job.label_limit ?? global.label_limit ?? 0,
    labelNameLimit: job.label_name_length_limit ?? global.label_name_length_limit ?? 0,
    labelValueLimit: job.label_value_length_limit ?? global.label_value_length_limit ?? 0,
    targetLimit: job.target_limit ?? global.target_limit ?? SCRAPE_DEFAULTS.targetLimit,
    file_sd_configs: job.file_sd_configs.map((each) => ({ ...each, files: each.files.map(path) })),
    http_sd_configs: job.http_sd_configs.map((each) => ({
      ...each,
      ...accessWithPaths(each, path),
    })),
  }
}

function accessWithPaths(fields: AccessFields, path: (file: string) => string): AccessFields {
  const { basic_auth, authorization, bearer_token, bearer_token_file } = fields
  const { tls_config, follow_redirects } = fields
  const own = {
    basic_auth,
    authorization,
    bearer_token,
    bearer_token_file,
    tls_config,
    follow_redirects,
  }
  return mapFiles(own, path) as AccessFields
}

/** Makes every field whose name ends in `_file` absolute. */
function mapFiles(value: unknown, path: (file: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  if (value instanceof RegExp) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => [
      name,
      name.endsWith('_file') && typeof field === 'string' ? path(field) : mapFiles(field, path),
    ]),
  )
}
