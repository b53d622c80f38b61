import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { openBench, otlp, remoteWrite, type Bench } from './writing.ts'

const acme = tenantId('acme')
const D = Math.ceil(1_700_000_000_000 / DAY_MS) * DAY_MS

const write = (bench: Bench, atMs: number, receivedAtMs = atMs) => {
  const common = { tenant: 'acme', job: 'api', instance: 'a' }
  const bytes = remoteWrite([
    { labels: { ...common, __name__: 'http_requests_total', code: '200' }, samples: [[atMs, 5]] },
    { labels: { ...common, __name__: 'http_requests_total', code: '500' }, samples: [[atMs, 1]] },
    { labels: { ...common, __name__: 'process_cpu_seconds_total' }, samples: [[atMs, 9]] },
    { labels: { ...common, __name__: 'made_up_metric' }, samples: [[atMs, 1]] },
    { labels: { __name__: 'up', job: 'other' }, samples: [[atMs, 1]] },
  ])
  bench.write(bytes, receivedAtMs)
  return bytes.length
}

const usage = ({ metrics }: Bench, days = 3) =>
  metrics.usage(acme, { fromMs: D - DAY_MS, toMs: D + days * DAY_MS })

describe('what is received', () => {
  it('is told by signal: samples, and the share of the bytes that brought them', () => {
    const bench = openBench()
    const bytes = write(bench, D + 1)
    const [day] = usage(bench)
    const share = bytes / 5
    expect(day).toMatchObject({ dayEndMs: D + DAY_MS, receivedSamples: 4, storedBytes: 0 })
    expect(day!.receivedBytes).toBeCloseTo(4 * share, 9)
    expect(day!.signals.map(({ signal, samples }) => [signal, samples])).toEqual([
      ['cpu', 1],
      ['requests', 2],
      ['unmapped', 1],
    ])
  })

  it('is no duplicate, and a histogram point is one sample', () => {
    const bench = openBench()
    for (let times = 0; times < 2; times += 1) write(bench, D + 1)
    const point = { startMs: D, atMs: D + 1, count: 3, sum: 1, buckets: [1, 2], bounds: [0.1] }
    const histogram = { name: 'http.server.request.duration', kind: 'histogram' as const }
    bench.writeOtlp(otlp({ 'tenant.id': 'acme' }, [{ ...histogram, points: [point] }]), D + 2)
    const requests = usage(bench)[0]!.signals.find(({ signal }) => signal === 'requests')
    expect(requests!.samples).toBe(3)
  })

  it('belongs to the day of UTC in which it was received', async () => {
    const bench = openBench()
    write(bench, D - 1_000)
    write(bench, D - 500, D)
    write(bench, D + 500, D + 1)
    const told = () => usage(bench).map((day) => [day.dayEndMs, day.receivedSamples])
    expect(told()).toEqual([
      [D, 8],
      [D + DAY_MS, 4],
    ])
    bench.metrics.drain(D)
    const { writes } = bench.metrics.checkpoint()
    await bench.bulk.commit({ file: 'shared', logPosition: 1, writes })
    bench.metrics.confirm(true)
    expect(told()).toEqual([
      [D, 8],
      [D + DAY_MS, 4],
    ])
    const again = openBench({ bulk: bench.bulk })
    again.metrics.restore()
    write(again, D + 600)
    expect(usage(again).map((day) => [day.dayEndMs, day.receivedSamples])).toEqual([
      [D, 8],
      [D + DAY_MS, 8],
    ])
  })

  it('stands beside what is stored of the day, in bytes on disk', async () => {
    const bench = openBench()
    const hour = DAY_MS / 24
    for (let step = 0; step < 60; step += 1) {
      const atMs = D + step * hour * 0.5 + 1
      write(bench, atMs)
      bench.metrics.drain(atMs)
      bench.metrics.closeMinute(atMs)
    }
    const { writes } = bench.metrics.checkpoint()
    await bench.bulk.commit({ file: 'shared', logPosition: 1, writes })
    bench.metrics.confirm(true)
    const onDisk = bench.bulk.read<{ bytes: number }>(
      'shared',
      `SELECT (SELECT SUM(LENGTH(body)) FROM rollup_minute_hour)
            + (SELECT SUM(LENGTH(body)) FROM rollup_span) AS bytes`,
    )[0]!.bytes
    const stored = usage(bench).map(({ storedBytes }) => storedBytes)
    expect(stored.reduce((sum, bytes) => sum + bytes, 0)).toBe(onDisk)
    expect(stored[0]).toBeGreaterThan(0)
  })
})
