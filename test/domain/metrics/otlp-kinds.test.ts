/** Every kind of OTLP point, from its bytes to what a tenant gained. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { facetGainsByName, openBench, type Bench } from './writing.ts'

const oracle = openOracle('otlp-metrics.proto', 'ExportMetricsServiceRequest')
const T = 1_700_000_000_000
const ACME = tenantId('acme')
const [DELTA, CUMULATIVE] = [1, 2]
const NO_VALUE = { flags: 1 }

type Fields = Readonly<Record<string, unknown>>

const nanos = (atMs: number): string => String(BigInt(atMs) * 1_000_000n)
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })

/** Times of a point: from the start to this second after T. */
const until = (second: number, fromSecond = 0): Fields => ({
  startTimeUnixNano: nanos(T + 1_000 * fromSecond),
  timeUnixNano: nanos(T + 1_000 * second),
})

function send(bench: Bench, metric: Fields, scope: Fields = {}, atMs = T + 3_600_000) {
  const resource = { attributes: [text('tenant.id', 'acme'), text('service.name', 'api')] }
  const message = { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] }
  return bench.writeOtlp(oracle.encode(message), atMs)
}

const DURATION = { name: 'http.server.request.duration', unit: 's' }

const exponential = (temporality: number, ...dataPoints: readonly Fields[]): Fields => ({
  ...DURATION,
  exponentialHistogram: { aggregationTemporality: temporality, dataPoints },
})

/** A point whose observations are `count` at exactly 2^exponent seconds, in each of the powers. */
function powers(scale: number, counts: Readonly<Record<number, number>>): Fields {
  const exponents = Object.keys(counts).map(Number)
  const perPower = 2 ** scale
  // The bucket that ends at 2^e is e x 2^scale - 1
  const indexOf = (exponent: number) => Math.ceil(exponent * perPower) - 1
  const offset = Math.min(...exponents.map(indexOf))
  const length = Math.max(...exponents.map(indexOf)) - offset + 1
  const bucketCounts = Array.from({ length }, () => 0)
  for (const exponent of exponents) bucketCounts[indexOf(exponent) - offset]! += counts[exponent]!
  const all = Object.values(counts)
  return {
    scale,
    count: all.reduce((sum, count) => sum + count, 0),
    sum: exponents.reduce((sum, exponent) => sum + counts[exponent]! * 2 ** exponent, 0),
    positive: { offset, bucketCounts },
  }
}

const classic = (...dataPoints: readonly Fields[]): Fields => ({
  ...DURATION,
  histogram: { aggregationTemporality: DELTA, dataPoints },
})

describe('histograms with bounds', () => {
  const sound = { count: 3, sum: 1, explicitBounds: [0.25, 0.5], bucketCounts: [1, 1, 1] }

  it.each([
    ['buckets that do not add up to the count', { count: 4 }, '3 observations in buckets, 4 in'],
    ['a bucket too few', { bucketCounts: [1, 2] }, '2 buckets do not fit 2 bounds'],
    ['bounds that do not rise', { explicitBounds: [0.5, 0.5] }, 'the bounds do not rise'],
  ])('are refused with %s, and only they', (_what, wrong, why) => {
    const bench = openBench()
    const points = [
      { ...until(10), ...sound },
      { ...until(20, 10), ...sound, ...wrong },
      { ...until(30, 20), ...sound },
    ]
    const outcome = send(bench, classic(...points))
    expect(outcome).toMatchObject({
      received: 3,
      attributed: 2,
      discarded: { 'invalid-histogram': 1 },
    })
    expect(outcome.messages).toEqual([
      expect.stringContaining(`a point of ${DURATION.name}: ${why}`),
    ])
    expect(bench.gains()).toMatchObject({
      'acme requests unknown': 6,
      'acme duration 0.25': 2,
      'acme duration Infinity': 6,
    })
  })

  it('may have a count and no buckets', () => {
    const outcome = send(openBench(), classic({ ...until(10), count: 3, sum: 1 }))
    expect(outcome).toMatchObject({ received: 1, attributed: 1, discardedTotal: 0 })
  })
})

