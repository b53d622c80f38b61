/**
 * One target and its scrapes: ask, read, keep, remember. A scrape is one write: the samples, the
 * marks of what vanished and the series about the scrape itself stand in the log and the counts
 * together, or none of them does.
 */
import { isTenantryError } from '../../../core/errors.ts'
import type { MetricName } from '../../../core/names/metrics.ts'
import type { Clock, Counters, LabelSet } from '../../../core/ports.ts'
import type { WriteOutcome } from '../../../domain/metrics/metrics.ts'
import type { Page, PageFetcher } from '../../../machinery/runtime/page-fetcher.ts'
import type { ExpositionReader } from '../../../machinery/wire/exposition-visitor.ts'
import { openOpenMetricsReader } from '../../../machinery/wire/open-metrics.ts'
import { openPrometheusTextReader } from '../../../machinery/wire/prometheus-text.ts'
import { WireError } from '../../../machinery/wire/wire-error.ts'
import { encodeLabels, type WriteRequestBuilder } from '../../../machinery/wire/write-request.ts'
import { readMediaType } from '../media-type.ts'
import { SCRAPE_PROTOCOLS, type ScrapeProtocol } from './config-schema.ts'
import { readCredentials } from './credentials.ts'
import { joinLabels } from './sample-labels.ts'
import type { ScrapeJob } from './scrape-config.ts'
import { ScrapeFault, type ScrapeFaultKind } from './scrape-fault.ts'
import { ScrapedSeries, type SeriesRules } from './scraped-series.ts'
import type { Target } from './target.ts'

export interface TargetDeps {
  readonly fetcher: PageFetcher
  /** One for all targets: between its first sample and the write nothing waits. */
  readonly builder: WriteRequestBuilder
  /** Keeps and counts a remote-write message. Throws what the log throws. */
  readonly write: (message: Buffer) => WriteOutcome
  readonly clock: Clock
  readonly counters: Counters
  readonly userAgent: string
}

export interface TargetStatus {
  readonly job: string
  readonly url: string
  readonly labels: Readonly<Record<string, string>>
  readonly health: 'unknown' | 'up' | 'down'
  readonly lastScrapeAtMs: number | null
  readonly lastDurationSeconds: number | null
  readonly lastError: string | null
  /** Of the last scrape, before and after relabelling. */
  readonly samplesScraped: number
  readonly samplesKept: number
}

export interface TargetScrape {
  readonly target: Target
  /** Scrapes once. Never rejects: a failure is noted, counted and written as `up` 0. */
  scrape(signal: AbortSignal): Promise<void>
  /** Marks all series of the target as ended, its own included. */
  end(): void
  /** Opens a scrape of the same series as configured anew. This one must not be used any more. */
  successor(target: Target): TargetScrape
  status(): TargetStatus
}

const REPORTS = {
  up: 'up',
  duration: 'scrape_duration_seconds',
  scraped: 'scrape_samples_scraped',
  kept: 'scrape_samples_post_metric_relabeling',
  added: 'scrape_series_added',
} as const

/**
 * Lines or series that are remembered without being there any more, beyond as many as there are.
 */
const REMEMBERED_SPARE = 1_000

type Format = 'text' | 'open-metrics'

