/**
 * What a receiver of remote write 2.0 has to do, case by case: the requests that the compliance
 * suite of the Prometheus project sends (prometheus/compliance, remotewrite/receiver, August 2026),
 * with exact codes and headers, and beyond the suite with what is counted afterwards.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOW_MS } from './harness.ts'
import {
  request1,
  request2,
  STALE_MARKER,
  startReceiver,
  VERSION_1,
  type GivenSeries,
  type Receiver,
} from './receiver.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.stop())

/** Sends series of which all are good, and compares the answer and the books. */
async function expectKept(series: readonly GivenSeries[]): Promise<void> {
  const samples = series.reduce((sum, one) => sum + (one.samples?.length ?? 0), 0)
  const histograms = series.reduce((sum, one) => sum + (one.histograms?.length ?? 0), 0)
  const exemplars = series.reduce((sum, one) => sum + (one.exemplars?.length ?? 0), 0)
  const answer = await receiver.send(request2(...series))
  expect(answer).toEqual({ status: 204, text: '', samples, histograms, exemplars })
  const { accounts } = receiver.bench.metrics.stats()
  expect([accounts['received'], accounts['attributed']]).toEqual(
    Array(2).fill(samples + histograms),
  )
}

/** Sends series of which some are bad. */
async function expectPart(
  series: readonly GivenSeries[],
  kept: { samples?: number; histograms?: number },
  why: RegExp,
): Promise<void> {
  const { samples = 0, histograms = 0 } = kept
  const answer = await receiver.send(request2(...series))
  expect(answer).toMatchObject({ status: 400, samples, histograms })
  expect(answer.text).toMatch(why)
  expect(receiver.bench.metrics.stats().accounts['attributed']).toBe(samples + histograms)
}

const basic = (name: string) => ({ __name__: name })
const UP = { __name__: 'up', instance: 'localhost:9090', job: 'testjob' }
const one = (labels: Record<string, string>, value: number | typeof STALE_MARKER = 1) => ({
  labels,
  samples: [{ value }],
})

const METADATA_TYPES = {
  unspecified: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugeHistogram: 4,
  summary: 5,
  info: 6,
  stateSet: 7,
}

/** The histograms of the suite: buckets 1, 3, 4 and, two further, 7, 8. */
function histogram(
  sum: number,
  has: { positive?: true; negative?: true; zero?: true; custom?: true; badCount?: true },
): object {
  const { positive, negative, zero, custom, badCount } = has
  const total = (positive ? 23 : 0) + (negative ? 3 : 0) + (zero ? 1 : 0)
  const buckets = custom
    ? {
        schema: -53,
        customValues: [0.1, 0.5, 1, 2.5, 5, 10],
        positiveSpans: [{ offset: 0, length: 6 }],
        positiveDeltas: [2, 1, 2, 3, -1, -2],
      }
    : positive && {
        positiveSpans: [
          { offset: 0, length: 3 },
          { offset: 2, length: 2 },
        ],
        positiveDeltas: [1, 2, 1, 3, 1],
      }
  return {
    countInt: badCount ? 99 : custom ? 30 : total,
    sum,
    timestamp: NOW_MS,
    ...buckets,
    ...(negative && { negativeSpans: [{ offset: 0, length: 2 }], negativeDeltas: [1, 1] }),
    ...(zero && { zeroCountInt: 1 }),
  }
}
const ALL = { positive: true, negative: true, zero: true } as const
const POSITIVE = { positive: true, zero: true } as const

