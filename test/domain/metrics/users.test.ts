import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { MINUTE_MS } from '../../../src/core/time.ts'
import { activeUsersOf } from '../../../src/domain/metrics/users.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openBench, otlp, remoteWrite, type Bench, type Labels } from './writing.ts'

const T = 1_700_000_000_000
const acme = tenantId('acme')

/** Counters of users over remote write: what each has done so far. */
function write(bench: Bench, done: Readonly<Record<string, number>>, atMs: number): void {
  const series = Object.entries(done).map(([user, value]) => ({
    labels: {
      __name__: 'http_requests_total',
      code: '200',
      tenant: 'acme',
      job: 'api',
      instance: 'a:1',
      user_id: user,
    },
    samples: [[atMs, value]] as [number, number][],
  }))
  bench.write(remoteWrite(series), atMs)
  tick(bench, atMs)
}

function tick(bench: Bench, nowMs: number): void {
  bench.metrics.drain(nowMs)
  bench.metrics.closeMinute(nowMs)
}

const users = (bench: Bench, nowMs: number) => {
  const found = bench.metrics.activeUsers(acme, nowMs).distinct
  return found && [found.fiveMinutes, found.hour, found.day]
}

describe('distinct users', () => {
  it('are counted by the labels of series, over five minutes, an hour and a day', () => {
    const bench = openBench()
    expect(users(bench, T)).toBeNull()
    write(bench, { ann: 1, bob: 1, cat: 1 }, T)
    expect(users(bench, T)).toEqual([3, 3, 3])
    write(bench, { ann: 2 }, T + 10 * MINUTE_MS)
    expect(users(bench, T + 10 * MINUTE_MS)).toEqual([1, 3, 3])
    write(bench, { bob: 2 }, T + 90 * MINUTE_MS)
    expect(users(bench, T + 90 * MINUTE_MS)).toEqual([1, 1, 3])
    expect(users(bench, T + 26 * 60 * MINUTE_MS)).toEqual([0, 0, 0])
    const { distinct } = bench.metrics.activeUsers(acme, T)
    expect(distinct?.standardErrorRatio).toBeCloseTo(0.0325, 12)
  })

  it('are not active by a counter that only stands there', () => {
    const bench = openBench()
    write(bench, { ann: 1, bob: 1 }, T)
    for (let minute = 1; minute <= 10; minute += 1) {
      write(bench, { ann: 1, bob: 1 + minute }, T + minute * MINUTE_MS)
    }
    expect(users(bench, T + 10 * MINUTE_MS)).toEqual([1, 2, 2])
  })

  it('are told by attributes too, and one user counts once whatever names him', () => {
    const bench = openBench()
    const send = (attributes: Labels, atMs: number) =>
      bench.writeOtlp(
        otlp({ 'tenant.id': 'acme' }, [
          {
            name: 'http.server.request.duration',
            unit: 's',
            kind: 'histogram',
            temporality: 1,
            points: [
              { attributes, startMs: atMs - 1_000, atMs, count: 1, buckets: [1, 0], bounds: [1] },
            ],
          },
        ]),
        atMs,
      )
    send({ 'enduser.id': 'ann', 'http.route': '/a' }, T)
    send({ 'user.id': 'ann', 'http.route': '/b' }, T)
    send({ 'user.id': 'bob' }, T)
    send({ 'user.id': '' }, T)
    tick(bench, T)
    expect(users(bench, T)).toEqual([2, 2, 2])
  })

  it('may be named by other labels, or by none', () => {
    for (const [userLabels, expected] of [
      [['customer'], [1, 1, 1]],
      [[], null],
    ] as const) {
      const bench = openBench({ userLabels })
      const labels = {
        __name__: 'http_requests_total',
        tenant: 'acme',
        customer: 'c',
        user_id: 'u',
      }
      bench.write(remoteWrite([{ labels, samples: [[T, 1]] }]), T)
      tick(bench, T)
      expect(users(bench, T)).toEqual(expected)
    }
  })

  it('give way to what is reported', () => {
    const distinct = { fiveMinutes: 2, hour: 3, day: 4, standardErrorRatio: 0.0325 }
    expect(activeUsersOf(7, distinct)).toEqual({ count: 7, isReported: true, distinct })
    expect(activeUsersOf(0, null)).toEqual({ count: 0, isReported: true, distinct: null })
    expect(activeUsersOf(null, distinct)).toEqual({ count: 2, isReported: false, distinct })
    expect(openBench().metrics.activeUsers(acme, T)).toEqual(activeUsersOf(null, null))
  })

  it('give way to a gauge for as long as it is reported', () => {
    const bench = openBench()
    write(bench, { ann: 1, bob: 1 }, T)
    const labels = { __name__: 'active_users', tenant: 'acme' }
    bench.write(remoteWrite([{ labels, samples: [[T, 7]] }]), T)
    tick(bench, T)
    expect(bench.metrics.activeUsers(acme, T)).toMatchObject({ count: 7, isReported: true })
    const laterMs = T + 10 * MINUTE_MS
    tick(bench, laterMs)
    expect(bench.metrics.activeUsers(acme, laterMs)).toMatchObject({ count: 0, isReported: false })
  })

  it('are known again after a restart, with the same key', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    const before = openBench({ bulk })
    write(before, { ann: 5, bob: 5 }, T)
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    before.metrics.confirm(true)

    const after = openBench({ bulk })
    after.metrics.restore()
    expect(users(after, T)).toEqual([2, 2, 2])
    // Neither does standing still make them active, nor does another key make them others
    write(after, { ann: 5, bob: 6 }, T + 10 * MINUTE_MS)
    expect(users(after, T + 10 * MINUTE_MS)).toEqual([1, 2, 2])
    const labels = { __name__: 'process_cpu_seconds_total', tenant: 'acme', 'enduser.id': 'bob' }
    after.write(remoteWrite([{ labels, samples: [[T + 11 * MINUTE_MS, 1]] }]), T + 11 * MINUTE_MS)
    tick(after, T + 11 * MINUTE_MS)
    expect(users(after, T + 11 * MINUTE_MS)).toEqual([1, 2, 2])
  })

  it('leave nothing of their names in what a checkpoint writes but the labels of their series', () => {
    const bench = openBench()
    write(bench, { 'ann.example': 1 }, T)
    const { writes } = bench.metrics.checkpoint()
    const parts = new Set<string>()
    for (const { rows } of writes) {
      for (const row of rows) {
        const holds = row.some(
          (value) => value instanceof Uint8Array && Buffer.from(value).includes('ann.example'),
        )
        if (holds) parts.add(String(row[0]))
      }
    }
    expect([...parts]).toEqual(['keys: labels'])
  })
})
