import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { readExportMetrics, type OtlpVisitor } from '../../../src/machinery/wire/otlp.ts'
import { otlpJsonToProtobuf } from '../../../src/machinery/wire/otlp-json.ts'
import { openOracle } from './oracle.ts'
import { expectAgreement } from './otlp-json-agreement.ts'
import { damaged, otlpJsonText } from './otlp-json-text.ts'
import { told } from './otlp-told.ts'

const oracle = openOracle('otlp-metrics.proto', 'ExportMetricsServiceRequest')

/** A request in the shape of the example that opentelemetry-proto publishes for metrics. */
const EXAMPLE = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }] },
      scopeMetrics: [
        {
          scope: {
            name: 'my.library',
            version: '1.0.0',
            attributes: [{ key: 'my.scope.attribute', value: { stringValue: 'some scope' } }],
          },
          metrics: [
            {
              name: 'my.counter',
              unit: '1',
              description: 'I am a Counter',
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: [
                  {
                    asDouble: 5,
                    startTimeUnixNano: '1544712660300000000',
                    timeUnixNano: '1544712660300000000',
                    attributes: [{ key: 'my.counter.attr', value: { stringValue: 'some value' } }],
                  },
                ],
              },
            },
            {
              name: 'my.gauge',
              unit: '1',
              gauge: { dataPoints: [{ asInt: '-10', timeUnixNano: '1544712660300000000' }] },
            },
            {
              name: 'my.histogram',
              unit: '1',
              histogram: {
                aggregationTemporality: 1,
                dataPoints: [
                  {
                    startTimeUnixNano: '1544712660300000000',
                    timeUnixNano: '1544712660300000000',
                    count: '2',
                    sum: 2,
                    bucketCounts: ['1', 1],
                    explicitBounds: [1],
                    min: 0,
                    max: 2,
                    exemplars: [{ traceId: '5b8efff798038103d269b633813fc60c' }],
                  },
                ],
              },
            },
            {
              name: 'my.exponential.histogram',
              exponentialHistogram: {
                aggregationTemporality: 1,
                dataPoints: [
                  {
                    count: '3',
                    scale: -1,
                    zeroCount: 1,
                    positive: { offset: -3, bucketCounts: ['2', 0] },
                    negative: { offset: 2147483647 },
                    min: 0,
                    max: 5,
                    exemplars: [{ traceId: '5b8efff798038103d269b633813fc60c', asDouble: 1 }],
                  },
                  {},
                ],
              },
            },
            {
              name: 'my.summary',
              summary: {
                dataPoints: [{ count: 2, sum: 3, quantileValues: [{ quantile: 1, value: 2 }] }],
              },
            },
          ],
        },
      ],
    },
  ],
}

const SILENT: OtlpVisitor = {
  resource: () => undefined,
  metric: () => undefined,
  numberPoint: () => undefined,
  histogramPoint: () => undefined,
  exponentialPoint: () => undefined,
  summaryPoint: () => undefined,
  valuelessPoint: () => undefined,
  leftOut: () => undefined,
}

function convert(value: unknown): Uint8Array {
  return otlpJsonToProtobuf(Buffer.from(JSON.stringify(value)))
}

function onePoint(point: object): object {
  return {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [point] } }] }] }],
  }
}