describe('exponential histograms', () => {
  it.each([2, 3, 5, 8, 12, 20])('of scale %i count at the fixed bounds', (scale) => {
    const bench = openBench()
    // One point of both would have three million buckets at scale 20
    const points = [{ [-2]: 3 }, { 1: 2 }].map((counts, index) => ({
      ...until(10 * index + 10, 10 * index),
      ...powers(scale, counts),
    }))
    expect(send(bench, exponential(DELTA, ...points))).toMatchObject({ attributed: 2 })
    expect(bench.gains()).toMatchObject({
      'acme requests unknown': 5,
      'acme duration_sum': 4.75,
      'acme duration 0.25': 3,
      'acme duration 1': 3,
      'acme duration 2': 5,
      'acme duration Infinity': 5,
    })
  })

  it('count zeros and negative observations below every bound', () => {
    const bench = openBench()
    const point = {
      ...until(10),
      scale: 3,
      count: 9,
      zeroCount: 4,
      zeroThreshold: 1e-6,
      negative: { offset: 5, bucketCounts: [2, 0, 1] },
      positive: { offset: -1, bucketCounts: [2] },
      min: -2,
      max: 1,
    }
    send(bench, exponential(CUMULATIVE, point))
    const gains = bench.gains()
    expect(gains[`acme duration ${String(1 / 1024)}`]).toBe(7)
    expect(gains).toMatchObject({ 'acme duration 0.5': 7, 'acme duration 1': 9 })
  })

  it('that are cumulative count what they rose by, and all of it after a restart', () => {
    const bench = openBench()
    const at = (second: number, count: number, from = 0) =>
      send(
        bench,
        exponential(CUMULATIVE, { ...until(second, from), ...powers(4, { [-1]: count }) }),
      )
    at(10, 5)
    at(20, 7)
    expect(at(20, 7)).toMatchObject({ duplicate: 1 })
    expect(at(15, 6)).toMatchObject({ discarded: { 'out-of-order': 1 } })
    at(30, 9, 25)
    const gains = bench.gains()
    expect(gains).toMatchObject({ 'acme requests unknown': 16, 'acme duration 0.5': 16 })
    expect(gains['acme duration 0.25']).toBeUndefined()
  })

  it('that are as coarse as powers of two are told apart by dimension as well', () => {
    const bench = openBench()
    const attributes = [{ key: 'http.route', value: { stringValue: '/a' } }]
    send(bench, exponential(DELTA, { ...until(10, 0), attributes, ...powers(0, { [-3]: 2 }) }))
    const facets = facetGainsByName(bench.metrics.cells(), bench.metrics.drain(0))
    expect(facets).toMatchObject({
      'acme requests unknown /a -': 2,
      'acme duration 0.25 /a -': 2,
      'acme duration Infinity /a -': 2,
    })
  })

  it('that are deltas count each interval once, over a restart too, whatever their scale', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    const before = openBench({ bulk })
    const at = (bench: Bench, second: number, scale: number) =>
      send(bench, exponential(DELTA, { ...until(second, second - 10), ...powers(scale, { 0: 2 }) }))
    at(before, 10, 20)
    at(before, 20, 1)
    const first = before.gains()
    expect(first).toMatchObject({ 'acme requests unknown': 4, 'acme duration 1': 4 })
    expect(first[`acme duration ${String(2 ** 0.25)}`]).toBe(2)
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    const after = openBench({ bulk })
    after.metrics.restore()
    expect(at(after, 20, 1)).toMatchObject({ duplicate: 1 })
    at(after, 30, 0)
    at(after, 40, -2)
    expect(after.gains()).toMatchObject({ 'acme requests unknown': 4, 'acme duration 1': 2 })
  })

  it('are put into milliseconds by their unit', () => {
    const bench = openBench()
    const point = { ...until(10), ...powers(3, { 8: 4 }) }
    send(bench, { ...exponential(CUMULATIVE, point), unit: 'ms' })
    expect(bench.gains()).toMatchObject({ 'acme duration 0.256': 4, 'acme duration_sum': 1.024 })
  })

  it.each([
    [
      'a count that is not that of the buckets',
      { count: 3, sum: 1, zeroCount: 2 },
      '2 observations in',
    ],
    ['a scale that no SDK has', { scale: 60 }, 'scale 60 is not known'],
    ['a zero threshold below zero', { zeroThreshold: -1 }, 'a zero threshold of -1'],
  ])('are refused with %s', (_what, point, why) => {
    const bench = openBench()
    const outcome = send(bench, exponential(CUMULATIVE, { ...until(10), ...point }))
    expect(outcome).toMatchObject({ received: 1, discarded: { 'invalid-histogram': 1 } })
    expect(outcome.messages).toEqual([
      expect.stringContaining(`a point of ${DURATION.name}: ${why}`),
    ])
  })

  it('give quantiles that are as near as is said', () => {
    const shares = fc.constantFrom(0.5, 0.9, 0.99)
    const latencies = fc.array(fc.double({ min: 0.07, max: 1.9, noNaN: true }), { minLength: 5 })
    fc.assert(
      fc.property(latencies, fc.integer({ min: 0, max: 6 }), shares, (seconds, scale, q) => {
        const bench = openBench()
        send(bench, exponential(DELTA, { ...until(10), ...histogramOf(seconds, scale) }), {}, T)
        bench.metrics.drain(T + 60_000)
        const { valueSeconds } = bench.metrics.rates(ACME, T + 60_000, 300).quantile(q)!
        const exact = seconds.toSorted((a, b) => a - b)[Math.ceil(q * seconds.length) - 1]!
        const factor = scale < 2 ? 2 : 2 ** (1 / 4)
        expect(Math.abs(Math.log2(valueSeconds / exact))).toBeLessThanOrEqual(
          Math.log2(factor) + 1e-9,
        )
      }),
    )
  })
})

