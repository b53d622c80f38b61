import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng, type Prng } from '../../../src/core/prng.ts'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { readLabels, type WireLabel } from '../../../src/machinery/wire/labels.ts'
import type { NativeHistogram } from '../../../src/machinery/wire/native-histogram.ts'
import { readWriteRequest2 } from '../../../src/machinery/wire/remote-write-2.ts'
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'
import { MAX_LABEL_BYTES, MAX_RESOLVED_BYTES } from '../../../src/machinery/wire/symbols.ts'
import { openOracle } from './oracle.ts'
import { readOrRefuse } from './read-or-refuse.ts'
import { nested, scrambled, type WriteField } from './scrambled.ts'
import { toVersion2, varints } from './to-version-2.ts'

const oracle = openOracle('remote-write-2.proto', 'Request')
const version1 = openOracle('remote-write.proto', 'WriteRequest')

interface Told {
  readonly labels: readonly WireLabel[]
  readonly points: unknown[]
}

interface All {
  readonly series: Told[]
  readonly refused: string[]
  readonly exemplars: number
  readonly metadata: number
}

/** Collects what is told, in the order in which it is told; label ranges are read when let go. */
function read(bytes: Uint8Array): All {
  const series: Told[] = []
  const refused: string[] = []
  let exemplars = 0
  let metadata = 0
  const begin = (from: Uint8Array, start: number, end: number): void => {
    series.push({ labels: readLabels(from, start, end), points: [] })
  }
  readWriteRequest2(bytes, {
    holdLabels: () => undefined,
    series(from, start, end) {
      begin(from, start, end)
    },
    sample: (value, timestampMs) => series.at(-1)?.points.push([value, timestampMs, 0]),
    sampleSince: (value, timestampMs, startMs) =>
      series.at(-1)?.points.push([value, timestampMs, startMs]),
    stale: (timestampMs) => series.at(-1)?.points.push(['stale', timestampMs]),
    nativeHistogram(from, start, end, histogram) {
      begin(from, start, end)
      series.at(-1)?.points.push(plain(histogram))
    },
    refuseSeries: (why, samples, histograms) => refused.push(`${why}: ${samples} ${histograms}`),
    extras: (moreExemplars, moreMetadata) => {
      exemplars += moreExemplars
      metadata += moreMetadata
    },
    refuseExemplar: (why) => refused.push(`exemplar: ${why}`),
  })
  return { series, refused, exemplars, metadata }
}

function plain(histogram: NativeHistogram): object {
  const { positive, negative, customValues, customLength, timestampMs, startMs } = histogram
  const pairs = ({ indexes, counts, length }: NativeHistogram['positive']): number[][] =>
    Array.from({ length }, (_, at) => [indexes[at]!, counts[at]!])
  const { count, sum, schema, zeroThreshold, zeroCount, isStale, isGauge, fault } = histogram
  return {
    times: [timestampMs, startMs],
    count,
    sum,
    schema,
    zeroThreshold,
    zeroCount,
    isStale,
    isGauge,
    fault,
    positive: pairs(positive),
    negative: pairs(negative),
    bounds: [...customValues.subarray(0, customLength)],
  }
}

interface Span {
  readonly offset: number
  readonly counts: readonly number[]
}
interface Histogram {
  readonly isFloat: boolean
  readonly schema: number
  readonly sum: number
  readonly zero: number
  readonly timestamp: number
  readonly start: number
  readonly positive: readonly Span[]
  readonly negative: readonly Span[]
  readonly bounds: readonly number[]
}
interface Series {
  readonly refs: readonly (readonly [number, number])[]
  readonly samples: readonly { value: number; timestamp: number; start: number }[]
  readonly histograms: readonly Histogram[]
  readonly exemplars: number
  readonly created: number
  readonly isPacked: boolean
}
interface Request {
  readonly seed: number
  readonly symbols: readonly string[]
  readonly all: readonly Series[]
}

