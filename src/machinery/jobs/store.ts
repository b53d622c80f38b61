/** Rows of `job` and `job_run`. Jobs belong to the installation, not to a tenant. */
import type { Statement } from 'better-sqlite3'
import { inTransaction, type Database } from '../storage/database.ts'

export const RUN_OUTCOMES = ['running', 'ok', 'failed', 'interrupted'] as const
export type RunOutcome = (typeof RUN_OUTCOMES)[number]

export interface JobRun {
  readonly job: string
  readonly dueAtMs: number
  readonly startedAtMs: number
  /** Null while it runs and where it was interrupted. */
  readonly endedAtMs: number | null
  readonly outcome: RunOutcome
  /** Due times before this one that were missed and are not run any more. */
  readonly skipped: number
  readonly error: string | null
}

/** Runs that are remembered of each job. */
const RUNS_KEPT = 100

export class JobStore {
  readonly #db: Database
  readonly #addJob: Statement<[string, number]>
  readonly #readHandled: Statement<[string], { handled_to_ms: number }>
  readonly #setHandled: Statement<[number, string]>
  readonly #beginRun: Statement<[string, number, number, number]>
  readonly #endRun: Statement<[number, string, string | null, number | bigint]>
  readonly #dropOldRuns: Statement<[string, string, number]>
  readonly #interruptRuns: Statement<[]>
  readonly #countInterrupted: Statement<[string, number], { count: number }>
  readonly #listRuns: Statement<[string, number], JobRun>

  constructor(db: Database) {
    this.#db = db
    this.#addJob = db.prepare(`
      INSERT INTO job (name, handled_to_ms)
      VALUES (?, ?)
      ON CONFLICT (name) DO NOTHING`)
    this.#readHandled = db.prepare('SELECT handled_to_ms FROM job WHERE name = ?')
    this.#setHandled = db.prepare('UPDATE job SET handled_to_ms = ? WHERE name = ?')
    this.#beginRun = db.prepare(`
      INSERT INTO job_run (job, due_at_ms, started_at_ms, outcome, skipped)
      VALUES (?, ?, ?, 'running', ?)`)
    this.#endRun = db.prepare(`
      UPDATE job_run
      SET ended_at_ms = ?, outcome = ?, error = ?
      WHERE id = ?`)
    this.#dropOldRuns = db.prepare(`
      DELETE FROM job_run
      WHERE job = ?
        AND id <= (SELECT id FROM job_run WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`)
    this.#interruptRuns = db.prepare(`
      UPDATE job_run
      SET outcome = 'interrupted'
      WHERE outcome = 'running'`)
    this.#countInterrupted = db.prepare(`
      SELECT count(*) AS count
      FROM job_run
      WHERE job = ?
        AND due_at_ms = ?
        AND outcome = 'interrupted'`)
    this.#listRuns = db.prepare(`
      SELECT job, due_at_ms AS dueAtMs, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs,
        outcome, skipped, error
      FROM job_run
      WHERE job = ?
      ORDER BY id DESC
      LIMIT ?`)
  }

  /** Makes a job known. One that already is keeps what it has dealt with. */
  add(job: string, handledToMs: number): void {
    this.#addJob.run(job, handledToMs)
  }

  handledToMs(job: string): number {
    return this.#readHandled.get(job)?.handled_to_ms ?? 0
  }

  setHandled(job: string, handledToMs: number): void {
    this.#setHandled.run(handledToMs, job)
  }

  begin(run: Pick<JobRun, 'job' | 'dueAtMs' | 'startedAtMs' | 'skipped'>): number | bigint {
    const { job, dueAtMs, startedAtMs, skipped } = run
    return this.#beginRun.run(job, dueAtMs, startedAtMs, skipped).lastInsertRowid
  }

  /** Records how a run ended, together with the due time being dealt with. */
  end(
    runId: number | bigint,
    run: Pick<JobRun, 'job' | 'dueAtMs' | 'error'> & { endedAtMs: number; outcome: RunOutcome },
  ): void {
    inTransaction(this.#db, () => {
      this.#endRun.run(run.endedAtMs, run.outcome, run.error, runId)
      this.#setHandled.run(run.dueAtMs, run.job)
      this.#dropOldRuns.run(run.job, run.job, RUNS_KEPT)
    })
  }

  /** Marks the runs that an earlier process left unfinished, and tells how many there were. */
  interruptUnfinished(): number {
    return this.#interruptRuns.run().changes
  }

  interruptions(job: string, dueAtMs: number): number {
    return this.#countInterrupted.get(job, dueAtMs)?.count ?? 0
  }

  /** Lists the newest runs of a job first. */
  runs(job: string): JobRun[] {
    return this.#listRuns.all(job, RUNS_KEPT)
  }
}
