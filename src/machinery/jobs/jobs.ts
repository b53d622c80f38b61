/**
 * Scheduled work: runs what is due, one job at a time, and remembers what became of it. A job that
 * was missed while nothing ran is caught up with once, however often it was missed. A run that a
 * crash interrupted is repeated, so a job must bear to be.
 */
import { assert } from '../../core/assert.ts'
import type { Clock, Counters, Log } from '../../core/ports.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import type { Database } from '../storage/database.ts'
import { countDue, dueTimes, type DueTimes, type Schedule } from './schedule.ts'
import { JobStore, type JobRun } from './store.ts'

export type { Schedule } from './schedule.ts'
export type { JobRun } from './store.ts'

export interface JobRow {
  /** Unique and stable: history hangs on it. */
  readonly name: string
  readonly schedule: Schedule
  /** `once` (default) runs a missed job as soon as possible; `skip` waits for its next time. */
  readonly catchUp?: 'once' | 'skip'
  /** Does the work. `ok: false` and an error both count as failed; the next run comes by
   *  schedule. */
  run(nowMs: number, due: { readonly dueAtMs: number }): JobOutcome | Promise<JobOutcome>
}

export type JobOutcome = { readonly ok: boolean; readonly detail?: string } | void

export interface Jobs {
  /** Adds jobs. Throws on a name that is taken and on a schedule that is none. A job new to the
   *  data directory counts from the first `runDue`. */
  define(rows: readonly JobRow[]): void
  /** Runs what is due by then, in the order in which it was defined. Returns at once while an
   *  earlier call still runs. */
  runDue(nowMs: number): Promise<void>
  /** Lists a job's runs, newest first. Shape: at most 100. */
  history(name: string): JobRun[]
}

/** A job that killed the process this often at one due time is not tried again for it. */
const INTERRUPTIONS_MAX = 3
/** Missed due times are counted no further. */
const SKIPPED_COUNT_MAX = 100
/** What begins later than this counts as missed. */
const MISSED_AFTER_MS = MINUTE_MS
/** A wall clock that was this far ahead when a job ran last was wrong. */
const CLOCK_WAS_WRONG_MS = HOUR_MS

interface DefinedJob {
  readonly row: JobRow
  readonly due: DueTimes
  /** Due times at or before it are dealt with. Null until the first look. */
  handledToMs: number | null
  nextMs: number | null
}

export function openJobs(deps: { db: Database; clock: Clock; counters: Counters; log: Log }): Jobs {
  const { clock, counters, log } = deps
  const store = new JobStore(deps.db)
  const jobs: DefinedJob[] = []
  let running = false
  const interrupted = store.interruptUnfinished()
  if (interrupted > 0) log.warn({ interrupted }, 'scheduled work was interrupted and is repeated')

  const handled = (job: DefinedJob, toMs: number): void => {
    job.handledToMs = toMs
    job.nextMs = job.due.nextMs(toMs)
  }
  const look = (job: DefinedJob, nowMs: number): void => {
    const { name } = job.row
    if (job.handledToMs === null) {
      store.add(name, nowMs)
      handled(job, store.handledToMs(name))
    }
    if ((job.handledToMs ?? nowMs) <= nowMs + CLOCK_WAS_WRONG_MS) return
    log.warn(
      { job: name, handledToMs: job.handledToMs, nowMs },
      'the clock stood ahead when the job ran last: it is due again from now on',
    )
    store.setHandled(name, nowMs)
    handled(job, nowMs)
  }

  const runOne = async (job: DefinedJob, dueAtMs: number, skipped: number): Promise<void> => {
    const { name } = job.row
    const runId = store.begin({ job: name, dueAtMs, startedAtMs: clock.nowMs(), skipped })
    const error = await failureOf(() => job.row.run(clock.nowMs(), { dueAtMs }))
    const outcome = error === null ? 'ok' : 'failed'
    store.end(runId, { job: name, dueAtMs, endedAtMs: clock.nowMs(), outcome, error })
    counters.add('tenantry_job_runs_total', 1, { job: name, outcome })
    if (error !== null) log.error({ job: name, reason: error }, 'scheduled work failed')
  }

  const runIfDue = async (job: DefinedJob, nowMs: number): Promise<void> => {
    look(job, nowMs)
    if (job.nextMs === null || job.nextMs > nowMs) return
    const { name, catchUp = 'once' } = job.row
    const dueAtMs = job.due.lastMs(nowMs) ?? job.nextMs
    const skipped = countDue(job.due, {
      afterMs: job.handledToMs ?? nowMs,
      untilMs: dueAtMs,
      limit: SKIPPED_COUNT_MAX,
    })
    const isMissed = nowMs - dueAtMs > MISSED_AFTER_MS
    if (isMissed && catchUp === 'skip') {
      giveUp(job, dueAtMs, 'skipped', 'scheduled work was missed and waits for its next time')
    } else if (store.interruptions(name, dueAtMs) >= INTERRUPTIONS_MAX) {
      giveUp(
        job,
        dueAtMs,
        'given-up',
        'scheduled work was interrupted too often and is not tried again before its next time',
      )
    } else {
      await runOne(job, dueAtMs, skipped)
    }
    handled(job, dueAtMs)
  }

  const giveUp = (job: DefinedJob, dueAtMs: number, outcome: string, message: string): void => {
    const { name } = job.row
    store.setHandled(name, dueAtMs)
    counters.add('tenantry_job_runs_total', 1, { job: name, outcome })
    log.warn({ job: name, dueAtMs }, message)
  }

  return {
    define(rows) {
      for (const row of rows) {
        assert(!jobs.some((job) => job.row.name === row.name), `one job called ${row.name}`)
        jobs.push({ row, due: dueTimes(row.schedule), handledToMs: null, nextMs: null })
      }
    },
    async runDue(nowMs) {
      if (running) return
      running = true
      try {
        for (const job of jobs) {
          try {
            await runIfDue(job, nowMs)
          } catch (error) {
            log.error(
              { job: job.row.name, error },
              'scheduled work could not be recorded; it is looked at again',
            )
          }
        }
      } finally {
        running = false
      }
    },
    history: (name) => store.runs(name),
  }
}

async function failureOf(run: () => JobOutcome | Promise<JobOutcome>): Promise<string | null> {
  try {
    const outcome = await run()
    return outcome === undefined || outcome.ok ? null : (outcome.detail ?? 'the job said so')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
