/**
 * One job: its lists, and its targets brought in line with what the lists say now. A job that is
 * configured anew takes over what the old one had running, so that a series which stays is not
 * marked as ended and one that vanished meanwhile is.
 */
import { openDiscoveries, type Discovery } from './discovery.ts'
import type { ScrapeJob } from './scrape-config.ts'
import type { ScrapeDeps } from './scrape.ts'
import {
  openTargetScrape,
  type TargetDeps,
  type TargetScrape,
  type TargetStatus,
} from './target-scrape.ts'
import { offsetMs, seriesKey, targetsOf, type Target } from './target.ts'

export interface JobScrape {
  readonly job: ScrapeJob
  /** Begins, in place of a job of the same name where one is handed in. */
  start(before: JobScrape | undefined): Promise<void>
  /** Stops asking for lists, and waits for what is under way; targets go on. */
  stopLists(): Promise<void>
  /** Stops everything and waits for what is under way. */
  stop(): Promise<void>
  /** Stops everything and marks all series as ended. */
  end(): Promise<void>
  targets(): TargetStatus[]
  /** What keeps targets from being scraped as configured, in words. */
  problems(): readonly string[]
  /** What runs, for the job that comes after. */
  readonly running: Map<string, Running>
}

interface Running {
  readonly scrape: TargetScrape
  readonly stop: () => Promise<void>
}

export function openJobScrape(job: ScrapeJob, deps: ScrapeDeps, targetDeps: TargetDeps): JobScrape {
  const { clock, log } = deps
  const running = new Map<string, Running>()
  const aborter = new AbortController()
  const lists = openDiscoveries(job, { ...deps, signal: aborter.signal })
  const loops: Promise<void>[] = []
  let faults: readonly string[] = []

  const startTarget = (scrape: TargetScrape): Running => {
    const own = new AbortController()
    const loop = runTarget(scrape, deps, own.signal).catch((error: unknown) => {
      log.error({ err: error, url: scrape.target.url }, 'a target is not scraped any more')
    })
    return {
      scrape,
      stop() {
        own.abort()
        return loop
      },
    }
  }

  /** Brings what runs in line with what the lists say now. */
  const follow = async (): Promise<void> => {
    const groups = [...job.static_configs, ...lists.flatMap((list) => list.groups())]
    const wanted = told(targetsOf(job, groups))
    const keys = new Set(wanted.map(({ key }) => key))
    const gone = new Map<string, Running>()
    for (const each of [...running.values()].filter(({ scrape }) => !isWanted(scrape, keys))) {
      running.delete(each.scrape.target.key)
      gone.set(seriesKey(each.scrape.target), each)
    }
    const fresh = wanted.filter(({ key }) => !running.has(key))
    const heirs = fresh.map((target) => ({ target, before: take(gone, seriesKey(target)) }))
    await Promise.all([...gone.values()].map(endTarget))
    await Promise.all(heirs.map(({ target, before }) => succeed(target, before)))
  }

  const isWanted = ({ target }: TargetScrape, keys: ReadonlySet<string>): boolean =>
    target.job === job && keys.has(target.key)

  /** The one before ends its scrape first: two of one target at a time would count twice. */
  const succeed = async (target: Target, before: Running | undefined): Promise<void> => {
    await before?.stop()
    if (aborter.signal.aborted || running.has(target.key)) return
    const scrape = before?.scrape.successor(target) ?? openTargetScrape(target, targetDeps)
    running.set(target.key, startTarget(scrape))
  }

  const told = (found: ReturnType<typeof targetsOf>): readonly Target[] => {
    const { targets, faults: unfit } = found
    const { job_name: name, targetLimit } = job
    // Half of a job would mislead: it is not scraped at all, as in Prometheus.
    const isOver = targetLimit > 0 && targets.length > targetLimit
    const over = `job ${name}: ${targets.length} targets, target_limit is ${targetLimit}: none is scraped`
    const now = isOver ? [...unfit, over] : unfit
    for (const fault of now) {
      if (!faults.includes(fault)) log.warn({ fault }, 'a target is left out')
    }
    faults = now
    return isOver ? [] : targets
  }

  const endTarget = async ({ scrape, stop }: Running): Promise<void> => {
    await stop()
    try {
      scrape.end()
    } catch (error) {
      log.error({ err: error, url: scrape.target.url }, 'the end of a target could not be written')
    }
  }

  const discover = async (list: Discovery, isRead: boolean): Promise<void> => {
    if (isRead) await clock.sleep(list.everyMs, aborter.signal)
    while (!aborter.signal.aborted) {
      const changed = await list.refresh()
      if (changed && !aborter.signal.aborted) await follow()
      await clock.sleep(list.everyMs, aborter.signal)
    }
  }

  const stopLists = async (): Promise<void> => {
    aborter.abort()
    await Promise.all(loops)
  }

  return {
    job,
    running,
    async start(before) {
      if (before !== undefined) {
        const stopped = before.stopLists()
        for (const [key, each] of before.running) running.set(key, each)
        before.running.clear()
        // What the old lists named stays until the new ones are read.
        await Promise.all([stopped, ...lists.map((list) => list.refresh())])
      }
      const following = follow()
      for (const list of lists) loops.push(discover(list, before !== undefined))
      loops.push(following)
      await following
    },
    stopLists,
    async stop() {
      await stopLists()
      await Promise.all([...running.values()].map(({ stop }) => stop()))
    },
    async end() {
      await stopLists()
      await Promise.all([...running.values()].map(endTarget))
      running.clear()
    },
    targets: () => [...running.values()].map(({ scrape }) => scrape.status()),
    problems: () => [...faults, ...lists.flatMap((list) => list.failure() ?? [])],
  }
}

function take<Value>(from: Map<string, Value>, key: string): Value | undefined {
  const value = from.get(key)
  from.delete(key)
  return value
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
