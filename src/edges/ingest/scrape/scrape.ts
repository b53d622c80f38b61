/**
 * Pulls metrics: targets from the configuration, files and servers, each scraped in its own place
 * of its interval. What is read goes the way of a write: staged, logged, applied.
 */
import type { Clock, Counters, Log } from '../../../core/ports.ts'
import type { WriteOutcome } from '../../../domain/metrics/metrics.ts'
import type { PageFetcher } from '../../../machinery/runtime/page-fetcher.ts'
import { WriteRequestBuilder } from '../../../machinery/wire/write-request.ts'
import { openDiscoveries, type Discovery } from './discovery.ts'
import type { ScrapeJob } from './scrape-config.ts'
import { openTargetScrape, type TargetScrape, type TargetStatus } from './target-scrape.ts'
import { offsetMs, targetsOf, type Target } from './target.ts'

export type { TargetStatus } from './target-scrape.ts'

export interface ScrapeDeps {
  readonly jobs: readonly ScrapeJob[]
  readonly fetcher: PageFetcher
  /** Keeps and counts a remote-write message. */
  readonly write: (message: Buffer) => WriteOutcome
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly version: string
}

export interface Scrape {
  /** Begins to discover and to scrape. */
  start(): void
  /** Ends everything and waits for what is under way. */
  stop(): Promise<void>
  /** Tells how each target does, by job and address. */
  targets(): TargetStatus[]
}

interface Running {
  readonly scrape: TargetScrape
  readonly stop: () => Promise<void>
}

export function openScrape(deps: ScrapeDeps): Scrape {
  const { clock, counters, log, fetcher } = deps
  const builder = new WriteRequestBuilder()
  const targetDeps = { ...deps, builder, userAgent: `Tenantry/${deps.version}` }
  const running = new Map<string, Running>()
  const aborter = new AbortController()
  const discovering: Promise<void>[] = []
  const lists = deps.jobs.map((job) => ({
    job,
    discoveries: openDiscoveries(job, { ...deps, signal: aborter.signal }),
  }))

  const startTarget = (target: Target): Running => {
    const scrape = openTargetScrape(target, targetDeps)
    const own = new AbortController()
    const loop = runTarget(scrape, deps, own.signal).catch((error: unknown) => {
      log.error({ err: error, url: target.url }, 'a target is not scraped any more')
    })
    return {
      scrape,
      stop() {
        own.abort()
        return loop
      },
    }
  }

  /** Brings what runs in line with what a job's lists say now. */
  const follow = async (job: ScrapeJob, discoveries: readonly Discovery[]): Promise<void> => {
    const groups = [...job.static_configs, ...discoveries.flatMap((list) => list.groups())]
    const { targets, faults } = targetsOf(job, groups)
    for (const fault of faults) log.warn({ fault }, 'a target is left out')
    const wanted = limited(job, targets, log)
    const keys = new Set(wanted.map(({ key }) => key))
    for (const target of wanted) {
      if (!running.has(target.key)) running.set(target.key, startTarget(target))
    }
    const gone = [...running.values()].filter(
      ({ scrape }) => scrape.target.job === job && !keys.has(scrape.target.key),
    )
    for (const { scrape } of gone) running.delete(scrape.target.key)
    await Promise.all(gone.map(endTarget))
  }

  const endTarget = async ({ scrape, stop }: Running): Promise<void> => {
    await stop()
    try {
      scrape.end()
    } catch (error) {
      log.error({ err: error, url: scrape.target.url }, 'the end of a target could not be written')
    }
  }

  const discover = async (
    job: ScrapeJob,
    discoveries: readonly Discovery[],
    list: Discovery,
  ): Promise<void> => {
    while (!aborter.signal.aborted) {
      const changed = await list.refresh()
      if (changed && !aborter.signal.aborted) await follow(job, discoveries)
      await clock.sleep(list.everyMs, aborter.signal)
    }
  }

  const statuses = (): TargetStatus[] => [...running.values()].map(({ scrape }) => scrape.status())
  for (const health of ['unknown', 'up', 'down'] as const) {
    counters.gauge(
      'tenantry_scrape_targets',
      () => statuses().filter((status) => status.health === health).length,
      { health },
    )
  }

  return {
    start() {
      for (const { job, discoveries } of lists) {
        discovering.push(follow(job, discoveries))
        for (const list of discoveries) discovering.push(discover(job, discoveries, list))
      }
    },
    async stop() {
      aborter.abort()
      await Promise.all(discovering)
      await Promise.all([...running.values()].map(({ stop }) => stop()))
      fetcher.close()
    },
    targets: () => statuses().toSorted((a, b) => compare(a.job, b.job) || compare(a.url, b.url)),
  }
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/**
 * A job with too many targets is not scraped at all, as in Prometheus: half of it would mislead.
 */
function limited(job: ScrapeJob, targets: Target[], log: Log): Target[] {
  const { job_name: name, targetLimit } = job
  if (targetLimit === 0 || targets.length <= targetLimit) return targets
  log.error({ job: name, targets: targets.length, targetLimit }, 'a job is over its target_limit')
  return []
}

/**
 * Scrapes at each turn of the interval, in the target's own place of it; turns missed are counted.
 */
async function runTarget(
  scrape: TargetScrape,
  { clock, counters }: Pick<ScrapeDeps, 'clock' | 'counters'>,
  signal: AbortSignal,
): Promise<void> {
  const { intervalMs } = scrape.target
  const sinceMs = clock.nowMs() % intervalMs
  const waitMs = (offsetMs(scrape.target) - sinceMs + intervalMs) % intervalMs
  let dueMs = clock.monotonicMs() + waitMs
  while (!signal.aborted) {
    await clock.sleep(dueMs - clock.monotonicMs(), signal)
    if (signal.aborted) return
    await scrape.scrape(signal)
    const missed = Math.max(0, Math.floor((clock.monotonicMs() - dueMs) / intervalMs))
    if (missed > 0) counters.add('tenantry_scrape_late_total', missed)
    dueMs += (missed + 1) * intervalMs
  }
}
