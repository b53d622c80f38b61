import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { openMetrics } from '../../../src/domain/metrics/metrics.ts'
import { KEPT_DAYS, keptDaysOf } from '../../../src/domain/metrics/retention.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'
import { fakeResolver, PLATFORM, remoteWrite, silentLog } from './writing.ts'

const D = Math.ceil(1_700_000_000_000 / DAY_MS) * DAY_MS

describe('how long signals are kept', () => {
  it('is said by tier, and shortened by the tenant itself', () => {
    expect(keptDaysOf('enterprise', 4_000)).toEqual(KEPT_DAYS.enterprise)
    expect(keptDaysOf('enterprise', 90)).toEqual({ minute: 15, hour: 90, day: 90 })
    expect(keptDaysOf('starter', 1)).toEqual({ minute: 1, hour: 1, day: 1 })
  })

  it('never lets hours go before the thirty days of an SLO are over', () => {
    for (const { minute, hour, day } of Object.values(KEPT_DAYS)) {
      expect(hour).toBeGreaterThan(30)
      expect(minute).toBeLessThanOrEqual(hour)
      expect(hour).toBeLessThanOrEqual(day)
    }
  })
})

/** Ten days of one request a quarter of an hour, of two tenants, all on disk. */
async function tenDays(keptDays: Parameters<typeof openMetrics>[0]['keptDays']) {
  const bulk = openBulkInline({ directory: ':memory:' })
  const commits: number[] = []
  const counted = {
    ...bulk,
    async commit(batch: Parameters<typeof bulk.commit>[0]) {
      if (batch.logPosition === null) commits.push(batch.writes.length)
      await bulk.commit(batch)
    },
  }
  const counters = memoryCounters()
  const metrics = openMetrics({
    resolver: fakeResolver().resolver,
    bulk: counted,
    counters,
    log: silentLog,
    ...(keptDays === undefined ? {} : { keptDays }),
  })
  const checkpoint = async (): Promise<void> => {
    const { writes } = metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    metrics.confirm(true)
  }
  const toMs = D + 10 * DAY_MS
  for (let atMs = D + 1; atMs <= toMs + 4 * HOUR_MS; atMs += 15 * MINUTE_MS) {
    const series = ['acme', 'globex'].map((tenant) => ({
      labels: { __name__: 'http_requests_total', code: '200', tenant, job: 'a', instance: 'a' },
      samples: [[atMs, atMs - D]] as [number, number][],
    }))
    const bytes = remoteWrite(series)
    const staged = metrics.stage(PLATFORM, bytes)
    readWriteRequest(bytes, staged)
    staged.apply(atMs)
    metrics.drain(atMs)
    metrics.closeMinute(atMs)
  }
  await checkpoint()
  const steps = metrics.makeDays(toMs + 4 * HOUR_MS)
  for (let step = steps.next(); step.done !== true; step = steps.next());
  await checkpoint()
  const rows = (tenant: string) => [
    bulk.read<{ rows: number }>(
      'shared',
      'SELECT COUNT(*) AS rows FROM rollup_minute_hour WHERE tenant_id = ?',
      [tenant],
    )[0]!.rows,
    ...[3_600, 86_400].map(
      (spanSeconds) =>
        bulk.read<{ rows: number }>(
          'shared',
          'SELECT COUNT(*) AS rows FROM rollup_span WHERE tenant_id = ? AND span_seconds = ?',
          [tenant, spanSeconds],
        )[0]!.rows,
    ),
  ]
  return { metrics, counters, rows, toMs, commits, checkpoint }
}

async function expired(steps: AsyncGenerator<void, number>): Promise<number> {
  for (let step = await steps.next(); ; step = await steps.next()) {
    if (step.done === true) return step.value
  }
}

describe('what is kept no longer', () => {
  const kept = { minute: 2, hour: 5, day: 8 }

  it('goes, of each tenant and resolution for itself, and is counted', async () => {
    const long = { minute: 100, hour: 100, day: 100 }
    const world = await tenDays((id) => (id === tenantId('acme') ? kept : long))
    expect(world.rows('acme')).toEqual(world.rows('globex'))
    const before = world.rows('globex')
    const deleted = await expired(world.metrics.expire(world.toMs))
    const [minutes, hours, days] = world.rows('acme')
    // An hour that ended exactly then is kept no longer
    expect([minutes, hours, days]).toEqual([
      before[0]! - 8 * 24,
      before[1]! - 5 * 24,
      before[2]! - 2,
    ])
    expect(world.rows('globex')).toEqual(before)
    expect(deleted).toBe(8 * 24 + 5 * 24 + 2 + 2)
    expect(world.counters.read('tenantry_rollup_deleted_rows_total')).toBe(deleted)
    const minuteBytes = world.counters.read('tenantry_rollup_deleted_bytes_total', {
      what: 'minute',
    })
    expect(minuteBytes).toBeGreaterThan(0)
    expect(await expired(world.metrics.expire(world.toMs))).toBe(0)
  })

  it('leaves a query the coarser steps, and a gap before them', async () => {
    const world = await tenDays(() => kept)
    const ask = () =>
      world.metrics.query(
        tenantId('acme'),
        { signals: ['requests'], fromMs: D, toMs: world.toMs, stepSeconds: 86_400 },
        world.toMs + 4 * HOUR_MS,
      ).series[0]!.values
    const before = ask()
    await expired(world.metrics.expire(world.toMs))
    const after = ask()
    expect(after.slice(0, 2)).toEqual([null, null])
    expect(after.slice(2)).toEqual(before.slice(2))
  })

  it('goes in slices, and leaves the log position alone', async () => {
    const world = await tenDays(() => ({ minute: 0, hour: 0, day: 0 }))
    await expired(world.metrics.expire(world.toMs + DAY_MS))
    expect(world.rows('acme')).toEqual([0, 0, 0])
    expect(world.commits.length).toBeGreaterThan(1)
    await world.checkpoint()
  })
})
