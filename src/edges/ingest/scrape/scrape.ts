/**
 * Pulls metrics: targets from the configuration, files and servers, each scraped in its own place
 * of its interval. What is read goes the way of a write: staged, logged, applied. The jobs may be
 * replaced while it runs; a job that is the same as before does not notice.
 */
import type { Clock, Counters, Log } from '../../../core/ports.ts'
import type { WriteOutcome } from '../../../domain/metrics/metrics.ts'
import type { PageFetcher } from '../../../machinery/runtime/page-fetcher.ts'
import { WriteRequestBuilder } from '../../../machinery/wire/write-request.ts'
import { openJobScrape, type JobScrape } from './job-scrape.ts'
import { isSameJob, type ScrapeJob } from './scrape-config.ts'
import type { TargetStatus } from './target-scrape.ts'

export type { TargetStatus } from './target-scrape.ts'

export interface ScrapeDeps {
  readonly fetcher: PageFetcher
  /** Keeps and counts a remote-write message. */
  readonly write: (message: Buffer) => WriteOutcome
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly version: string
}

export interface Scrape {
  /**
   * Brings what is scraped in line with jobs: those that are new begin, those that are gone end
   * with all their series, those that changed go over. One call at a time.
   */
  follow(jobs: readonly ScrapeJob[]): Promise<void>
  /** Ends everything and waits for what is under way. */
  stop(): Promise<void>
  /** Tells how each target does, by job and address. */
  targets(): TargetStatus[]
  /** What keeps targets from being scraped as configured, in words. */
  problems(): readonly string[]
}

const HEALTHS = ['unknown', 'up', 'down'] as const

export function openScrape(deps: ScrapeDeps): Scrape {
  const { counters, fetcher, version } = deps
  const builder = new WriteRequestBuilder()
  const targetDeps = { ...deps, builder, userAgent: `Tenantry/${version}` }
  const running = new Map<string, JobScrape>()
  let isStopped = false

  const take = async (job: ScrapeJob): Promise<void> => {
    const before = running.get(job.job_name)
    if (before !== undefined && isSameJob(before.job, job)) return
    const next = openJobScrape(job, deps, targetDeps)
    running.set(job.job_name, next)
    await next.start(before)
  }

  const statuses = (): TargetStatus[] => [...running.values()].flatMap((job) => job.targets())
  for (const health of HEALTHS) {
    counters.gauge(
      'tenantry_scrape_targets',
      () => statuses().filter((status) => status.health === health).length,
      { health },
    )
  }

  return {
    async follow(jobs) {
      if (isStopped) return
      const names = new Set(jobs.map(({ job_name: name }) => name))
      const gone = [...running.values()].filter(({ job }) => !names.has(job.job_name))
      for (const { job } of gone) running.delete(job.job_name)
      await Promise.all([...gone.map((each) => each.end()), ...jobs.map(take)])
    },
    async stop() {
      isStopped = true
      await Promise.all([...running.values()].map((job) => job.stop()))
      fetcher.close()
    },
    targets: () => statuses().toSorted((a, b) => compare(a.job, b.job) || compare(a.url, b.url)),
    problems: () => [...running.values()].flatMap((job) => job.problems()),
  }
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
