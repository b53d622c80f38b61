/** Checkpoints over a real log of small segments and a bulk file; the disk fails on demand. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoints } from '../src/checkpoints.ts'
import type { BulkWriter } from '../src/core/ports.ts'
import { openMetrics, type Metrics } from '../src/domain/metrics/metrics.ts'
import { openSlo } from '../src/domain/slo/slo.ts'
import { systemDisk } from '../src/machinery/runtime/disk.ts'
import { memoryCounters } from '../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../src/machinery/runtime/sim-clock.ts'
import { appliedPosition, openBulkInline } from '../src/machinery/storage/bulk-writer.ts'
import { openLog } from '../src/machinery/storage/wal.ts'
import { readWriteRequest } from '../src/machinery/wire/remote-write.ts'
import { fakeResolver, PLATFORM, remoteWrite } from './domain/metrics/writing.ts'
import { silentLog } from './fixtures/silent-log.ts'

const NOW_MS = Date.UTC(2026, 0, 5)
const MAX_AGE_MS = 60_000

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-checkpoints-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function open(options: { maxTailBytes?: number; segmentBytes?: number } = {}) {
  const log = silentLog()
  const clock = openSimClock(NOW_MS)
  const counters = memoryCounters()
  const file = openBulkInline({ directory: join(directory, 'bulk') })
  let failing = false
  let held: Promise<void> | undefined
  let taken: () => void = () => undefined
  /** When the first checkpoint was taken and goes to the disk. */
  const firstTaken = new Promise<void>((resolve) => (taken = resolve))
  let tick: Promise<void> | undefined
  const bulk: BulkWriter = {
    ...file,
    async commit(batch) {
      taken()
      await held
      if (failing) throw new Error('disk full')
      await file.commit(batch)
    },
  }
  const fromPosition = appliedPosition(bulk, 'shared')
  /** What the disk says of itself. */
  const disk = { freeBytes: 10_000, sizeBytes: 8_000 }
  const wal = openLog({
    disk: { ...systemDisk(), space: () => disk },
    directory: join(directory, 'log'),
    segmentBytes: options.segmentBytes ?? 400,
    startPosition: fromPosition,
    log,
  })
  const metrics = openMetrics({ resolver: fakeResolver().resolver, bulk, counters, log })
  const slo = openSlo({
    bulk,
    tenants: { active: () => [], generation: () => 1 },
    counters,
    log,
  })
  metrics.restore()
  slo.restore()
  const checkpoints = openCheckpoints({
    metrics,
    slo,
    bulk,
    wal,
    clock,
    counters,
    log,
    fromPosition,
    ticking: () => tick,
    maxTailBytes: options.maxTailBytes ?? 1_000_000,
    maxAgeMs: MAX_AGE_MS,
  })
  return {
    checkpoints,
    firstTaken,
    metrics,
    wal,
    disk,
    clock,
    counters,
    bulk,
    write: (value: number) => write(metrics, wal, clock.nowMs(), value),
    fail(now: boolean) {
      failing = now
    },
    hold(until: Promise<void>) {
      held = until
    },
    tickFor(span: Promise<void>) {
      tick = span.then(() => (tick = undefined))
    },
    async close() {
      wal.close()
      await bulk.close()
    },
  }
}

function write(
  metrics: Metrics,
  wal: ReturnType<typeof openLog>,
  atMs: number,
  value: number,
): void {
  const labels = { __name__: 'http_requests_total', code: '200', tenant_id: 'acme' }
  const body = remoteWrite([{ labels, samples: [[atMs + value, value]] }])
  const stage = metrics.stage(PLATFORM)
  readWriteRequest(body, stage)
  try {
    wal.append({ kind: 1, receivedAtMs: atMs, context: 'c', body })
  } catch (error) {
    stage.abandon()
    throw error
  }
  stage.apply(atMs)
}

const received = (metrics: Metrics) => metrics.stats().accounts['received']
const segments = () => readdirSync(join(directory, 'log'))

