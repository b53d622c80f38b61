import { afterEach, describe, expect, it } from 'vitest'
import { openJobs, type JobRow, type Jobs } from '../../../src/machinery/jobs/jobs.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { openDatabase, type Database } from '../../../src/machinery/storage/database.ts'
import { memoryLog } from '../support/memory-log.ts'

const START_MS = Date.parse('2026-11-24T12:00:00Z')
const HOUR_MS = 3_600_000
const open: Database[] = []

afterEach(() => {
  for (const db of open.splice(0)) db.close()
})

/** One installation: its data outlives `restart`. */
function installation() {
  const db = openDatabase({ path: ':memory:', kind: 'control' })
  open.push(db)
  const clock = openSimClock(START_MS)
  const counters = memoryCounters()
  const log = memoryLog()
  const restart = (rows: readonly JobRow[]): Jobs => {
    const jobs = openJobs({ db, clock, counters, log })
    jobs.define(rows)
    return jobs
  }
  return { db, clock, counters, log, restart }
}

function hourly(run: JobRow['run'], more: Partial<JobRow> = {}): JobRow {
  return { name: 'hourly', schedule: { everySeconds: 3_600 }, run, ...more }
}

describe('scheduled work', () => {
  it('first runs at the first due time after it was first looked at, then each time', async () => {
    const { clock, restart, counters } = installation()
    const due: number[] = []
    const jobs = restart([
      hourly((_, { dueAtMs }) => void due.push((dueAtMs - START_MS) / HOUR_MS)),
    ])
    await jobs.runDue(clock.nowMs())
    expect(due).toEqual([])
    for (let step = 0; step < 5; step += 1) {
      await clock.advance(HOUR_MS / 2)
      await jobs.runDue(clock.nowMs())
      await jobs.runDue(clock.nowMs())
    }
    expect(due).toEqual([1, 2])
    expect(counters.read('tenantry_job_runs_total', { job: 'hourly', outcome: 'ok' })).toBe(2)
  })

  it('remembers its runs, newest first', async () => {
    const { clock, restart, counters, log } = installation()
    let runs = 0
    const jobs = restart([
      hourly(() => {
        runs += 1
        if (runs === 2) throw new Error('no luck')
        return runs === 3 ? { ok: false, detail: 'not so' } : { ok: true }
      }),
    ])
    await jobs.runDue(clock.nowMs())
    for (let step = 0; step < 3; step += 1) {
      await clock.advance(HOUR_MS)
      await jobs.runDue(clock.nowMs())
    }
    const at = (hours: number) => START_MS + hours * HOUR_MS
    expect(jobs.history('hourly')).toEqual([
      expect.objectContaining({ dueAtMs: at(3), outcome: 'failed', error: 'not so' }),
      expect.objectContaining({ dueAtMs: at(2), outcome: 'failed', error: 'no luck' }),
      {
        job: 'hourly',
        dueAtMs: at(1),
        startedAtMs: at(1),
        endedAtMs: at(1),
        outcome: 'ok',
        skipped: 0,
        error: null,
      },
    ])
    expect(counters.read('tenantry_job_runs_total', { outcome: 'failed' })).toBe(2)
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2)
  })

  it('keeps the last hundred runs', async () => {
    const { db, clock, restart } = installation()
    const jobs = restart([hourly(() => undefined)])
    for (let step = 0; step <= 105; step += 1) {
      await jobs.runDue(clock.nowMs())
      clock.step(HOUR_MS)
    }
    expect(jobs.history('hourly')).toHaveLength(100)
    expect(db.prepare('SELECT count(*) FROM job_run').pluck().get()).toBe(100)
    expect(jobs.history('hourly')[0]?.dueAtMs).toBe(START_MS + 105 * HOUR_MS)
  })

  it('catches up with missed times once, and says how many were missed', async () => {
    const { clock, restart } = installation()
    await restart([hourly(() => undefined)]).runDue(clock.nowMs())
    await clock.advance(5.5 * HOUR_MS)
    const due: number[] = []
    const jobs = restart([
      hourly((_, { dueAtMs }) => void due.push((dueAtMs - START_MS) / HOUR_MS)),
    ])
    await jobs.runDue(clock.nowMs())
    await jobs.runDue(clock.nowMs())
    expect(due).toEqual([5])
    expect(jobs.history('hourly')).toMatchObject([{ skipped: 4 }])
  })

  it('waits for the next time where missed ones are to be skipped, and counts that', async () => {
    const { clock, restart, counters } = installation()
    let runs = 0
    const row = hourly(() => void (runs += 1), { catchUp: 'skip' })
    await restart([row]).runDue(clock.nowMs())
    await clock.advance(5.5 * HOUR_MS)
    const jobs = restart([row])
    await jobs.runDue(clock.nowMs())
    expect(runs).toBe(0)
    expect(counters.read('tenantry_job_runs_total', { outcome: 'skipped' })).toBe(1)
    await clock.advance(HOUR_MS / 2 + 30_000)
    await jobs.runDue(clock.nowMs())
    expect(runs).toBe(1)
  })

  it('runs one job at a time, in the order of definition', async () => {
    const { clock, restart } = installation()
    const seen: string[] = []
    const slow = (name: string): JobRow => ({
      name,
      schedule: { everySeconds: 60 },
      async run() {
        seen.push(`${name} begins`)
        await clock.sleep(1_000)
        seen.push(`${name} ends`)
      },
    })
    const jobs = restart([slow('a'), slow('b')])
    await jobs.runDue(clock.nowMs())
    await clock.advance(60_000)
    const running = jobs.runDue(clock.nowMs())
    await jobs.runDue(clock.nowMs())
    await clock.advance(2_000)
    await running
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('repeats a run that a crash interrupted, but not for ever', async () => {
    const { clock, restart, counters, log } = installation()
    await restart([hourly(() => undefined)]).runDue(clock.nowMs())
    await clock.advance(HOUR_MS)
    let begun = 0
    const endless = hourly(() => {
      begun += 1
      return new Promise(() => undefined)
    })
    for (let crash = 0; crash < 4; crash += 1) {
      void restart([endless]).runDue(clock.nowMs())
      await clock.advance(0)
    }
    expect(begun).toBe(3)
    expect(counters.read('tenantry_job_runs_total', { outcome: 'given-up' })).toBe(1)
    expect(log.lines.at(-1)?.message).toContain('not tried again before its next time')
    let runs = 0
    const jobs = restart([hourly(() => void (runs += 1))])
    await jobs.runDue(clock.nowMs())
    expect(runs).toBe(0)
    await clock.advance(HOUR_MS)
    await jobs.runDue(clock.nowMs())
    expect(runs).toBe(1)
    expect(jobs.history('hourly').map(({ outcome }) => outcome)).toEqual([
      'ok',
      'interrupted',
      'interrupted',
      'interrupted',
    ])
  })

  it('does not run twice when the clock steps back a little', async () => {
    const { clock, restart } = installation()
    let runs = 0
    const jobs = restart([hourly(() => void (runs += 1))])
    await jobs.runDue(clock.nowMs())
    await clock.advance(HOUR_MS + 1_000)
    await jobs.runDue(clock.nowMs())
    clock.step(-60_000)
    await jobs.runDue(clock.nowMs())
    await clock.advance(120_000)
    await jobs.runDue(clock.nowMs())
    expect(runs).toBe(1)
  })

  it('goes on when the clock had stood far ahead', async () => {
    const { clock, restart, log } = installation()
    let runs = 0
    const jobs = restart([hourly(() => void (runs += 1))])
    clock.step(365 * 24 * HOUR_MS)
    await jobs.runDue(clock.nowMs())
    clock.step(-365 * 24 * HOUR_MS)
    await jobs.runDue(clock.nowMs())
    await clock.advance(HOUR_MS)
    await jobs.runDue(clock.nowMs())
    expect(runs).toBe(1)
    expect(log.lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('the clock stood ahead'),
    ])
  })

  it('takes a name once', () => {
    const { restart } = installation()
    const row = hourly(() => undefined)
    expect(() => restart([row, row])).toThrow('one job called hourly')
  })
})