/** The histogram that an SDK makes of observations. */
function histogramOf(seconds: readonly number[], scale: number): Fields {
  const indexes = seconds.map((one) => Math.ceil(Math.log2(one) * 2 ** scale) - 1)
  const offset = Math.min(...indexes)
  const bucketCounts = Array.from({ length: Math.max(...indexes) - offset + 1 }, () => 0)
  for (const index of indexes) bucketCounts[index - offset]! += 1
  return { scale, count: seconds.length, positive: { offset, bucketCounts } }
}

describe('summaries', () => {
  const summary = (...dataPoints: readonly Fields[]) => ({ ...DURATION, summary: { dataPoints } })

  it('count as counters, without their quantiles', () => {
    const bench = openBench()
    const quantileValues = [
      { quantile: 0.5, value: 0.1 },
      { quantile: 1, value: Number.NaN },
    ]
    const point = (second: number, count: number, sum: number) => ({
      ...until(second),
      count,
      sum,
      quantileValues,
    })
    send(bench, summary(point(10, 4, 1.5), point(20, 6, 2.5)))
    const again = send(bench, summary(point(20, 6, 2.5)))
    expect(again).toMatchObject({ received: 1, duplicate: 1 })
    expect(bench.gains()).toEqual({ 'acme requests unknown': 6, 'acme duration_sum': 2.5 })
    expect(bench.counters.read('tenantry_ingest_unkept_total', { what: 'quantile' })).toBe(6)
  })

  it('are read to their end, whatever is wrong with their quantiles', () => {
    const bench = openBench()
    const bad = { quantile: 2, value: 1 }
    const outcome = send(
      bench,
      summary({ ...until(10), count: 1, quantileValues: [bad, bad] }, { ...until(20), count: 2 }),
    )
    expect(outcome).toMatchObject({ received: 2, attributed: 1 })
  })

  it.each([
    [{ quantile: 1.5, value: 1 }, 'a quantile of 1.5, which is not in 0..1'],
    [{ quantile: 0.5, value: -2 }, 'a quantile whose value is -2, below zero'],
  ])('are refused with quantiles that cannot be', (quantile, why) => {
    const bench = openBench()
    const outcome = send(bench, summary({ ...until(10), count: 1, quantileValues: [quantile] }))
    expect(outcome.discarded).toEqual({ 'invalid-summary': 1 })
    expect(outcome.messages).toEqual([`a point of ${DURATION.name}: ${why} (invalid-summary)`])
  })
})