describe('a checkpoint', () => {
  it('holds what was counted, and lets the log before it go', async () => {
    const first = open()
    for (const value of [1, 2, 3, 4, 5, 6]) first.write(value)
    expect(segments().length).toBeGreaterThan(1)
    await first.checkpoints.write()
    expect(segments()).toHaveLength(1)
    expect(first.checkpoints.lagBytes()).toBe(0)
    const position = first.wal.endPosition()
    await first.close()

    const second = open()
    expect(appliedPosition(second.bulk, 'shared')).toBe(position)
    expect(received(second.metrics)).toBe(6)
    await second.close()
  })

  it('that fails keeps the log and is made up for by the next', async () => {
    const first = open()
    for (const value of [1, 2, 3, 4]) first.write(value)
    const before = segments()
    first.fail(true)
    await first.checkpoints.write()
    expect(first.counters.read('tenantry_checkpoint_failures_total')).toBe(1)
    expect(segments()).toEqual(before)
    expect(first.checkpoints.lagBytes()).toBe(first.wal.endPosition())

    first.fail(false)
    first.write(5)
    await first.checkpoints.write()
    expect(first.checkpoints.lagBytes()).toBe(0)
    await first.close()
    const second = open()
    expect(received(second.metrics)).toBe(5)
    await second.close()
  })

  it('that fails is tried again, ever less often, and says so', async () => {
    const { checkpoints, clock, counters, fail, write: add, close } = open({ maxTailBytes: 1 })
    const failures = (): number => counters.read('tenantry_checkpoint_failures_in_a_row')
    const after = async (seconds: number): Promise<number> => {
      await clock.advance(seconds * 1_000)
      await checkpoints.writeIfDue()
      return failures()
    }
    add(1)
    fail(true)
    expect(await after(0)).toBe(1)
    expect([await after(0.9), await after(0.1)]).toEqual([1, 2])
    expect([await after(1.9), await after(0.1)]).toEqual([2, 3])
    for (let turn = 0; turn < 10; turn += 1) await after(60)
    expect(failures()).toBe(13)
    expect(checkpoints.failuresInARow()).toBe(13)
    fail(false)
    expect(await after(60)).toBe(0)
    expect(checkpoints.lagBytes()).toBe(0)
    await close()
  })

  it('is due at once where the log has no room, and makes room', async () => {
    const { checkpoints, disk, wal, write: add, close } = open({ segmentBytes: 1_000_000 })
    disk.freeBytes = 1_500
    add(1)
    await checkpoints.writeIfDue()
    expect(checkpoints.lagBytes()).toBeGreaterThan(0)
    const [full] = segments()
    disk.freeBytes = 900
    const fill = (): void => {
      for (let value = 2; value < 10; value += 1) add(value)
    }
    expect(fill).toThrow(expect.objectContaining({ code: 'LOG_WRITE' }))
    await checkpoints.writeIfDue()
    expect(checkpoints.lagBytes()).toBe(0)
    expect(segments()).not.toContain(full)
    disk.freeBytes = 10_000
    expect(wal.isShort()).toBe(false)
    add(10)
    await close()
  })

  it('is of one instant: what is written meanwhile is left to the log', async () => {
    const first = open()
    first.write(1)
    let release: () => void = () => undefined
    first.hold(new Promise((done) => (release = done)))
    const position = first.wal.endPosition()
    const writing = first.checkpoints.write()
    await first.firstTaken
    first.write(2)
    release()
    await writing
    expect(appliedPosition(first.bulk, 'shared')).toBe(position)
    expect(first.checkpoints.lagBytes()).toBe(first.wal.endPosition() - position)
    await first.close()
    const second = open()
    expect(received(second.metrics)).toBe(1)
    await second.close()
  })

  it('waits for the one under way, and none is begun beside it', async () => {
    const { checkpoints, firstTaken, wal, hold, write: add, close } = open()
    add(1)
    let release: () => void = () => undefined
    hold(new Promise((done) => (release = done)))
    const first = checkpoints.write()
    await firstTaken
    add(2)
    await checkpoints.writeIfDue()
    const second = checkpoints.write()
    const third = checkpoints.write()
    release()
    await Promise.all([first, second, third])
    expect(checkpoints.lagBytes()).toBe(0)
    expect(wal.endPosition()).toBeGreaterThan(0)
    await close()
  })

  it('is not taken in the middle of a tick', async () => {
    const { checkpoints, clock, tickFor, write: add, close } = open()
    add(1)
    await clock.advance(2 * MAX_AGE_MS)
    let end: () => void = () => undefined
    tickFor(new Promise((done) => (end = done)))
    await checkpoints.writeIfDue()
    const asked = checkpoints.write()
    await Promise.resolve()
    expect(checkpoints.lagBytes()).toBeGreaterThan(0)
    end()
    await asked
    expect(checkpoints.lagBytes()).toBe(0)
    await close()
  })

  it('is urgent after a failure, else not', async () => {
    const { checkpoints, clock, fail, write: add, close } = open()
    add(1)
    await clock.advance(2 * MAX_AGE_MS)
    await checkpoints.writeIfUrgent()
    expect(checkpoints.lagBytes()).toBeGreaterThan(0)
    fail(true)
    await checkpoints.write()
    fail(false)
    await clock.advance(1_000)
    await checkpoints.writeIfUrgent()
    expect(checkpoints.lagBytes()).toBe(0)
    await close()
  })

  it('is due when the tail is long, or old and not empty', async () => {
    const { checkpoints, clock, write: add, close } = open({ maxTailBytes: 500 })
    await clock.advance(2 * MAX_AGE_MS)
    add(1)
    await checkpoints.writeIfDue()
    expect(checkpoints.lagBytes()).toBe(0)

    add(2)
    await checkpoints.writeIfDue()
    expect(checkpoints.lagBytes()).toBeGreaterThan(0)
    for (let value = 3; checkpoints.lagBytes() < 500; value += 1) add(value)
    await checkpoints.writeIfDue()
    expect(checkpoints.lagBytes()).toBe(0)
    await close()
  })
})

describe('a state that is gone', () => {
  it('is told, where the log does not go back to its beginning', async () => {
    const first = open()
    for (const value of [1, 2, 3, 4, 5, 6]) first.write(value)
    await first.checkpoints.write()
    await first.close()
    rmSync(join(directory, 'bulk'), { recursive: true })
    expect(() => open()).toThrow(
      /bulk\/shared\.db stands at log position 0, and the log begins only at \d+/,
    )
  })

  it('is made anew from a log that is whole', async () => {
    const first = open()
    first.write(1)
    await first.checkpoints.write()
    await first.close()
    rmSync(join(directory, 'bulk'), { recursive: true })
    const second = open()
    expect([...second.wal.records(0)]).toHaveLength(1)
    await second.close()
  })
})
