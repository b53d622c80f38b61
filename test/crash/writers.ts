/**
 * Who writes while the server is killed: every kind of point over every protocol, a tenant each, so that no source shadows another. A
 * writer says with each request what the server has counted once it took it. Nothing heals itself: deltas, series that report once,
 * gauges, and cumulative series whose every rise is told.
 */
import { compressSync } from 'snappy'
import { gzipSync } from 'node:zlib'
import type { Prng } from '../../src/core/prng.ts'
import { remoteWrite, STALE, type Labels, type Series } from '../domain/metrics/writing.ts'
import { openOracle } from '../machinery/wire/oracle.ts'
import type { Figures } from './figures.ts'

export interface WriteRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** What the server has counted of the writer once it took the request. */
  readonly after: Figures
  /** How many samples are left to another replica each time the server takes the request. */
  readonly left?: number
}

export interface Writer {
  readonly name: string
  /** Of how many kinds its points are, for the report. */
  readonly points: readonly string[]
  /** Makes the next request at a time that is later than the one before. */
  next(atMs: number): WriteRequest
}

export const TENANTS = ['json', 'proto', 'summary', 'counters', 'classic', 'second', 'native', 'ha']

const otlp = openOracle('otlp-metrics.proto', 'ExportMetricsServiceRequest')
const version2 = openOracle('remote-write-2.proto', 'Request')

const nanos = (atMs: number): string => `${String(atMs)}000000`
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } })
const CODE_200 = { key: 'http.response.status_code', value: { intValue: '200' } }

const resource = (tenant: string, instance: string): object => ({
  attributes: [
    text('service.name', 'crash'),
    text('service.instance.id', instance),
    text('tenant.id', tenant),
  ],
})
const DURATION = { name: 'http.server.request.duration', unit: 's' }

/** Figures that grow and are set, handed out as they will be. */
class Expected {
  #figures: Record<string, number> = {}

  add(name: string, amount: number): void {
    this.#figures[name] = (this.#figures[name] ?? 0) + amount
  }

  set(name: string, value: number): void {
    this.#figures[name] = value
  }

