import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { readWriteRequest2 } from '../../../src/machinery/wire/remote-write-2.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import type { WriteOutcome } from '../../../src/domain/metrics/metrics.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { toVersion2 } from '../../machinery/wire/to-version-2.ts'
import { openBench, PLATFORM, remoteWrite, STALE, type Bench, type Labels } from './writing.ts'

const oracle = openOracle('remote-write-2.proto', 'Request')
const T = 1_700_000_000_000

function write2(bench: Bench, bytes: Uint8Array, receivedAtMs: number): WriteOutcome {
  const staged = bench.metrics.stage(PLATFORM, bytes)
  readWriteRequest2(bytes, staged)
  return staged.apply(receivedAtMs)
}

interface Given {
  readonly labels?: Labels
  readonly samples?: readonly object[]
  readonly histograms?: readonly object[]
}

const TARGET = { instance: 'a:1', job: 'api', tenant_id: 'acme' }
const DURATION = { __name__: 'http_request_duration_seconds', code: '200', ...TARGET }

function request(...series: readonly Given[]): Uint8Array {
  const symbols = ['']
  const refOf = (text: string): number => {
    const known = symbols.indexOf(text)
    return known < 0 ? symbols.push(text) - 1 : known
  }
  const timeseries = series.map(({ labels = DURATION, samples = [], histograms = [] }) => {
    const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return { labelsRefs: sorted.flat().map(refOf), samples, histograms }
  })
  return oracle.encode({ symbols, timeseries })
}

const requests = (code: string) => ({ __name__: 'http_requests_total', code, ...TARGET })

describe('remote write 2.0', () => {
  it('counts the same as 1.0, whichever of them a series comes by', () => {
    const step = fc.record({ code: fc.constantFrom('200', '404', '500'), value: fc.nat(50) })
    const round = fc.array(fc.oneof(step, fc.constant({ code: '200', value: STALE })))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), round)), (rounds) => {
        const [first, second] = [openBench(), openBench()]
        rounds.forEach(([isSecond, steps], index) => {
          const atMs = T + index * 15_000
          const message = remoteWrite(
            steps.map(({ code, value }) => ({
              labels: requests(code),
              samples: [[atMs, value as number]],
            })),
          )
          const outcome = first.write(message, atMs)
          const again = isSecond
            ? write2(second, toVersion2(message), atMs)
            : second.write(message, atMs)
          expect(again).toEqual({ ...outcome, metadata: again.metadata })
        })
        expect(second.gains()).toEqual(first.gains())
        expect(second.metrics.stats()).toEqual(first.metrics.stats())
      }),
    )
  })

  it('recognises more series than wait at once, scattered labels among them', () => {
    const bench = openBench()
    const labels = (pod: number) => ({ ...requests('200'), pod: `${pod} ${'x'.repeat(2_000)}` })
    const all = (value: number, atMs: number) =>
      request(
        ...Array.from({ length: 500 }, (_, pod) => ({
          labels: labels(pod),
          samples: [{ value: value * pod, timestamp: atMs }],
        })),
      )
    write2(bench, all(1, T), T)
    expect(write2(bench, all(3, T + 1_000), T)).toMatchObject({ received: 500, attributed: 500 })
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2 * (499 * 250) })
    expect(bench.metrics.stats().series).toBe(500)
  })

  it('counts a first point from its start, and a later start as a reset', () => {
    const bench = openBench()
    const sample = (value: number, timestamp: number, startTimestamp: number) =>
      write2(
        bench,
        request({ labels: requests('500'), samples: [{ value, timestamp, startTimestamp }] }),
        T,
      )
    sample(7, T, T - 60_000)
    expect(bench.gains()).toEqual({ 'acme requests 5xx': 7 })
    sample(9, T + 1_000, T - 60_000)
    expect(bench.gains()).toEqual({ 'acme requests 5xx': 2 })
    sample(9, T + 2_000, T + 1_500)
    expect(bench.gains()).toEqual({ 'acme requests 5xx': 9 })
  })

  it('does not believe a start after the sample', () => {
    const bench = openBench()
    const samples = [{ value: 7, timestamp: T, startTimestamp: T + 1 }]
    write2(bench, request({ labels: requests('500'), samples }), T)
    expect(bench.gains()).toEqual({})
  })

  it('tells what was written of each kind', () => {
    const bench = openBench()
    const labels = requests('200')
    const outcome = write2(
      bench,
      request(
        { labels, samples: [{ value: 1, timestamp: T }] },
        { labels, samples: [{ value: 1, timestamp: T - 86_500_000 }] },
        { histograms: [{ countInt: 1, zeroCountInt: 1, timestamp: T }] },
        { histograms: [{ countInt: 1, zeroCountInt: 1, timestamp: T + 700_000 }] },
        { histograms: [{ countInt: 2, zeroCountInt: 1, timestamp: T }] },
        { labels: { ...TARGET }, histograms: [{ timestamp: T }] },
      ),
      T,
    )
    expect(outcome).toMatchObject({
      received: 6,
      attributed: 2,
      discarded: { 'too-old': 1, 'too-far-in-future': 1, 'invalid-histogram': 1 },
      histograms: 4,
      histogramsDiscarded: 3,
    })
    expect(outcome.discarded['invalid-labels']).toBe(1)
    expect(outcome.messages).toContain(
      'a native histogram: 1 observations in buckets, 2 in all (invalid-histogram)',
    )
  })
})