describe('otlpJsonToProtobuf', () => {
  it('converts the published example to what protobuf would carry', () => {
    const bytes = convert(EXAMPLE)
    const [counter, gauge, histogram, exponential, summary] = told(bytes)
    expect(counter).toMatchObject({
      resource: [{ key: 'service.name', value: 'my.service' }],
      name: 'my.counter',
      unit: '1',
      kind: 'sum',
      temporality: 1,
      monotonic: true,
      points: [
        {
          value: 5,
          startMs: 1_544_712_660_300,
          timeMs: 1_544_712_660_300,
          attributes: [{ key: 'my.counter.attr', value: 'some value' }],
        },
      ],
    })
    expect(gauge?.points[0]?.value).toBe(-10)
    expect(histogram?.points[0]).toMatchObject({
      count: 2,
      sum: 2,
      bucketCounts: [1, 1],
      bounds: [1],
    })
    expect(exponential?.points).toMatchObject([
      {
        count: 3,
        exponential: {
          scale: -1,
          zeroCount: 1,
          positive: [
            [-2, 2],
            [-1, 0],
          ],
          negative: [],
        },
      },
      { count: 0, sum: NaN, exponential: { scale: 0, positive: [] } },
    ])
    expect(exponential?.leftOut).toEqual({ exemplar: 1, extreme: 2, quantile: 0 })
    expect(summary?.points).toMatchObject([{ count: 2, sum: 3, fault: undefined }])
    expect(summary?.leftOut.quantile).toBe(1)
    expect(oracle.decode(bytes)['resourceMetrics']).toHaveLength(1)
  })

  it('takes 64-bit integers as text or number without losing a digit', () => {
    const text = JSON.stringify(onePoint({ timeUnixNano: 'HERE', asInt: '9007199254740993' }))
    for (const written of [
      '"1700000000123000000"',
      '1700000000123000000',
      ' 1700000000123000000',
    ]) {
      const bytes = otlpJsonToProtobuf(Buffer.from(text.replace('"HERE"', written)))
      expect(told(bytes)[0]?.points[0]?.timeMs).toBe(1_700_000_000_123)
    }
  })

  it('takes doubles in every form that JSON has for them', () => {
    const cases = [
      [1.5, 1.5],
      ['2.5e3', 2_500],
      ['NaN', Number.NaN],
      ['-Infinity', -Infinity],
    ] as const
    for (const [given, value] of cases) {
      expect(told(convert(onePoint({ asDouble: given })))[0]?.points[0]?.value).toBe(value)
    }
    const large = JSON.stringify(onePoint({ asDouble: 0 })).replace(':0', ':100000000000000000000')
    expect(told(otlpJsonToProtobuf(Buffer.from(large)))[0]?.points[0]?.value).toBe(1e20)
  })

  it('ignores unknown keys, snake case too, and takes null as absent', () => {
    expect(convert({ resource_metrics: 1, other: [], resourceMetrics: null })).toHaveLength(0)
    expect(convert({ ['__proto__']: 1, constructor: 2 })).toHaveLength(0)
    expect(otlpJsonToProtobuf(Buffer.from('{}'))).toHaveLength(0)
  })

  it('names the path of a wrong value', () => {
    const path = 'resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0]'
    const cases: [object, string][] = [
      [{ asInt: 1.5 }, `${path}.asInt: expected a signed 64-bit integer, got 1.5`],
      [
        { asInt: '9223372036854775808' },
        `${path}.asInt: expected a signed 64-bit integer, got "9223372036854775808"`,
      ],
      [
        { timeUnixNano: '-1' },
        `${path}.timeUnixNano: expected an unsigned 64-bit integer, got "-1"`,
      ],
      [{ asDouble: '0x10' }, `${path}.asDouble: expected a number, got "0x10"`],
      [{ attributes: {} }, `${path}.attributes: expected a list, got an object`],
      [{ attributes: [{ key: 7 }] }, `${path}.attributes[0].key: expected a text, got 7`],
      [
        { attributes: [{ value: { boolValue: 'true' } }] },
        `${path}.attributes[0].value.boolValue: expected true or false, got "true"`,
      ],
      [
        { attributes: [{ value: { bytesValue: '*' } }] },
        `${path}.attributes[0].value.bytesValue: expected base64 text, got "*"`,
      ],
    ]
    for (const [point, message] of cases) {
      expect(() => convert(onePoint(point))).toThrow(message)
    }
    expect(() => convert([])).toThrow('the document: expected an object, got a list')
  })

  it('says where the text stops being JSON or UTF-8', () => {
    const refusal = (text: string | Uint8Array) => () => otlpJsonToProtobuf(Buffer.from(text))
    expect(refusal('{"resourceMetrics":[')).toThrow('JSON: unexpected end at byte 20')
    expect(refusal('{"a":1,}')).toThrow("JSON: unexpected '}' at byte 7")
    expect(refusal('')).toThrow('JSON: unexpected end at byte 0')
    expect(refusal('nope')).toThrow("JSON: unexpected 'o' at byte 1")
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('the document is not valid UTF-8')
  })

  it('refuses values nested so deep that the stack would suffer', () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(5_000)}${']}}'.repeat(5_000)}`
    const text = JSON.stringify(onePoint({ attributes: [{ value: 'HERE' }] }))
    expect(() => otlpJsonToProtobuf(Buffer.from(text.replace('"HERE"', deep)))).toThrow(
      'nested too deep',
    )
  })

  it('refuses a known key that stands twice, and passes over an unknown one', () => {
    const text = (members: string) => () => otlpJsonToProtobuf(Buffer.from(`{${members}}`))
    expect(text('"resourceMetrics":[],"resourceMetrics":[]')).toThrow(
      'resourceMetrics: the key stands twice',
    )
    expect(text('"a":1,"a":[2]')()).toHaveLength(0)
  })

  it('names a series as a sender of protobuf would', () => {
    const value = { arrayValue: { values: [{ stringValue: 'x'.repeat(200) }, { intValue: '-5' }] } }
    const attributes = [{ key: 'k'.repeat(130), value }]
    const message = onePoint({ attributes, asInt: '1' })
    const [ours, theirs] = [convert(message), oracle.encode(message)]
    const keyOf = (bytes: Uint8Array) => {
      let key = ''
      readExportMetrics(bytes, {
        ...SILENT,
        numberPoint: (from, start, end) => {
          key = Buffer.from(from.subarray(start, end)).toString('hex')
        },
      })
      return key
    }
    expect(keyOf(ours)).toBe(keyOf(theirs))
    expect(keyOf(ours)).not.toBe('')
  })

  it.each([
    ['sound texts', 0, false],
    ['texts with odd values', 40, false],
    ['damaged texts', 0, true],
  ])('makes of %s what a reader by JSON.parse makes', (_what, oddOneIn, isDamaged) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const prng = openPrng(seed)
        const text = otlpJsonText(prng, { oddOneIn })
        expectAgreement(isDamaged ? damaged(prng, text) : Buffer.from(text))
      }),
      { numRuns: 300 },
    )
  })
})