  get figures(): Figures {
    return { ...this.#figures }
  }
}

export function openWriters(prng: Prng): Writer[] {
  return [
    jsonWriter(prng),
    protobufWriter(prng),
    summaryWriter(prng),
    counterWriter(prng),
    classicWriter(prng),
    secondVersionWriter(prng),
    nativeWriter(prng),
    haWriter(prng),
    nobodyWriter(prng),
  ]
}

const OTLP_JSON = { path: '/v1/metrics', headers: { 'content-type': 'application/json' } }
const OTLP_PROTOBUF = {
  path: '/v1/metrics',
  headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
}
const REMOTE_WRITE = {
  path: '/api/v1/write',
  headers: {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  },
}
const REMOTE_WRITE_2 = {
  path: '/api/v1/write',
  headers: {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '2.0.0',
  },
}

const snappy = (message: Uint8Array): Uint8Array => compressSync(Buffer.from(message))

/** OTLP/JSON: a delta histogram, a gauge, and a cumulative histogram that reports once. */
function jsonWriter(prng: Prng): Writer {
  const expected = new Expected()
  let lastMs = 0
  let sequence = 0
  const histogram = (count: number, temporality: number, startMs: number, atMs: number) => ({
    ...DURATION,
    histogram: {
      aggregationTemporality: temporality,
      dataPoints: [
        {
          attributes: [CODE_200],
          startTimeUnixNano: nanos(startMs),
          timeUnixNano: nanos(atMs),
          count: String(count),
          sum: count * 0.05,
          bucketCounts: [String(count), '0'],
          explicitBounds: [0.2],
        },
      ],
    },
  })
  return {
    name: 'json',
    points: ['classic histogram, delta', 'gauge', 'one-shot classic histogram with a start'],
    next(atMs) {
      sequence += 1
      const [delta, once, memory] = [1 + prng.below(50), 1 + prng.below(9), prng.below(1_000_000)]
      const startMs = lastMs === 0 ? atMs - 1_000 : lastMs
      lastMs = atMs
      const gauge = {
        name: 'process.memory.usage',
        unit: 'By',
        sum: {
          aggregationTemporality: 2,
          isMonotonic: false,
          dataPoints: [{ timeUnixNano: nanos(atMs), asInt: String(memory) }],
        },
      }
      const resourceMetrics = [
        {
          resource: resource('json', 'steady'),
          scopeMetrics: [{ metrics: [histogram(delta, 1, startMs, atMs), gauge] }],
        },
        {
          resource: resource('json', `once-${String(sequence)}`),
          scopeMetrics: [{ metrics: [histogram(once, 2, startMs, atMs)] }],
        },
      ]
      for (const name of ['2xx', 'le 0.2', 'le +Inf']) expected.add(`json ${name}`, delta + once)
      expected.set('json memory', memory)
      const body = Buffer.from(JSON.stringify({ resourceMetrics }))
      return { ...OTLP_JSON, body, after: expected.figures }
    },
  }
}

/** OTLP/protobuf, gzip: exponential histograms (delta and cumulative) and a cumulative sum. */
function protobufWriter(prng: Prng): Writer {
  const expected = new Expected()
  let startMs = 0
  let lastMs = 0
  const totals = { count: 0, cpu: 0 }
  const exponential = (aggregationTemporality: number, point: object): object => ({
    ...DURATION,
    exponentialHistogram: {
      aggregationTemporality,
      dataPoints: [{ attributes: [CODE_200], scale: 3, ...point }],
    },
  })
  // All observations are at an eighth of a second: the bucket that ends there is 2^-3
  const counts = (count: number): object => ({
    count,
    sum: count / 8,
    positive: { offset: -25, bucketCounts: [count] },
  })
  return {
    name: 'proto',
    points: ['exponential histogram, delta and cumulative', 'cumulative sum with a start'],
    next(atMs) {
      const [delta, more, cpu] = [1 + prng.below(20), prng.below(20), prng.below(9)]
      if (startMs === 0) startMs = atMs - 1_000
      const fromMs = lastMs === 0 ? startMs : lastMs
      lastMs = atMs
      totals.count += more
      totals.cpu += cpu
      const times = { startTimeUnixNano: nanos(startMs), timeUnixNano: nanos(atMs) }
      const since = { startTimeUnixNano: nanos(fromMs), timeUnixNano: nanos(atMs) }
      const sum = {
        name: 'process.cpu.time',
        unit: 's',
        sum: {
          aggregationTemporality: 2,
          isMonotonic: true,
          dataPoints: [{ ...times, asDouble: totals.cpu }],
        },
      }
      const metricsOf = (metrics: object[], instance: string): object => ({
        resource: resource('proto', instance),
        scopeMetrics: [{ metrics }],
      })
      const message = {
        resourceMetrics: [
          metricsOf([exponential(1, { ...since, ...counts(delta) })], 'delta'),
          metricsOf([exponential(2, { ...times, ...counts(totals.count) }), sum], 'cumulative'),
        ],
      }
      for (const name of ['2xx', 'le 0.125', 'le +Inf']) expected.add(`proto ${name}`, delta + more)
      expected.add('proto cpu', cpu)
      const body = gzipSync(otlp.encode(message))
      return { ...OTLP_PROTOBUF, body, after: expected.figures }
    },
  }
}

/** OTLP/protobuf: summaries, which count as counters. */
function summaryWriter(prng: Prng): Writer {
  const expected = new Expected()
  let startMs = 0
  let count = 0
  return {
    name: 'summary',
    points: ['summary with a start'],
    next(atMs) {
      if (startMs === 0) startMs = atMs - 1_000
      const more = prng.below(30)
      count += more
      const point = {
        attributes: [CODE_200],
        startTimeUnixNano: nanos(startMs),
        timeUnixNano: nanos(atMs),
        count,
        sum: count * 0.05,
        quantileValues: [{ quantile: 0.5, value: 0.05 }],
      }
      const metric = { ...DURATION, summary: { dataPoints: [point] } }
      const message = {
        resourceMetrics: [
          { resource: resource('summary', 'one'), scopeMetrics: [{ metrics: [metric] }] },
        ],
      }
      expected.add('summary 2xx', more)
      const body = gzipSync(otlp.encode(message))
      return { ...OTLP_PROTOBUF, body, after: expected.figures }
    },
  }
}

interface Target {
  readonly job: string
  readonly instance: string
  readonly tenant_id: string
}

const target = (tenant: string, instance = 'a:1'): Target => ({
  job: 'crash',
  instance,
  tenant_id: tenant,
})

/** Remote write 1.0: counters with routes that go stale and come back, counts by route, a gauge. */
function counterWriter(prng: Prng): Writer {
  const expected = new Expected()
  const series = ['/a', '/b'].flatMap((route) =>
    ['200', '500'].map((code) => ({ route, code, value: 0, isKnown: false })),
  )
  const samplesOf = (at: (typeof series)[number], atMs: number): Series => {
    const labels = {
      __name__: 'http_requests_total',
      route: at.route,
      code: at.code,
      ...target('counters'),
    }
    // A failed scrape ends a series; what it rose by meanwhile is counted when it comes back
    if (at.isKnown && prng.below(12) === 0) return { labels, samples: [[atMs, STALE]] }
    const gain = at.isKnown ? prng.below(20) : 0
    at.isKnown = true
    at.value += gain
    expected.add(`counters ${at.code[0] ?? ''}xx`, gain)
    expected.add(`counters route ${at.route}`, gain)
    expected.add(`counters route ${at.route} bad`, at.code === '500' ? gain : 0)
    return { labels, samples: [[atMs, at.value]] }
  }
  return {
    name: 'counters',
    points: ['counter', 'stale marker', 'gauge', 'counts by dimension'],
    next(atMs) {
      const memory = 1 + prng.below(1_000_000)
      const gauge = { __name__: 'process_resident_memory_bytes', ...target('counters') }
      const all: Series[] = series.map((each) => samplesOf(each, atMs))
      all.push({ labels: gauge, samples: [[atMs, memory]] })
      expected.set('counters memory', memory)
      return { ...REMOTE_WRITE, body: snappy(remoteWrite(all)), after: expected.figures }
    },
  }
}

/** Remote write 1.0: a classic histogram, series by series. */
function classicWriter(prng: Prng): Writer {
  const expected = new Expected()
  const total = { fast: 0, all: 0, isKnown: false }
  return {
    name: 'classic',
    points: ['classic histogram, series by series'],
    next(atMs) {
      const [fast, slow] = total.isKnown ? [prng.below(30), prng.below(5)] : [0, 0]
      total.isKnown = true
      total.fast += fast
      total.all += fast + slow
      const series = (suffix: string, value: number, more: Labels = {}): Series => ({
        labels: {
          __name__: `http_request_duration_seconds_${suffix}`,
          code: '200',
          ...more,
          ...target('classic'),
        },
        samples: [[atMs, value]],
      })
      const all = [
        series('count', total.all),
        series('sum', total.all / 10),
        series('bucket', total.fast, { le: '0.2' }),
        series('bucket', total.all, { le: '+Inf' }),
      ]
      expected.add('classic 2xx', fast + slow)
      expected.add('classic le 0.2', fast)
      expected.add('classic le +Inf', fast + slow)
      return { ...REMOTE_WRITE, body: snappy(remoteWrite(all)), after: expected.figures }
    },
  }
}

interface Given2 {
  readonly labels: Labels
  readonly samples?: readonly object[]
  readonly histograms?: readonly object[]
}

function request2(...series: readonly Given2[]): Uint8Array {
  const symbols = ['']
  const refOf = (symbol: string): number => {
    const known = symbols.indexOf(symbol)
    return known < 0 ? symbols.push(symbol) - 1 : known
  }
  const timeseries = series.map(({ labels, samples = [], histograms = [] }) => {
    const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return { labelsRefs: sorted.flat().map(refOf), samples, histograms }
  })
  return version2.encode({ symbols, timeseries })
}

/** Remote write 2.0: counters with start times, one of which reports once. */
function secondVersionWriter(prng: Prng): Writer {
  const expected = new Expected()
  let sequence = 0
  let steady = 0
  let startMs = 0
  return {
    name: 'second',
    points: ['counter with a start', 'one-shot counter with a start'],
    next(atMs) {
      sequence += 1
      if (startMs === 0) startMs = atMs - 1_000
      const [more, once] = [prng.below(20), 1 + prng.below(9)]
      steady += more
      const labels = (instance: string): Labels => ({
        __name__: 'http_requests_total',
        code: '200',
        ...target('second', instance),
      })
      const sample = (value: number): object => ({
        value,
        timestamp: atMs,
        startTimestamp: startMs,
      })
      const body = request2(
        { labels: labels('steady'), samples: [sample(steady)] },
        { labels: labels(`once-${String(sequence)}`), samples: [sample(once)] },
      )
      expected.add('second 2xx', more + once)
      return { ...REMOTE_WRITE_2, body: snappy(body), after: expected.figures }
    },
  }
}

/** Remote write 2.0: a native histogram with custom buckets and a start time. */
function nativeWriter(prng: Prng): Writer {
  const expected = new Expected()
  let startMs = 0
  const counts = [0, 0]
  return {
    name: 'native',
    points: ['native histogram with a start'],
    next(atMs) {
      if (startMs === 0) startMs = atMs - 1_000
      const [fast, slow] = [prng.below(30), prng.below(5)]
      counts[0]! += fast
      counts[1]! += slow
      const [atFast, atSlow] = counts as [number, number]
      const histogram = {
        schema: -53,
        customValues: [0.2],
        countInt: atFast + atSlow,
        zeroCountInt: 0,
        sum: (atFast + atSlow) / 10,
        positiveSpans: [{ offset: 0, length: 2 }],
        positiveDeltas: [atFast, atSlow - atFast],
        timestamp: atMs,
        startTimestamp: startMs,
      }
      const labels = {
        __name__: 'http_request_duration_seconds',
        code: '200',
        ...target('native'),
      }
      expected.add('native 2xx', fast + slow)
      expected.add('native le 0.2', fast)
      expected.add('native le +Inf', fast + slow)
      const body = snappy(request2({ labels, histograms: [histogram] }))
      return { ...REMOTE_WRITE_2, body, after: expected.figures }
    },
  }
}

/** Two replicas of one Prometheus: what the one that is not elected sends changes no count, and is
 *  counted as such. */
function haWriter(prng: Prng): Writer {
  const expected = new Expected()
  let value = 0
  let turn = 0
  return {
    name: 'ha',
    points: ['counters of two replicas'],
    next(atMs) {
      turn += 1
      const replica = turn === 1 || prng.below(2) === 0 ? 'a' : 'b'
      const gain = turn === 1 ? 0 : prng.below(20)
      if (replica === 'a') {
        value += gain
        expected.add('ha 2xx', gain)
      }
      const labels = {
        __name__: 'http_requests_total',
        code: '200',
        cluster: 'eu',
        __replica__: replica,
        ...target('ha'),
      }
      const series = [{ labels, samples: [[atMs, value]] as [number, number][] }]
      const left = replica === 'a' ? 0 : 1
      return { ...REMOTE_WRITE, body: snappy(remoteWrite(series)), after: expected.figures, left }
    },
  }
}

/** Samples of a tenant that nobody knows: they are counted as such. */
function nobodyWriter(prng: Prng): Writer {
  const expected = new Expected()
  let value = 0
  return {
    name: 'nobody',
    points: ['samples of no tenant'],
    next(atMs) {
      const count = 1 + prng.below(5)
      value += 1
      const series = Array.from({ length: count }, (_, index) => ({
        labels: { __name__: 'http_requests_total', code: String(200 + index), ...target('nobody') },
        samples: [[atMs, value]] as [number, number][],
      }))
      expected.add('nobody unattributed', count)
      return { ...REMOTE_WRITE, body: snappy(remoteWrite(series)), after: expected.figures }
    },
  }
}