describe('native histograms', () => {
  const at = (schema: number, count: number, atMs: number) => ({
    schema,
    countInt: count,
    sum: count,
    positiveSpans: [{ offset: 0, length: 1 }],
    positiveDeltas: [count],
    timestamp: atMs,
    startTimestamp: T - 1_000,
  })
  const custom = (counts: readonly number[], atMs: number, more: object = {}) => ({
    schema: -53,
    countInt: counts.reduce((sum, count) => sum + count, 0),
    sum: 2.5,
    customValues: [0.1, 0.2, 0.5],
    positiveSpans: [{ offset: 0, length: counts.length }],
    positiveDeltas: counts.map((count, at) => count - (counts[at - 1] ?? 0)),
    timestamp: atMs,
    ...more,
  })

  it('counts one with custom buckets as requests, sum and buckets', () => {
    const bench = openBench()
    const startTimestamp = T - 1_000
    const outcome = write2(
      bench,
      request({ histograms: [custom([5, 2, 0, 1], T, { startTimestamp })] }),
      T,
    )
    expect(outcome).toMatchObject({ received: 1, attributed: 1, histograms: 1 })
    expect(bench.gains()).toEqual({
      'acme requests 2xx': 8,
      'acme duration_sum': 2.5,
      'acme duration 0.1': 5,
      'acme duration 0.2': 7,
      'acme duration 0.5': 7,
      'acme duration Infinity': 8,
    })
    write2(bench, request({ histograms: [custom([6, 2, 0, 1], T + 1_000, { sum: 3 })] }), T)
    expect(bench.gains()).toEqual({
      'acme requests 2xx': 1,
      'acme duration_sum': 0.5,
      'acme duration 0.1': 1,
      'acme duration 0.2': 1,
      'acme duration 0.5': 1,
      'acme duration Infinity': 1,
    })
  })

  it('counts a float one, all of it after a reset, and a repeat once', () => {
    const bench = openBench()
    const float = (counts: readonly number[], atMs: number) => ({
      schema: -53,
      countFloat: counts.reduce((sum, count) => sum + count, 0),
      customValues: [0.1],
      positiveSpans: [{ offset: 0, length: 2 }],
      positiveCounts: counts,
      timestamp: atMs,
    })
    const histograms = [float([4, 2], T), float([1.5, 1], T + 1_000)]
    write2(bench, request({ histograms }), T)
    const again = write2(bench, request({ histograms: histograms.slice(1) }), T)
    expect(again).toMatchObject({ received: 1, duplicate: 1 })
    const gains = bench.gains()
    expect(gains).toMatchObject({ 'acme requests 2xx': 2.5, 'acme duration 0.1': 1.5 })
  })

  it('reads exponential buckets at the bounds that their schema has', () => {
    const bench = openBench()
    const exponential = (schema: number, factor: number, atMs: number) => ({
      schema,
      countInt: 15 * factor,
      zeroCountInt: factor,
      zeroThreshold: 1e-9,
      negativeSpans: [{ offset: 0, length: 1 }],
      negativeDeltas: [factor],
      // up to 2^(-19/8) = 0.193, 2^(-18/8) = 0.210 and 2^(1/8) = 1.09, in schema 3
      positiveSpans: [
        { offset: -19, length: 2 },
        { offset: 18, length: 1 },
      ],
      positiveDeltas: [3 * factor, factor, 2 * factor],
      timestamp: atMs,
      startTimestamp: T - 1_000,
    })
    write2(bench, request({ histograms: [exponential(3, 1, T)] }), T)
    const gains = bench.gains()
    expect(gains).toMatchObject({
      'acme requests 2xx': 15,
      'acme duration 0.125': 2,
      'acme duration 0.25': 9,
      'acme duration 1': 9,
      'acme duration 2': 15,
      'acme duration Infinity': 15,
    })
    expect(gains[`acme duration ${String(2 ** (-10 / 4))}`]).toBe(2)
    expect(gains[`acme duration ${String(2 ** (-9 / 4))}`]).toBe(9)
  })

  it('counts only requests and sum of one that is too coarse, and catches up', () => {
    const bench = openBench()
    write2(bench, request({ histograms: [at(3, 4, T)] }), T)
    bench.gains()
    write2(bench, request({ histograms: [at(-1, 6, T + 1_000)] }), T)
    expect(bench.gains()).toEqual({ 'acme requests 2xx': 2, 'acme duration_sum': 2 })
    write2(bench, request({ histograms: [at(2, 7, T + 2_000)] }), T)
    expect(bench.gains()).toMatchObject({
      'acme requests 2xx': 1,
      'acme duration 1': 3,
      'acme duration Infinity': 3,
    })
  })

  it('counts one that has only powers of two at those, once', () => {
    const bench = openBench()
    const quarter = `acme duration ${String(2 ** (1 / 4))}`
    const send = (schema: number, count: number, second: number) => {
      write2(bench, request({ histograms: [at(schema, count, T + 1_000 * second)] }), T)
      const gains = bench.gains()
      return ['acme duration 1', quarter, 'acme duration 2'].map((name) => gains[name] ?? 0)
    }
    expect(send(3, 4, 0)).toEqual([4, 4, 4])
    expect(send(1, 6, 1)).toEqual([2, 0, 2])
    // what came at the quarters since is not known, so that they are left out once more
    expect(send(-1, 7, 2)).toEqual([0, 0, 0])
    expect(send(2, 9, 3)).toEqual([3, 0, 3])
    expect(send(2, 10, 4)).toEqual([1, 1, 1])
    expect(send(0, 3, 5)).toEqual([3, 0, 3])
    expect(send(2, 1, 6)).toEqual([1, 1, 1])
  })

  it('counts once where a sender sends classic and native histograms', () => {
    const bench = openBench()
    const classic = (count: number) => ({
      labels: { ...DURATION, __name__: 'http_request_duration_seconds_count' },
      samples: [{ value: count, timestamp: 0 }],
    })
    for (let round = 0; round < 10; round += 1) {
      const timestamp = T + round * 15_000
      const count = 100 + 10 * round
      const native = custom([count, 0, 0, 0], timestamp)
      const plain = { ...classic(count), samples: [{ value: count, timestamp }] }
      const sent = round < 5 ? request(plain) : request(plain, { histograms: [native] })
      write2(bench, sent, timestamp)
    }
    expect(bench.gains()['acme requests 2xx']).toBe(90)
  })

  it('ends with a stale marker and goes on from its last value', () => {
    const bench = openBench()
    const writer = (count: number, atMs: number) =>
      write2(bench, request({ histograms: [custom([count, 0, 0, 0], atMs)] }), T)
    writer(5, T)
    const stale = { schema: -53, customValues: [0.1, 0.2, 0.5], timestamp: T + 1_000 }
    const bytes = Buffer.from(request({ histograms: [{ ...stale, sum: 1234.5 }] }))
    const marker = Buffer.alloc(8)
    marker.writeDoubleLE(1234.5)
    const sumAt = bytes.indexOf(marker)
    bytes.writeBigUInt64LE(0x7ff0_0000_0000_0002n, sumAt)
    expect(write2(bench, bytes, T)).toMatchObject({ received: 1, attributed: 1 })
    writer(8, T + 2_000)
    expect(bench.gains()).toMatchObject({ 'acme requests 2xx': 3, 'acme duration 0.1': 3 })
  })

  it('takes gauges and names without a meaning, and counts nothing', () => {
    const bench = openBench()
    const labels = { ...DURATION, __name__: 'queue_seconds' }
    const outcome = write2(
      bench,
      request(
        { labels, histograms: [custom([1, 2, 3, 4], T)] },
        { histograms: [custom([1, 2, 3, 4], T, { resetHint: 3 })] },
      ),
      T,
    )
    expect(outcome).toMatchObject({ received: 2, attributed: 2, unmapped: 2, discardedTotal: 0 })
    expect(bench.metrics.stats().series).toBe(2)
    expect(bench.gains()).toEqual({})
  })

  it.each([
    ['a schema that is not known', { schema: 100 }, 'native-histogram'],
    ['custom bounds that fall', { schema: -53, customValues: [2, 1] }, 'invalid-histogram'],
    ['a custom bound at infinity', { schema: -53, customValues: [Infinity] }, 'invalid-histogram'],
    ['too many bounds', { schema: -53, customValues: Array(200).fill(1) }, 'bucket-limit'],
    ['buckets outside of the bounds', custom([1, 0, 0, 0, 1], T), 'invalid-histogram'],
    ['a negative bucket', custom([1, -1], T, { countInt: 0 }), 'invalid-histogram'],
    ['a zero bucket beside custom ones', custom([1], T, { zeroCountInt: 1 }), 'invalid-histogram'],
    ['spans that do not fit', { countInt: 1, positiveDeltas: [1] }, 'invalid-histogram'],
    ['a count that is no number', { countFloat: NaN }, 'not-a-number'],
  ])('discards %s', (_what, given, reason) => {
    const bench = openBench()
    const outcome = write2(bench, request({ histograms: [{ timestamp: T, ...given }] }), T)
    expect(outcome.discarded).toEqual({ [reason]: 1 })
    expect(outcome.histogramsDiscarded).toBe(1)
  })

  it('keeps a series and its bounds over a restart, and finds its tenant later', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    const both = (count: number, atMs: number) => {
      const histograms = [custom([count, 1, 0, 0], atMs)]
      return request({ histograms }, { labels: { ...DURATION, tenant_id: 'later' }, histograms })
    }
    const before = openBench({ bulk, known: (text) => text === 'acme' })
    write2(before, both(5, T), T)
    before.metrics.drain(T)
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    const after = openBench({ bulk, known: (text) => text === 'acme' })
    after.metrics.restore()
    after.alias('later', tenantId('bolt'))
    write2(after, both(8, T + 1_000), T)
    expect(after.metrics.stats().series).toBe(before.metrics.stats().series)
    expect(after.gains()).toMatchObject({
      'acme requests 2xx': 3,
      'acme duration 0.1': 3,
      'acme duration Infinity': 3,
      'bolt requests 2xx': 3,
    })
  })

  it('is one series whatever the order of its labels, and none with a label twice', () => {
    const bench = openBench()
    const texts = ['', ...Object.entries(DURATION).flat(), 'job']
    const send = (order: readonly number[], count: number, atMs: number) => {
      const labelsRefs = order.flatMap((label) => [1 + 2 * label, 2 + 2 * label])
      const histograms = [custom([count, 0, 0, 0], atMs)]
      const timeseries = [{ labelsRefs, histograms }]
      return write2(bench, oracle.encode({ symbols: texts, timeseries }), T)
    }
    send([0, 1, 2, 3, 4], 5, T)
    send([4, 3, 2, 1, 0], 6, T + 1_000)
    send([4, 3, 2, 1, 0], 8, T + 2_000)
    expect(bench.gains()).toMatchObject({ 'acme requests 2xx': 3 })
    expect(send([0, 1, 1, 2], 1, T)).toMatchObject({ discarded: { 'invalid-labels': 1 } })
  })
})