describe('sums that may fall', () => {
  const active = (temporality: number, ...dataPoints: readonly Fields[]) => ({
    name: 'http.server.active_requests',
    sum: { aggregationTemporality: temporality, isMonotonic: false, dataPoints },
  })
  const value = (bench: Bench) => bench.metrics.totals(ACME).activeRequests

  it('are present values where they are cumulative', () => {
    const bench = openBench()
    send(bench, active(CUMULATIVE, { ...until(10), asInt: 7 }))
    send(bench, active(CUMULATIVE, { ...until(20), asInt: -2 }))
    expect(value(bench)).toBe(-2)
  })

  it('add up where they are deltas, each interval once and over a restart', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    const before = openBench({ bulk })
    const change = (bench: Bench, second: number, asInt: number) =>
      send(bench, active(DELTA, { ...until(second, second - 10), asInt }), {}, T + 1_000 * second)
    change(before, 10, 5)
    change(before, 30, -2)
    expect(change(before, 30, -2)).toMatchObject({ duplicate: 1 })
    change(before, 20, 4)
    expect(value(before)).toBe(7)
    before.metrics.drain(T)
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    const after = openBench({ bulk })
    after.metrics.restore()
    expect(change(after, 20, 4)).toMatchObject({ duplicate: 1 })
    change(after, 40, -3)
    expect(value(after)).toBe(4)
  })

  it('that are deltas leave the sum when they are quiet, and come back as they were', () => {
    const bench = openBench()
    const change = (second: number, asInt: number) =>
      send(bench, active(DELTA, { ...until(second, second - 10), asInt }), {}, T + 1_000 * second)
    change(10, 5)
    bench.metrics.closeMinute(T + 1_000_000)
    expect(value(bench)).toBe(0)
    change(1_100, 1)
    expect(value(bench)).toBe(6)
  })

  it('that are deltas begin anew after they said that there is nothing', () => {
    const bench = openBench()
    send(bench, active(DELTA, { ...until(10), asInt: 5 }))
    send(bench, active(DELTA, { ...until(20), ...NO_VALUE }))
    expect(value(bench)).toBe(0)
    send(bench, active(DELTA, { ...until(30, 20), asInt: 2 }))
    expect(value(bench)).toBe(2)
  })
})

describe('points without a value', () => {
  it.each([
    [
      'gauge',
      { name: 'process.memory.usage', gauge: { dataPoints: [{ ...until(10), ...NO_VALUE }] } },
    ],
    [
      'sum',
      {
        name: 'process.cpu.time',
        sum: {
          isMonotonic: true,
          aggregationTemporality: CUMULATIVE,
          dataPoints: [{ ...until(10), ...NO_VALUE }],
        },
      },
    ],
    [
      'histogram',
      {
        ...DURATION,
        histogram: {
          aggregationTemporality: CUMULATIVE,
          // no buckets where nothing was recorded
          dataPoints: [{ ...until(10), explicitBounds: [1], ...NO_VALUE }],
        },
      },
    ],
    ['exponential histogram', exponential(CUMULATIVE, { ...until(10), count: 7, ...NO_VALUE })],
    ['summary', { ...DURATION, summary: { dataPoints: [{ ...until(10), ...NO_VALUE }] } }],
  ])('end a %s where they say so', (_kind, metric) => {
    const bench = openBench()
    expect(send(bench, metric)).toMatchObject({ received: 1, attributed: 1 })
    expect(send(bench, metric)).toMatchObject({ received: 1, duplicate: 1 })
    expect(bench.gains()).toEqual({})
  })

  it('are refused where they do not', () => {
    const bench = openBench()
    const outcome = send(bench, {
      name: 'process.memory.usage',
      gauge: { dataPoints: [until(10)] },
    })
    expect(outcome).toMatchObject({ received: 1, discarded: { 'no-value': 1 } })
    expect(outcome.messages).toEqual([
      'a point of process.memory.usage: no value is given (no-value)',
    ])
  })

  it('are none in a metric without points', () => {
    const bench = openBench()
    const empty = [{ gauge: {} }, { sum: {} }, exponential(DELTA), { summary: {} }, {}]
    for (const metric of empty) {
      expect(send(bench, { name: 'm', ...metric })).toMatchObject({ received: 0 })
    }
  })
})

it('a metric of two scopes is two series, and a scope may name the tenant', () => {
  const bench = openBench()
  const metric = (asInt: number) => ({
    name: 'process.cpu.time',
    sum: {
      isMonotonic: true,
      aggregationTemporality: CUMULATIVE,
      dataPoints: [{ ...until(10), asInt }],
    },
  })
  send(bench, metric(5), { name: 'a' })
  send(bench, metric(7), { name: 'b' })
  send(bench, metric(7), { name: 'b', version: '2' })
  expect(bench.gains()).toMatchObject({ 'acme cpu': 19 })
  const named = { name: 'a', attributes: [text('tenant.id', 'globex')] }
  const scopeMetrics = [{ scope: named, metrics: [metric(3)] }]
  bench.writeOtlp(oracle.encode({ resourceMetrics: [{ scopeMetrics }] }), T + 10_000)
  expect(bench.gains()).toEqual({ 'globex cpu': 3 })
})