const time = fc.oneof(fc.constant(0), fc.maxSafeInteger())
const spans = fc.array(
  fc.record<Span>({ offset: fc.nat(9), counts: fc.array(fc.nat(1_000), { maxLength: 4 }) }),
  { maxLength: 4 },
)
const histogram = fc.record<Histogram>({
  isFloat: fc.boolean(),
  schema: fc.constantFrom(-53, -4, 0, 3, 8),
  sum: fc.double(),
  zero: fc.nat(),
  timestamp: time,
  start: time,
  positive: spans,
  negative: spans,
  bounds: fc.array(fc.double(), { maxLength: 5 }),
})
const series = fc.record<Series>({
  refs: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 }),
  samples: fc.array(fc.record({ value: fc.double(), timestamp: time, start: time }), {
    maxLength: 3,
  }),
  histograms: fc.array(histogram, { maxLength: 2 }),
  exemplars: fc.nat(2),
  created: time,
  isPacked: fc.boolean(),
})
const request = fc.record<Request>({
  seed: fc.nat(),
  symbols: fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 20 }),
  all: fc.array(series, { maxLength: 5 }),
})

function encode({ seed, symbols, all }: Request): Uint8Array {
  const prng = openPrng(seed)
  const table = ['', ...symbols]
  return scrambled(prng, [
    ...table.map((text): [number, WriteField] => [4, (writer) => writer.text(4, text)]),
    ...all.map((one) => nested(5, encodeSeries(prng, one, table.length))),
  ])
}

function refFields(refs: readonly number[], isPacked: boolean): [number, WriteField][] {
  if (isPacked) return [nested(1, varints(refs))]
  return refs.map((ref) => [1, (writer) => writer.varint(1, ref)])
}

function encodeSeries(prng: Prng, one: Series, symbols: number): Uint8Array {
  const refs = one.refs.flat().map((ref) => ref % symbols)
  return scrambled(prng, [
    ...refFields(refs, one.isPacked),
    ...one.samples.map(({ value, timestamp, start }) =>
      nested(
        2,
        scrambled(prng, [
          [1, (writer) => writer.double(1, value)],
          [2, (writer) => writer.varint(2, timestamp)],
          [3, (writer) => writer.varint(3, start)],
        ]),
      ),
    ),
    ...one.histograms.map((given) => nested(3, encodeHistogram(prng, given))),
    ...Array.from({ length: one.exemplars }, () =>
      nested(4, scrambled(prng, refFields([0, 0], prng.below(2) === 0))),
    ),
    [6, (writer) => writer.varint(6, one.created)],
  ])
}

function encodeHistogram(prng: Prng, given: Histogram): Uint8Array {
  const { isFloat } = given
  const sides = ([8, 11] as const).flatMap((first): [number, WriteField][] => {
    const side = first === 8 ? given.negative : given.positive
    const counts = side.flatMap((span) => span.counts)
    const deltas = counts.map((count, at) => count - (counts[at - 1] ?? 0))
    const zigzag = deltas.map((delta) => (delta < 0 ? -2 * delta - 1 : 2 * delta))
    return [
      ...side.map((span) =>
        nested(
          first,
          scrambled(prng, [
            [1, (writer) => writer.varint(1, 2 * span.offset)],
            [2, (writer) => writer.varint(2, span.counts.length)],
          ]),
        ),
      ),
      isFloat
        ? [first + 2, (writer) => writer.packedDoubles(first + 2, counts)]
        : nested(first + 1, varints(zigzag)),
    ]
  })
  return scrambled(prng, [
    isFloat
      ? [2, (writer) => writer.double(2, given.zero + 0.5)]
      : [1, (writer) => writer.varint(1, given.zero + 1)],
    [3, (writer) => writer.double(3, given.sum)],
    [4, (writer) => writer.varint(4, given.schema < 0 ? -2 * given.schema - 1 : 2 * given.schema)],
    isFloat
      ? [7, (writer) => writer.double(7, given.zero)]
      : [6, (writer) => writer.varint(6, given.zero)],
    ...sides,
    [15, (writer) => writer.varint(15, given.timestamp)],
    [16, (writer) => writer.packedDoubles(16, given.bounds)],
    [17, (writer) => writer.varint(17, given.start)],
  ])
}

interface OracleSpan {
  offset?: number
  length?: number
}
type OracleHistogram = Record<string, unknown> & {
  positiveSpans: OracleSpan[]
  negativeSpans: OracleSpan[]
}
interface OracleSeries {
  labelsRefs: number[]
  samples: { value?: number; timestamp?: string; startTimestamp?: string }[]
  histograms: OracleHistogram[]
  exemplars: object[]
  createdTimestamp?: string
}