describe('a receiver of remote write 2.0', () => {
  describe('TestBadContentTypes, TestBadContentEncodings, TestCorruptRequestBody', () => {
    const corrupt = () => {
      const body = Buffer.from(request2(one(basic('up'))))
      body[0] = 0x30
      return body
    }

    it.each([
      { 'content-type': 'application/json' },
      { 'content-type': 'image/png' },
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'deflate' },
    ])('answers 415 to %j before it looks at the body', async (headers) => {
      const answer = await receiver.send(corrupt(), headers as Record<string, string>)
      expect(answer.status).toBe(415)
      expect(receiver.log.all).toHaveLength(0)
    })

    it('answers 400 to a body that is none, and says that nothing was written', async () => {
      const answer = await receiver.send(corrupt())
      expect(answer).toMatchObject({ status: 400, samples: 0, histograms: 0, exemplars: 0 })
      expect(answer.text).toMatch(/^cannot read the remote-write request: /)
    })
  })

  describe.each([
    ['1.0', 1],
    ['StaleNaN', STALE_MARKER],
    ['NaN', Number.NaN],
    ['Inf', Infinity],
    ['-Inf', -Infinity],
  ] as const)('TestSingleMetric, TestMultipleMetrics: %s', (_name, value) => {
    it.each([
      ['simple metric', basic('up')],
      ['simple metric with multiple labels', UP],
      ['simple metric with newlines', { ...UP, job: 'test\njob\n' }],
      [
        'simple metric with dots',
        {
          __name__: 'resource.cpu.usage',
          'instance.name': 'localhost:9090',
          'job.name': 'testjob',
        },
      ],
      [
        'simple metric with spaces',
        {
          __name__: 'resource cpu usage',
          'instance name': 'localhost:9090',
          'job name': 'testjob',
        },
      ],
    ])('keeps a %s', (_case, labels) => expectKept([one(labels, value)]))

    it.each([
      ['without name label', { instance: 'localhost:9090', job: 'testjob' }],
      ['that is empty', {}],
    ])('refuses a simple metric %s', (_case, labels) =>
      expectPart([one(labels, value)], {}, /^1 of 1 samples were refused \(invalid-labels 1\)/),
    )

    const at = (port: number) => ({ ...UP, instance: `localhost:${port}` })
    const nameless = (port: number) => ({ instance: `localhost:${port}`, job: 'testjob' })

    it('keeps multiple metrics', () =>
      expectKept([9090, 9091, 9092, 9093].map((port) => one(at(port), value))))

    it('refuses multiple metrics without name label', () =>
      expectPart(
        [9090, 9091, 9092, 9093].map((port) => one(nameless(port), value)),
        {},
        /^4 of 4 samples were refused .*none was kept/,
      ))

    it('keeps three of multiple metrics, 1 without name label', () =>
      expectPart(
        [one(nameless(9090), value), ...[9091, 9092, 9093].map((port) => one(at(port), value))],
        { samples: 3 },
        /^1 of 4 samples were refused .*the others were kept/,
      ))
  })

  describe('TestCounterWithCreatedTimestamp and its like', () => {
    it.each([
      ['in the series', { createdMs: NOW_MS - HOUR_MS }, {}],
      ['in the sample', {}, { startMs: NOW_MS - HOUR_MS }],
    ])('counts a counter from its start, given %s', async (_where, series, sample) => {
      const labels = { __name__: 'http_requests_total', job: 'api' }
      const samples = [{ value: 100, ...sample }]
      await expectKept([{ labels, samples, ...series }])
      expect(receiver.bench.gains()).toEqual({ 'acme requests unknown': 100 })
    })

    it('counts a counter with an exemplar and a start, and one with metadata', async () => {
      const labels = { __name__: 'http_requests_total', job: 'api' }
      const exemplars = [{ labels: { trace_id: 'abc123', span_id: 'span456' }, value: 250 }]
      const metadata = { type: 1, help: 'Total HTTP requests', unit: 'requests' }
      await expectKept([
        { ...one(labels, 250), exemplars, metadata, createdMs: NOW_MS - 2 * HOUR_MS },
      ])
      expect(receiver.bench.gains()).toEqual({ 'acme requests unknown': 250 })
    })

    it('keeps a histogram with its start', () =>
      expectKept([
        {
          labels: { __name__: 'request_duration_seconds', job: 'api' },
          histograms: [histogram(1.5, ALL)],
          createdMs: NOW_MS - HOUR_MS / 2,
        },
      ]))
  })

  describe('TestHistograms, TestMultipleHistograms, TestEmptyHistogram', () => {
    it.each([
      ['basic', ALL],
      ['custom buckets', { custom: true }],
      ['positive only', POSITIVE],
      ['negative only', { negative: true }],
      ['minimal', { zero: true }],
      ['empty', {}],
    ] as const)('keeps a %s histogram', (_name, has) =>
      expectKept([{ labels: basic('test_histogram'), histograms: [histogram(1, has)] }]),
    )

    it('refuses a histogram with a bad count', () =>
      expectPart(
        [
          {
            labels: basic('minimal_hist'),
            histograms: [histogram(1, { positive: true, badCount: true })],
          },
        ],
        {},
        /23 observations in buckets, 99 in all \(invalid-histogram\)/,
      ))

    it('keeps several in one request', () =>
      expectKept([
        { labels: { __name__: 'hist1', job: 'test' }, histograms: [histogram(10.5, POSITIVE)] },
        {
          labels: { __name__: 'hist2', job: 'test' },
          histograms: [histogram(5.2, { negative: true })],
        },
      ]))

    it('counts the buckets of one that means something', async () => {
      const labels = { __name__: 'http_request_duration_seconds', code: '200', job: 'api' }
      const histograms = [histogram(12.5, { custom: true })]
      await expectKept([{ labels, histograms, createdMs: NOW_MS - HOUR_MS }])
      expect(receiver.bench.gains()).toEqual({
        'acme requests 2xx': 30,
        'acme duration_sum': 12.5,
        'acme duration 0.1': 2,
        'acme duration 0.5': 5,
        'acme duration 1': 10,
        'acme duration 2.5': 18,
        'acme duration 5': 25,
        'acme duration 10': 30,
        'acme duration Infinity': 30,
      })
    })
  })

  describe('TestExemplars and its like', () => {
    it.each([
      ['basic', { trace_id: 'abc123def456' }],
      ['with span id', { trace_id: 'xyz789', span_id: 'span123' }],
      ['with multiple labels', { trace_id: 't', span_id: 's', user_id: 'u', region: 'eu' }],
      ['without labels', {}],
      ['with special characters', { trace_id: 'trace-with-dashes_and_underscores.123' }],
      ['with unicode', { trace_id: 'unicode_trace_测试' }],
    ])('takes an exemplar %s', (_case, labels) =>
      expectKept([{ ...one(basic('test_metric')), exemplars: [{ labels, value: 1 }] }]),
    )

    it.each([0, -123.456, 1e10, 1e-10, Number.NaN, Infinity, -Infinity])(
      'takes an exemplar of %d',
      (value) =>
        expectKept([
          {
            ...one(basic('test_metric'), value),
            exemplars: [{ labels: { trace_id: 'special_value_trace' }, value }],
          },
        ]),
    )

    it('takes exemplars of several series and times', () =>
      expectKept(
        [-HOUR_MS, -MINUTE_MS, 0].map((offsetMs, index) => ({
          labels: { __name__: 'latency_hist', method: `m${index}` },
          samples: [{ value: 0.1, offsetMs }],
          exemplars: [{ labels: { trace_id: `t${index}` }, value: 0.1, offsetMs }],
        })),
      ))

    it.each([
      ['without a name label', { job: 'test' }],
      ['with an empty name', { __name__: '' }],
    ])('refuses a series %s whatever exemplars it has', (_case, labels) =>
      expectPart(
        [{ ...one(labels), exemplars: [{ labels: { trace_id: 'test_trace' }, value: 1 }] }],
        {},
        /invalid-labels 1/,
      ),
    )
  })

  describe('TestMetadata and its like', () => {
    it.each(Object.entries(METADATA_TYPES))('takes metadata of type %s', (name, type) =>
      expectKept([
        {
          labels: basic(`metric_${name}`),
          metadata: { type, help: 'With\nnewlines and "quotes"', unit: type === 0 ? '' : 'bytes' },
          ...(name === 'histogram' ? { histograms: [histogram(1, ALL)] } : one({}) && {}),
          ...(name === 'histogram' ? {} : { samples: [{ value: 1 }] }),
        },
      ]),
    )

    it('takes metadata without help and unit', () =>
      expectKept([{ ...one(basic('simple_counter')), metadata: { type: 1, help: '', unit: '' } }]))

    it('refuses a series without a name, whatever metadata it has', () =>
      expectPart(
        [{ ...one({ job: 'test' }), metadata: { type: 1, help: 'Test help', unit: 'unit' } }],
        {},
        /invalid-labels 1/,
      ))
  })

  describe('TestEdgeCaseCombinations', () => {
    it('takes metadata without data', () =>
      expectKept([
        { labels: basic('orphan_metric'), metadata: { type: 1, help: 'Orphaned', unit: 'count' } },
      ]))

    it('takes exemplars without data', () =>
      expectKept([
        {
          labels: basic('orphan_metric'),
          exemplars: [{ labels: { trace_id: 'orphan_trace' }, value: 42 }],
        },
      ]))

    it('takes data of different times', () =>
      expectKept([
        {
          labels: basic('old_metric'),
          samples: [{ value: 1, offsetMs: -HOUR_MS }],
          exemplars: [{ labels: { trace_id: 'old' }, value: 1, offsetMs: -HOUR_MS / 2 }],
        },
        one(basic('new_metric'), 2),
      ]))
  })

  describe('the combined tests', () => {
    const metadata = { type: 3, help: 'Metric number', unit: 'seconds' }
    const exemplarOf = (index: number, value: number) => [
      { labels: { trace_id: `trace_${index}` }, value },
    ]
    const fifty = Array.from({ length: 50 }, (_, index) => index)

    it('keeps many samples with metadata and exemplars', () =>
      expectKept(
        fifty.map((index) => ({
          ...one({ __name__: `counter_metric_${index}`, series: `s${index}` }, 100 * index),
          exemplars: exemplarOf(index, 100 * index),
          metadata,
        })),
      ))

    it('keeps many histograms with metadata and exemplars', () =>
      expectKept(
        fifty.map((index) => ({
          labels: { __name__: `histogram_metric_${index}`, bucket: `b${index}` },
          histograms: [histogram(index / 10, index % 2 === 0 ? ALL : POSITIVE)],
          exemplars: exemplarOf(index, index / 10),
          metadata,
        })),
      ))

    it('keeps special characters', () =>
      expectKept([
        {
          ...one(
            {
              __name__: 'test_metric',
              environment: 'test🚀',
              instance: 'localhost:9090',
              job: 'test-job_with.special@chars',
            },
            42,
          ),
          metadata: { type: 2, help: 'äöü, newlines\nand "quotes"', unit: 'special/units' },
          exemplars: [{ labels: { trace_id: 'special_trace_äöü-123' }, value: 42 }],
        },
      ]))

    it('keeps a histogram with custom buckets and an exemplar', () =>
      expectKept([
        {
          labels: { __name__: 'custom_latency_hist', version: 'v2' },
          histograms: [histogram(0.05, { custom: true })],
          exemplars: exemplarOf(1, 0.05),
        },
      ]))
  })

  describe('TestRW1BasicCompatibility, TestRW1ErrorHandling', () => {
    const headers = { 'content-type': VERSION_1 }

    it('takes 1.0 and says nothing of what was written', async () => {
      const body = request1(one(UP), one(basic('http_requests_total'), 100))
      expect(await receiver.send(body, headers)).toEqual({
        status: 204,
        text: '',
        samples: undefined,
        histograms: undefined,
        exemplars: undefined,
      })
      expect(receiver.bench.metrics.stats().accounts['attributed']).toBe(2)
    })

    it('answers 400 to a 1.0 body that is none', async () => {
      const body = Buffer.from(request1(one(basic('error_test'))))
      body[0] = 0xff
      const answer = await receiver.send(body, headers)
      expect(answer).toMatchObject({ status: 400, samples: undefined })
    })
  })
})