describe('native histograms over remote write 1.0', () => {
  it('are the series that they are over 2.0', () => {
    const bench = openBench()
    const first = openOracle('remote-write.proto', 'WriteRequest')
    const labels = Object.entries(DURATION)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value }))
    const at = (count: number, timestamp: number) => [
      { countInt: count, zeroCountInt: count, schema: 3, timestamp },
    ]
    const samples = [{ value: 1, timestamp: T }]
    const histograms = at(5, T)
    const message = first.encode({ timeseries: [{ labels, samples, histograms }] })
    expect(bench.write(message, T)).toMatchObject({ received: 2, attributed: 2, histograms: 1 })
    write2(bench, request({ histograms: at(7, T + 1_000) }), T)
    expect(bench.gains()).toMatchObject({ 'acme requests 2xx': 2, 'acme duration 1': 2 })
  })
})

describe('replicas over remote write 2.0', () => {
  const from = (replica: string, labels: Labels) => ({
    ...labels,
    cluster: 'eu',
    __replica__: replica,
  })
  const sent = (replica: string, count: number, atMs: number) =>
    request(
      { labels: from(replica, requests('500')), samples: [{ value: count, timestamp: atMs }] },
      {
        labels: from(replica, DURATION),
        histograms: [
          { countInt: count, zeroCountInt: count, schema: 3, timestamp: atMs, sum: count },
          { countInt: count, zeroCountInt: count + 1, schema: 3, timestamp: atMs + 1, sum: 1 },
        ],
      },
    )

  it('feed the same series, native histograms too, and the standby is told that all was written', () => {
    const bench = openBench()
    expect(write2(bench, sent('a', 10, T), T)).toMatchObject({
      received: 3,
      attributed: 2,
      histograms: 2,
      histogramsDiscarded: 1,
      discarded: { 'invalid-histogram': 1 },
    })
    // What the elected one is refused is left to it as well
    expect(write2(bench, sent('b', 11, T + 500), T + 500)).toMatchObject({
      received: 3,
      notElected: 3,
      discardedTotal: 0,
      histograms: 2,
      histogramsDiscarded: 0,
    })
    const { series } = bench.metrics.stats()
    write2(bench, sent('b', 25, T + 40_000), T + 40_000)
    expect(bench.metrics.stats().series).toBe(series)
    expect(bench.gains()).toMatchObject({ 'acme requests 5xx': 15, 'acme duration Infinity': 15 })
  })
})