export function openTargetScrape(
  target: Target,
  deps: TargetDeps,
  before?: { readonly series: ScrapedSeries; readonly status: TargetStatus },
): TargetScrape {
  const { clock, counters, builder } = deps
  const rules = rulesOf(target)
  let series = before?.series.compacted(rules) ?? new ScrapedSeries(rules, builder)
  const readers = new Map<Format, ExpositionReader>()
  const reports = reportLabels(target)
  const labels = Object.fromEntries(target.labels)
  let status: TargetStatus = {
    job: target.job.job_name,
    url: target.url,
    labels,
    health: 'unknown',
    lastScrapeAtMs: null,
    lastDurationSeconds: null,
    lastError: null,
    samplesScraped: 0,
    samplesKept: 0,
    ...(before === undefined ? {} : resultOf(before.status)),
  }

  const read = (page: Page): void => {
    const format = formatOf(page.contentType, target.job)
    const reader = readers.get(format) ?? openReader(format)
    readers.set(format, reader)
    reader.read(page.body, series)
    series.end()
    count(counters, 'tenantry_scrape_starts_ignored_total', series.startsIgnored)
    count(counters, 'tenantry_ingest_unkept_total', series.exemplars, { what: 'exemplar' })
    // What vanished is forgotten in bulk, not one by one.
    const most = 2 * series.scraped + REMEMBERED_SPARE
    if (reader.size() > most || series.size > most) {
      series = series.compacted(rules)
      readers.clear()
    }
  }

  const report = (atMs: number, up: boolean, durationSeconds: number): void => {
    const { scraped, kept, added } = series
    builder.sample(reports.up, up ? 1 : 0, atMs, 0)
    builder.sample(reports.duration, durationSeconds, atMs, 0)
    builder.sample(reports.scraped, scraped, atMs, 0)
    builder.sample(reports.kept, kept, atMs, 0)
    builder.sample(reports.added, added, atMs, 0)
  }

  const write = (): void => {
    try {
      countOutcome(counters, deps.write(builder.take()))
    } catch (error) {
      builder.take()
      throw error
    }
  }

  return {
    target,
    async scrape(signal) {
      const atMs = clock.nowMs()
      const startMs = clock.monotonicMs()
      let fault: ScrapeFault | undefined
      let page: Page | undefined
      try {
        page = await fetchPage(target, deps, signal)
      } catch (error) {
        fault = faultOf(error)
      }
      if (signal.aborted) return
      const durationSeconds = (clock.monotonicMs() - startMs) / 1_000
      series.begin(atMs)
      const counts = { scraped: 0, kept: 0 }
      try {
        if (page !== undefined) read(page)
      } catch (error) {
        fault = faultOf(error)
      }
      counts.scraped = series.scraped
      counts.kept = series.kept
      if (fault !== undefined) {
        builder.take()
        series.endAll()
      }
      report(atMs, fault === undefined, durationSeconds)
      try {
        write()
      } catch (error) {
        fault = faultOf(error)
      }
      counters.add('tenantry_scrapes_total', 1, { outcome: fault?.kind ?? 'ok' })
      counters.observe('tenantry_scrape_seconds', (clock.monotonicMs() - startMs) / 1_000)
      status = {
        ...status,
        health: fault === undefined ? 'up' : 'down',
        lastScrapeAtMs: atMs,
        lastDurationSeconds: durationSeconds,
        lastError: fault?.message ?? null,
        samplesScraped: counts.scraped,
        samplesKept: counts.kept,
      }
    },
    end() {
      if (status.lastScrapeAtMs === null) return
      const atMs = Math.max(clock.nowMs(), status.lastScrapeAtMs + 1)
      series.begin(atMs)
      series.endAll()
      for (const own of Object.values(reports)) builder.stale(own, atMs)
      write()
    },
    successor: (next) => openTargetScrape(next, deps, { series, status }),
    status: () => status,
  }
}

/** What a status says of the last scrape. */
function resultOf({
  job: _,
  url: __,
  labels: ___,
  ...result
}: TargetStatus): Partial<TargetStatus> {
  return result
}

function openReader(format: Format): ExpositionReader {
  return format === 'text' ? openPrometheusTextReader() : openOpenMetricsReader()
}

function rulesOf({ job, labels }: Target): SeriesRules {
  return {
    target: labels,
    honorLabels: job.honor_labels,
    honorTimestamps: job.honor_timestamps,
    trackTimestamps: job.track_timestamps_staleness,
    metricRelabel: job.metric_relabel_configs,
    sampleLimit: job.sampleLimit,
    labelLimit: job.labelLimit,
    labelNameLimit: job.labelNameLimit,
    labelValueLimit: job.labelValueLimit,
  }
}