describe('what a sender repeats, delays or dates wrongly', () => {
  const labels = { __name__: 'http_requests_total', code: '200', instance: 'a', job: 'api' }
  const startMs = NOW_MS - HOUR_MS
  const at = (offsetMs: number, value: number) => ({
    labels,
    samples: [{ value, offsetMs, startMs }],
  })
  const requests = () => receiver.bench.gains()['acme requests 2xx'] ?? 0

  it('counts a request once that is sent again, whole or in part', async () => {
    const body = request2(at(-20_000, 5), at(-10_000, 9))
    expect((await receiver.send(body)).status).toBe(204)
    expect(await receiver.send(body)).toMatchObject({ status: 204, samples: 2 })
    expect((await receiver.send(request2(at(-10_000, 9), at(0, 10)))).status).toBe(204)
    expect(requests()).toBe(10)
    expect(receiver.bench.metrics.stats().accounts['duplicate']).toBe(3)
  })

  it.each([
    ['out of order', 'out-of-order', -15_000],
    ['older than is kept', 'too-old', -25 * HOUR_MS],
    ['from the future', 'too-far-in-future', 11 * MINUTE_MS],
    ['of a time that has another value', 'duplicate-timestamp', -10_000],
  ])('refuses a sample that is %s, and keeps the others', async (_what, reason, offsetMs) => {
    await receiver.send(request2(at(-20_000, 5), at(-10_000, 9)))
    const answer = await receiver.send(request2(at(offsetMs, 7), at(0, 12)))
    expect(answer).toMatchObject({ status: 400, samples: 1 })
    expect(answer.text).toContain(`1 of 2 samples were refused (${reason} 1)`)
    expect(requests()).toBe(12)
  })

  it('takes a sample a little from the future, as clocks differ', async () => {
    expect((await receiver.send(request2(at(9 * MINUTE_MS, 3)))).status).toBe(204)
  })

  it.each([
    ['a restart that the counts show', 4, undefined],
    ['a hint that counts began anew', 14, 1],
    ['no hint', 14, 0],
    ['a hint that they did not', 14, 2],
  ])('counts a histogram over %s', async (_what, count, resetHint) => {
    const duration = { __name__: 'http_request_duration_seconds', code: '200', job: 'api' }
    const send = (counted: number, second: number, more: object) =>
      receiver.send(
        request2({
          labels: duration,
          createdMs: startMs,
          histograms: [
            {
              countInt: counted,
              zeroCountInt: counted,
              timestamp: NOW_MS - 20_000 + 1_000 * second,
              ...more,
            },
          ],
        }),
      )
    await send(10, 0, {})
    await send(count, 1, resetHint === undefined ? {} : { resetHint })
    expect(requests()).toBe(resetHint === 1 ? 24 : 14)
  })
})