/** What the oracle makes of the bytes, in the shape of what the reader tells. */
function expected(bytes: Uint8Array): Told[] {
  const { symbols, timeseries } = oracle.decode(bytes) as unknown as {
    symbols: string[]
    timeseries: OracleSeries[]
  }
  return timeseries
    .filter(({ samples, histograms }) => samples.length + histograms.length > 0)
    .map(({ labelsRefs, samples, histograms, createdTimestamp = '0' }) => ({
      labels: Array.from({ length: labelsRefs.length / 2 }, (_, at) => ({
        name: symbols[labelsRefs[2 * at]!]!,
        value: symbols[labelsRefs[2 * at + 1]!]!,
      })),
      points: [
        ...samples.map(({ value = 0, timestamp = '0', startTimestamp = '0' }) => [
          value,
          Number(timestamp),
          Number(startTimestamp) || Number(createdTimestamp),
        ]),
        ...histograms.map((one) => expectedHistogram(one, Number(createdTimestamp))),
      ],
    }))
}

function expectedHistogram(one: OracleHistogram, createdMs: number): object {
  const number = (name: string): number => Number(one[name] ?? 0)
  return {
    times: [number('timestamp'), number('startTimestamp') || createdMs],
    count: number('countInt') || number('countFloat'),
    sum: one['sum'] ?? 0,
    schema: number('schema'),
    zeroThreshold: 0,
    zeroCount: number('zeroCountInt') || number('zeroCountFloat'),
    isStale: false,
    isGauge: false,
    fault: undefined,
    positive: expectedBuckets(one, 'positive'),
    negative: expectedBuckets(one, 'negative'),
    bounds: one['customValues'],
  }
}

function expectedBuckets(one: OracleHistogram, side: 'positive' | 'negative'): number[][] {
  const deltas = (one[`${side}Deltas`] as string[]).map(Number)
  let count = 0
  const summed = deltas.map((delta) => (count += delta))
  const counts = summed.length > 0 ? summed : (one[`${side}Counts`] as number[])
  let index = 0
  const indexes = one[`${side}Spans`].flatMap(({ offset = 0, length = 0 }) => {
    index += offset
    return Array.from({ length }, () => index++)
  })
  return counts.map((value, at) => [indexes[at]!, value])
}

/** Each point with its labels: a histogram is told with its own. */
function single(told: Told[]): object[] {
  return told.flatMap(({ labels, points }) => points.map((point) => ({ labels, point })))
}

