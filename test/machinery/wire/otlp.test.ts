import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng, type Prng } from '../../../src/core/prng.ts'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { openOracle } from './oracle.ts'
import { expectedMetrics, KINDS } from './otlp-expected.ts'
import { told } from './otlp-told.ts'
import { readOrRefuse } from './read-or-refuse.ts'
import { nested, scrambled, type WriteField } from './scrambled.ts'

const oracle = openOracle('otlp-metrics.proto', 'ExportMetricsServiceRequest')

const DATA_FIELDS = {
  gauge: 5,
  sum: 7,
  histogram: 9,
  'exponential-histogram': 10,
  summary: 11,
} as const

const texts = fc.string({ maxLength: 8 })
const attributes = fc.array(fc.record({ key: texts, value: texts }), { maxLength: 3 })
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const point = fc.record({
  attributes,
  startNanos: nanos,
  timeNanos: nanos,
  value: fc.oneof(
    fc.double(),
    fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
    fc.constant(undefined),
  ),
  flags: fc.nat(3),
  count: fc.bigInt({ min: 0n, max: 2n ** 53n }),
  sum: fc.option(fc.double(), { nil: undefined }),
  bucketCounts: fc.array(fc.nat(), { maxLength: 5 }),
  bounds: fc.array(fc.double(), { maxLength: 5 }),
  scale: fc.integer({ min: -10, max: 20 }),
  zeroThreshold: fc.double(),
  offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  bucketsUnsigned: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 4 }),
  exemplars: fc.nat(2),
  hasExtremes: fc.boolean(),
  quantiles: fc.array(fc.double({ min: 0, max: 1 }), { maxLength: 3 }),
})
const metric = fc.record({
  name: texts,
  unit: texts,
  kind: fc.constantFrom(...KINDS),
  temporality: fc.nat(2),
  monotonic: fc.boolean(),
  points: fc.array(point, { maxLength: 3 }),
})
const scope = fc.record({ name: texts, metrics: fc.array(metric, { maxLength: 3 }) })
const resource = fc.record({ attributes, scopes: fc.array(scope, { maxLength: 2 }) })
const request = fc.record({ seed: fc.nat(), resources: fc.array(resource, { maxLength: 2 }) })

type Values<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never
type Point = Values<typeof point>
type Metric = Values<typeof metric>

function encode({ seed, resources }: Values<typeof request>): Uint8Array {
  const prng = openPrng(seed)
  return scrambled(
    prng,
    resources.map((one) =>
      nested(
        1,
        scrambled(prng, [
          nested(1, scrambled(prng, attributeFields(prng, 1, one.attributes))),
          ...one.scopes.map(({ name, metrics }) =>
            nested(
              2,
              scrambled(prng, [
                nested(1, scrambled(prng, [[1, (writer) => writer.text(1, name)]])),
                ...metrics.map((each) => nested(2, encodeMetric(prng, each))),
              ]),
            ),
          ),
        ]),
      ),
    ),
  )
}

function attributeFields(
  prng: Prng,
  number: number,
  all: Point['attributes'],
): [number, WriteField][] {
  return all.map(({ key, value }) =>
    nested(
      number,
      scrambled(prng, [
        [1, (writer) => writer.text(1, key)],
        nested(2, scrambled(prng, [[1, (writer) => writer.text(1, value)]])),
      ]),
    ),
  )
}

function encodeMetric(prng: Prng, one: Metric): Uint8Array {
  const { name, unit, kind, temporality, monotonic, points } = one
  const encodePoint = POINT_ENCODERS[kind]
  const data: [number, WriteField][] = points.map((each) => nested(1, encodePoint(prng, each)))
  if (kind !== 'gauge' && kind !== 'summary') {
    data.push([2, (writer) => writer.varint(2, temporality)])
  }
  if (kind === 'sum') data.push([3, (writer) => writer.varint(3, monotonic ? 1 : 0)])
  return scrambled(prng, [
    [1, (writer) => writer.text(1, name)],
    [2, (writer) => writer.text(2, 'a description')],
    [3, (writer) => writer.text(3, unit)],
    nested(DATA_FIELDS[kind], scrambled(prng, data)),
  ])
}