function reportLabels({ labels }: Target): Record<keyof typeof REPORTS, Uint8Array> {
  const encode = (name: string): Uint8Array => {
    const joined = joinLabels([{ name: '__name__', value: name }], labels, false)
    return encodeLabels([...joined].map(([label, value]) => ({ name: label, value })))
  }
  return {
    up: encode(REPORTS.up),
    duration: encode(REPORTS.duration),
    scraped: encode(REPORTS.scraped),
    kept: encode(REPORTS.kept),
    added: encode(REPORTS.added),
  }
}

async function fetchPage(target: Target, deps: TargetDeps, signal: AbortSignal): Promise<Page> {
  const { job, url, timeoutMs } = target
  const { headers, tls } = await readCredentials(job)
  const page = await deps.fetcher.fetch({
    url,
    headers: {
      accept: acceptHeader(job.protocols),
      'accept-encoding': job.enable_compression ? 'gzip' : 'identity',
      'user-agent': deps.userAgent,
      'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1_000),
      ...headers,
    },
    timeoutMs,
    maxBytes: job.bodySizeLimit,
    followRedirects: job.follow_redirects,
    tls,
    signal,
  })
  if (page.status === 200) return page
  throw new ScrapeFault('status', `the target answered with status ${page.status}`)
}

/** Names the protocols in the order in which they are wanted, as Prometheus weighs them. */
export function acceptHeader(protocols: readonly ScrapeProtocol[]): string {
  const types = [...protocols.map((each) => SCRAPE_PROTOCOLS[each]), '*/*']
  return types.map((type, index) => `${type};q=0.${HIGHEST_WEIGHT - index}`).join(',')
}

const HIGHEST_WEIGHT = 6

/** What names no format is only read where the job says as what. */
function formatOf(contentType: string | undefined, job: ScrapeJob): Format {
  const essence = contentType === undefined ? undefined : readMediaType(contentType)?.essence
  if (essence === 'application/openmetrics-text') return 'open-metrics'
  if (essence === 'text/plain') return 'text'
  const fallback = job.fallback_scrape_protocol
  if (fallback !== undefined) return fallback.startsWith('Open') ? 'open-metrics' : 'text'
  const given = contentType === undefined ? 'none' : JSON.stringify(contentType)
  throw new ScrapeFault(
    'media-type',
    `the content type, ${given}, names no format that is read; fallback_scrape_protocol can`,
  )
}

const FAULT_OF_CODE: Readonly<Record<string, ScrapeFaultKind>> = {
  OUTBOUND_TIMEOUT: 'timeout',
  OUTBOUND_TOO_LARGE: 'too-large',
  OUTBOUND_UNREACHABLE: 'unreachable',
  OUTBOUND_URL: 'unreachable',
}

function faultOf(error: unknown): ScrapeFault {
  if (error instanceof ScrapeFault) return error
  if (error instanceof WireError) return new ScrapeFault('malformed', error.message)
  if (!isTenantryError(error)) throw error
  return new ScrapeFault(FAULT_OF_CODE[error.code] ?? 'log', error.message)
}

function countOutcome(counters: Counters, outcome: WriteOutcome): void {
  const countAs = (name: string, samples: number): void =>
    count(counters, 'tenantry_ingest_samples_total', samples, { protocol: 'scrape', outcome: name })
  countAs('attributed', outcome.attributed)
  countAs('unattributed', outcome.unattributed)
  countAs('duplicate', outcome.duplicate)
  countAs('not-elected', outcome.notElected)
  countAs('discarded', outcome.discardedTotal)
  for (const [reason, samples] of Object.entries(outcome.discarded)) {
    count(counters, 'tenantry_ingest_refused_total', samples, { reason })
  }
}

function count(counters: Counters, name: MetricName, amount: number, labels?: LabelSet): void {
  if (amount > 0) counters.add(name, amount, labels)
}