describe('readWriteRequest2', () => {
  it('tells a series, its samples and what came along', () => {
    const bytes = oracle.encode({
      symbols: ['', '__name__', 'up', 'job', 'api', 'Whether it is up.'],
      timeseries: [
        {
          labelsRefs: [1, 2, 3, 4],
          samples: [
            { value: 1, timestamp: 1_700_000_000_000 },
            { value: 2, timestamp: 1_700_000_015_000, startTimestamp: 1_600_000_000_000 },
          ],
          exemplars: [{ labelsRefs: [3, 4], value: 1 }],
          metadata: { type: 2, helpRef: 5 },
        },
      ],
    })
    const labels = [
      { name: '__name__', value: 'up' },
      { name: 'job', value: 'api' },
    ]
    const points = [
      [1, 1_700_000_000_000, 0],
      [2, 1_700_000_015_000, 1_600_000_000_000],
    ]
    expect(read(bytes)).toEqual({
      series: [{ labels, points }],
      refused: [],
      exemplars: 1,
      metadata: 1,
    })
  })

  it('takes the start of a series, as older senders give it, where a sample has none', () => {
    const bytes = oracle.encode({
      symbols: [''],
      timeseries: [
        { samples: [{ timestamp: 9 }, { timestamp: 10, startTimestamp: 7 }], createdTimestamp: 5 },
      ],
    })
    expect(read(bytes).series[0]?.points).toEqual([
      [0, 9, 5],
      [0, 10, 7],
    ])
  })

  it('tells what protobufjs decodes, whatever the order of the fields', () => {
    fc.assert(
      fc.property(request, (input) => {
        const bytes = encode(input)
        const told = read(bytes)
        expect(single(told.series)).toEqual(single(expected(bytes)))
        expect(told.refused).toEqual([])
        expect(told.exemplars).toBe(input.all.reduce((sum, one) => sum + one.exemplars, 0))
      }),
    )
  })

  it('tells a series by the very bytes of its labels in 1.0', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
    const labels = fc.array(fc.record({ name: text, value: text }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 10 }), (all) => {
        const samples = [{ value: 1, timestamp: 2 }]
        const swapped = all.map((one) =>
          one.map(({ name, value }) => ({ name: value, value: name })),
        )
        const message = version1.encode({
          timeseries: [...all, ...swapped, ...all, ...all].map((one) => ({ labels: one, samples })),
        })
        const first: string[] = []
        const second: string[] = []
        const noting = (into: string[]) => ({
          series: (from: Uint8Array, start: number, end: number) => {
            into.push(Buffer.from(from.subarray(start, end)).toString('hex'))
          },
          sample: () => undefined,
          sampleSince: () => undefined,
          stale: () => undefined,
          nativeHistogram: () => undefined,
        })
        readWriteRequest(message, noting(first))
        readWriteRequest2(toVersion2(message), {
          ...noting(second),
          holdLabels: () => undefined,
          sampleSince: () => undefined,
          refuseSeries: () => undefined,
          extras: () => undefined,
          refuseExemplar: () => undefined,
        })
        expect(second).toEqual(first)
      }),
    )
  })

  it('tells stale markers by their bits, of samples and of histograms', () => {
    const writer = openProtoWriter()
    writer.text(4, '')
    writer.message(5, () => {
      for (const bits of [0x7ff0_0000_0000_0002n, 0x7ff8_0000_0000_0001n]) {
        writer.message(2, () => writer.fixed64(1, bits))
        writer.message(3, () => writer.fixed64(3, bits))
      }
    })
    const points = read(writer.take()).series.flatMap((one) => one.points)
    expect(points).toMatchObject([
      ['stale', 0],
      [NaN, 0, 0],
      { isStale: true },
      { isStale: false, sum: NaN },
    ])
  })

  it('says so where the spans do not fit the buckets', () => {
    const faultOf = (given: object): unknown => {
      const bytes = oracle.encode({ symbols: [''], timeseries: [{ histograms: [given] }] })
      return (read(bytes).series[0]?.points[0] as { fault: unknown } | undefined)?.fault
    }
    const huge = { offset: 0, length: 4_294_967_295 }
    expect(faultOf({ positiveSpans: [huge] })).toBe('spans cover more than the 0 buckets given')
    expect(faultOf({ positiveDeltas: [1, 2] })).toBe('spans cover 0 of 2 buckets given')
    const two = [
      { offset: 3, length: 1 },
      { offset: -1, length: 1 },
    ]
    expect(faultOf({ negativeSpans: two, negativeDeltas: [1, 0] })).toBe(
      'span 1 begins before the one before it ends',
    )
    const both = { positiveSpans: two.slice(0, 1), positiveDeltas: [1], positiveCounts: [1] }
    expect(faultOf(both)).toBe('both deltas and counts are given')
  })
})