function encodeNumber(prng: Prng, { attributes: all, value, ...rest }: Point): Uint8Array {
  const fields: [number, WriteField][] = [
    ...attributeFields(prng, 7, all),
    ...timeFields(rest),
    [8, (writer) => writer.varint(8, rest.flags)],
    ...exemplarFields(5, rest.exemplars),
  ]
  if (typeof value === 'number') fields.push([4, (writer) => writer.double(4, value)])
  if (typeof value === 'bigint') fields.push([6, (writer) => writer.fixed64(6, value)])
  return scrambled(prng, fields)
}

function encodeHistogram(prng: Prng, { attributes: all, sum, bounds, ...rest }: Point): Uint8Array {
  const fields: [number, WriteField][] = [
    ...attributeFields(prng, 9, all),
    ...timeFields(rest),
    [4, (writer) => writer.fixed64(4, rest.count)],
    [10, (writer) => writer.varint(10, rest.flags)],
    ...exemplarFields(8, rest.exemplars),
  ]
  if (rest.hasExtremes) fields.push([11, (writer) => writer.double(11, 0.5)])
  if (sum !== undefined) fields.push([5, (writer) => writer.double(5, sum)])
  if (prng.below(2) === 0) {
    fields.push([6, (writer) => writer.packedFixed64(6, rest.bucketCounts)])
    fields.push([7, (writer) => writer.packedDoubles(7, bounds)])
  } else {
    for (const count of rest.bucketCounts) fields.push([6, (writer) => writer.fixed64(6, count)])
    for (const bound of bounds) fields.push([7, (writer) => writer.double(7, bound)])
  }
  return scrambled(prng, fields)
}

function encodeExponential(prng: Prng, given: Point): Uint8Array {
  const { attributes: all, sum, scale, zeroThreshold, offset, bucketsUnsigned, ...rest } = given
  const buckets = (counts: readonly bigint[]): Uint8Array =>
    scrambled(prng, [
      [1, (writer) => writer.varint(1, offset < 0 ? -2 * offset - 1 : 2 * offset)],
      ...counts.map((count): [number, WriteField] => [2, (writer) => writer.varint(2, count)]),
    ])
  const fields: [number, WriteField][] = [
    ...attributeFields(prng, 1, all),
    ...timeFields(rest),
    [4, (writer) => writer.fixed64(4, rest.count)],
    [6, (writer) => writer.varint(6, scale < 0 ? -2 * scale - 1 : 2 * scale)],
    [7, (writer) => writer.fixed64(7, rest.count)],
    nested(8, buckets(bucketsUnsigned)),
    nested(9, buckets(bucketsUnsigned.toReversed())),
    [10, (writer) => writer.varint(10, rest.flags)],
    ...exemplarFields(11, rest.exemplars),
    [14, (writer) => writer.double(14, zeroThreshold)],
  ]
  if (sum !== undefined) fields.push([5, (writer) => writer.double(5, sum)])
  if (rest.hasExtremes) fields.push([12, (writer) => writer.double(12, 0.5)])
  if (rest.hasExtremes) fields.push([13, (writer) => writer.double(13, 0.5)])
  return scrambled(prng, fields)
}

function encodeSummary(prng: Prng, { attributes: all, sum, quantiles, ...rest }: Point) {
  return scrambled(prng, [
    ...attributeFields(prng, 7, all),
    ...timeFields(rest),
    [4, (writer) => writer.fixed64(4, rest.count)],
    [5, (writer) => writer.double(5, sum ?? 0)],
    ...quantiles.map((quantile) =>
      nested(6, scrambled(prng, [[1, (writer) => writer.double(1, quantile)]])),
    ),
    [8, (writer) => writer.varint(8, rest.flags)],
  ])
}

function exemplarFields(number: number, count: number): [number, WriteField][] {
  return Array.from({ length: count }, () => nested(number, new Uint8Array(0)))
}

const POINT_ENCODERS = {
  gauge: encodeNumber,
  sum: encodeNumber,
  histogram: encodeHistogram,
  'exponential-histogram': encodeExponential,
  summary: encodeSummary,
} as const

function timeFields({ startNanos, timeNanos }: Pick<Point, 'startNanos' | 'timeNanos'>) {
  return [
    [2, (writer) => writer.fixed64(2, startNanos)],
    [3, (writer) => writer.fixed64(3, timeNanos)],
  ] satisfies [number, WriteField][]
}

describe('readExportMetrics', () => {
  it('tells what protobufjs decodes, whatever the order of the fields', () => {
    fc.assert(
      fc.property(request, (input) => {
        const bytes = encode(input)
        const metrics = told(bytes).map(({ scope: _, ...rest }) => rest)
        expect(metrics).toEqual(expectedMetrics(bytes))
      }),
    )
  })

  it('reads or refuses every cut of a message, and never does anything else', () => {
    fc.assert(
      fc.property(request, (input) => {
        const bytes = encode(input)
        for (let length = 0; length < bytes.length; length += 1) {
          readOrRefuse(told, bytes.subarray(0, length))
        }
      }),
      { numRuns: 10 },
    )
  })

  it('reads or refuses messages with wrong bytes', () => {
    fc.assert(
      fc.property(request, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (input, changes) => {
        const bytes = encode(input)
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        readOrRefuse(told, bytes)
      }),
    )
  })

  it('gives the scope, which tells streams of one name apart', () => {
    const bytes = oracle.encode({
      resourceMetrics: [
        { scopeMetrics: [{ scope: { name: 'a' }, metrics: [{ name: 'm', gauge: {} }] }] },
      ],
    })
    expect(told(bytes).map((one) => one.scope)).toEqual(['0a0161'])
  })

  it('says nothing of a metric without data', () => {
    const bytes = oracle.encode({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm' }] }] }],
    })
    expect(told(bytes)).toEqual([])
  })

  it('puts together what comes in pieces, and lets the last kind of data hold', () => {
    const writer = openProtoWriter()
    const attribute = (key: string): void =>
      writer.message(1, () => writer.message(1, () => writer.text(1, key)))
    const number = (value: number): void => writer.message(1, () => writer.double(4, value))
    writer.message(1, () => {
      attribute('a')
      writer.message(2, () => {
        writer.message(2, () => {
          writer.message(5, () => number(1))
          writer.message(7, () => number(2))
          writer.text(1, 'm')
          writer.message(7, () => writer.varint(2, 1))
          writer.message(7, () => number(3))
        })
      })
      attribute('b')
      attribute('c')
    })
    const [metricTold] = told(writer.take())
    expect(metricTold?.resource.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(metricTold?.kind).toBe('sum')
    expect(metricTold?.name).toBe('m')
    expect(metricTold?.temporality).toBe(1)
    expect(metricTold?.points.map(({ value }) => value)).toEqual([2, 3])
  })

  it('reads a histogram with more buckets than it has room for at first', () => {
    const bounds = Array.from({ length: 200 }, (_, index) => index)
    const bytes = oracle.encode({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  histogram: {
                    dataPoints: [{ bucketCounts: [...bounds, 7], explicitBounds: bounds }],
                  },
                },
              ],
            },
          ],
        },
      ],
    })
    const [one] = told(bytes)[0]?.points ?? []
    expect(one?.bounds).toEqual(bounds)
    expect(one?.bucketCounts).toEqual([...bounds, 7])
  })

  it('refuses a known field of another wire type instead of losing it', () => {
    const cases: [string, WriteField][] = [
      ['field 1 of ExportMetricsServiceRequest', (writer) => writer.varint(1, 1)],
      ['field 2 of ResourceMetrics', (writer) => writer.message(1, () => writer.varint(2, 1))],
      [
        'field 7 of Metric',
        (writer) =>
          writer.message(1, () =>
            writer.message(2, () => writer.message(2, () => writer.varint(7, 1))),
          ),
      ],
      [
        'field 3 of NumberDataPoint',
        (writer) =>
          writer.message(1, () =>
            writer.message(2, () =>
              writer.message(2, () =>
                writer.message(5, () => writer.message(1, () => writer.varint(3, 1))),
              ),
            ),
          ),
      ],
    ]
    for (const [message, write] of cases) {
      const writer = openProtoWriter()
      write(writer)
      expect(() => told(writer.take())).toThrow(`${message} has wire type 0 at byte`)
    }
  })
})