describe('symbols', () => {
  const symbols = ['', '__name__', 'up']
  const one = (fields: object) =>
    read(oracle.encode({ symbols, timeseries: [{ samples: [{}], ...fields }] }))

  it('refuses a series with bad references and tells what it had', () => {
    expect(one({ labelsRefs: [1, 3], histograms: [{}] }).refused).toEqual([
      'label reference 3 is outside of the 3 symbols: 1 1',
    ])
    expect(one({ labelsRefs: [1, 4_294_967_295] }).refused).toEqual([
      'label reference 4294967295 is outside of the 3 symbols: 1 0',
    ])
    expect(one({ labelsRefs: [1] }).refused).toEqual(['1 label references, an odd number: 1 0'])
    expect(one({ labelsRefs: [1, 2], metadata: { unitRef: 3 } }).refused).toEqual([
      'unit reference 3 is outside of the 3 symbols: 1 0',
    ])
    expect(one({ labelsRefs: [1, 2], metadata: { helpRef: 9, unitRef: 3 } }).refused).toEqual([
      'help reference 9 is outside of the 3 symbols: 1 0',
    ])
  })

  it('refuses an exemplar with bad references and keeps its series', () => {
    const told = one({ labelsRefs: [1, 2], exemplars: [{ labelsRefs: [7, 0] }, {}] })
    expect(told.refused).toEqual(['exemplar: label reference 7 is outside of the 3 symbols'])
    expect(told).toMatchObject({ exemplars: 1, series: [{ points: [[0, 0, 0]] }] })
  })

  it('reads a negative reference as the large number that it is', () => {
    const writer = openProtoWriter()
    writer.text(4, '')
    writer.message(5, () => {
      writer.varint(1, -1)
      writer.varint(1, 0)
    })
    expect(read(writer.take()).refused[0]).toContain('reference 18446744073709552000 is outside')
  })

  it('are read wherever they lie', () => {
    const writer = openProtoWriter()
    writer.message(5, () => {
      writer.bytes(1, varints([1, 2]))
      writer.message(2, () => writer.varint(2, 5))
    })
    for (const symbol of ['', 'a', 'b']) writer.text(4, symbol)
    expect(read(writer.take()).series).toEqual([
      { labels: [{ name: 'a', value: 'b' }], points: [[0, 5, 0]] },
    ])
  })

  it('begin with the empty one', () => {
    expect(() => read(oracle.encode({ symbols: ['a', ''] }))).toThrow('first symbol is not empty')
  })

  it('cannot make a small request large', () => {
    const long = 'x'.repeat(MAX_LABEL_BYTES)
    const labelsRefs = [1, 2]
    const tooLong = { symbols: ['', '__name__', long], timeseries: [{ labelsRefs, samples: [{}] }] }
    expect(read(oracle.encode(tooLong)).refused[0]).toMatch(/^labels of \d+ bytes, the limit is/)
    const symbol = 'x'.repeat(MAX_LABEL_BYTES / 2)
    const bomb = oracle.encode({
      symbols: ['', '__name__', symbol],
      timeseries: Array.from({ length: 1 + (2 * MAX_RESOLVED_BYTES) / MAX_LABEL_BYTES }, () => ({
        labelsRefs,
        samples: [{}],
      })),
    })
    expect(bomb.length).toBeLessThan(200_000)
    const visitor = {
      holdLabels: () => undefined,
      series: () => undefined,
      sample: () => undefined,
      sampleSince: () => undefined,
      stale: () => undefined,
      nativeHistogram: () => undefined,
      refuseSeries: () => undefined,
      extras: () => undefined,
      refuseExemplar: () => undefined,
    }
    expect(() => readWriteRequest2(bomb, visitor)).toThrow('the labels of the request come to more')
  })
})

describe('damaged requests', () => {
  it('are refused where a known field has another wire type', () => {
    const cases: [string, WriteField][] = [
      ['field 2 of io.prometheus.write.v2.Request is reserved', (writer) => writer.text(2, '')],
      ['field 4 of io.prometheus.write.v2.Request', (writer) => writer.varint(4, 1)],
      ['field 2 of TimeSeries', (writer) => writer.message(5, () => writer.varint(2, 1))],
      [
        'field 3 of Sample',
        (writer) => writer.message(5, () => writer.message(2, () => writer.fixed64(3, 1))),
      ],
      [
        'field 3 of Metadata',
        (writer) => writer.message(5, () => writer.message(5, () => writer.fixed64(3, 1))),
      ],
      [
        'field 9 of Histogram',
        (writer) => writer.message(5, () => writer.message(3, () => writer.fixed64(9, 1))),
      ],
    ]
    for (const [message, write] of cases) {
      const writer = openProtoWriter()
      write(writer)
      expect(() => read(writer.take())).toThrow(message)
    }
  })

  it('are read or refused at every cut', () => {
    fc.assert(
      fc.property(request, (input) => {
        const bytes = encode(input)
        for (let length = 0; length < bytes.length; length += 1) {
          readOrRefuse(read, bytes.subarray(0, length))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('are read or refused with wrong bytes', () => {
    fc.assert(
      fc.property(request, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (input, changes) => {
        const bytes = encode(input)
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        readOrRefuse(read, bytes)
      }),
    )
  })
})
