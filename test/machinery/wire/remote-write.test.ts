import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { readLabels, type WireLabel } from '../../../src/machinery/wire/labels.ts'
import {
  readWriteRequest,
  type RemoteWriteVisitor,
} from '../../../src/machinery/wire/remote-write.ts'
import {
  ENDS,
  linearMemory,
  STARTS,
  Stretch,
  TIMES,
  VALUES,
} from '../../../src/machinery/wasm/linear-memory.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'
import { openOracle } from './oracle.ts'
import { readOrRefuse } from './read-or-refuse.ts'
import { nested, scrambled, type WriteField } from './scrambled.ts'

const oracle = openOracle('remote-write.proto', 'WriteRequest')

interface Told {
  readonly labels: WireLabel[]
  readonly points: (readonly [number, number] | 'histogram')[]
}

function read(
  bytes: Uint8Array,
  more: Partial<RemoteWriteVisitor> = {},
  told: Told[] = [],
): Told[] {
  readWriteRequest(bytes, {
    ...more,
    series(labelBytes, start, end) {
      told.push({ labels: readLabels(labelBytes, start, end), points: [] })
    },
    sample: (value, timestampMs) => told.at(-1)?.points.push([value, timestampMs]),
    sampleSince: () => expect.fail('a sample without a start'),
    stale: (timestampMs) => told.at(-1)?.points.push([Number.NaN, timestampMs]),
    nativeHistogram(labelBytes, start, end) {
      told.push({ labels: readLabels(labelBytes, start, end), points: ['histogram'] })
    },
  })
  return told
}

const stretch = new Stretch()

/** Reads a message that lies in the linear memory, and counts the series that came in batches. */
function readInPlace(message: Uint8Array): { told: Told[]; inBatches: number } {
  stretch.reserve(message.length)
  linearMemory.bytes.set(message, stretch.at)
  const bytes = linearMemory.bytes.subarray(stretch.at, stretch.at + message.length)
  const told: Told[] = []
  let inBatches = 0
  const { words, doubles } = linearMemory
  read(
    bytes,
    {
      batch(given, base, count) {
        expect(base).toBe(given.byteOffset)
        inBatches += count
        for (let index = 0; index < count; index += 1) {
          const labels = readLabels(given, words[STARTS / 4 + index]!, words[ENDS / 4 + index]!)
          const point = [doubles[VALUES / 8 + index]!, doubles[TIMES / 8 + index]!] as const
          told.push({ labels, points: [point] })
        }
      },
    },
    told,
  )
  return { told, inBatches }
}

/** What a reader says: what it told, or why it refused. */
function answerOf(reading: () => Told[]): Told[] | string {
  try {
    return reading()
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return (error as WireError).message
  }
}

interface Series {
  readonly labels: readonly WireLabel[]
  readonly samples: readonly { value: number; timestamp: number }[]
  readonly histograms: number
}

const series = fc.record<Series>({
  labels: fc.array(fc.record({ name: fc.string(), value: fc.string({ unit: 'grapheme' }) })),
  samples: fc.array(
    fc.record({ value: fc.double(), timestamp: fc.oneof(fc.maxSafeInteger(), fc.constant(-1)) }),
  ),
  histograms: fc.nat(2),
})
const request = fc.record({ seed: fc.nat(), all: fc.array(series, { maxLength: 5 }) })

function encode({ seed, all }: { seed: number; all: readonly Series[] }): Uint8Array {
  const prng = openPrng(seed)
  const fields = all.map(({ labels, samples, histograms }) =>
    nested(
      1,
      scrambled(prng, [
        ...labels.map(({ name, value }) =>
          nested(
            1,
            scrambled(prng, [
              [1, (writer) => writer.text(1, name)],
              [2, (writer) => writer.text(2, value)],
            ]),
          ),
        ),
        ...samples.map(({ value, timestamp }) =>
          nested(
            2,
            scrambled(prng, [
              [1, (writer) => writer.double(1, value)],
              [2, (writer) => writer.varint(2, timestamp)],
            ]),
          ),
        ),
        ...Array.from({ length: histograms }, () => nested(4, new Uint8Array(0))),
      ]),
    ),
  )
  return scrambled(prng, fields)
}

/** What the oracle makes of the bytes, in the shape of what the reader tells. */
function expected(bytes: Uint8Array): Told[] {
  const all = oracle.decode(bytes)['timeseries'] as {
    labels: Partial<WireLabel>[]
    samples: { value?: number; timestamp?: string }[]
    histograms: object[]
  }[]
  return all
    .filter(({ samples, histograms }) => samples.length + histograms.length > 0)
    .map(({ labels, samples, histograms }) => ({
      labels: labels.map(({ name = '', value = '' }) => ({ name, value })),
      points: [
        ...samples.map(({ value = 0, timestamp = '0' }) => [value, Number(timestamp)] as const),
        ...histograms.map(() => 'histogram' as const),
      ],
    }))
}

/** Each point with its labels: a histogram is told with its own. */
function single(told: Told[]): object[] {
  return told.flatMap(({ labels, points }) => points.map((point) => ({ labels, point })))
}

describe('readWriteRequest', () => {
  it('tells a series and its samples', () => {
    const bytes = oracle.encode({
      timeseries: [
        {
          labels: [
            { name: '__name__', value: 'up' },
            { name: 'job', value: 'api' },
          ],
          samples: [
            { value: 1, timestamp: 1_700_000_000_000 },
            { value: 0, timestamp: 1_700_000_015_000 },
          ],
        },
      ],
      metadata: [{ type: 1, metricFamilyName: 'up' }],
    })
    expect(read(bytes)).toEqual([
      {
        labels: [
          { name: '__name__', value: 'up' },
          { name: 'job', value: 'api' },
        ],
        points: [
          [1, 1_700_000_000_000],
          [0, 1_700_000_015_000],
        ],
      },
    ])
  })

  it('tells what protobufjs decodes, whatever the order of the fields', () => {
    fc.assert(
      fc.property(request, (input) => {
        const bytes = encode(input)
        expect(single(read(bytes))).toEqual(single(expected(bytes)))
      }),
    )
  })

  it('gives labels that do not lie together as one range', () => {
    const writer = openProtoWriter()
    writer.message(1, () => {
      writer.message(2, () => writer.varint(2, 5))
      writer.message(1, () => writer.text(1, 'a'))
      writer.message(2, () => writer.varint(2, 6))
      writer.message(1, () => writer.text(1, 'b'))
    })
    expect(read(writer.take())).toEqual([
      {
        labels: [
          { name: 'a', value: '' },
          { name: 'b', value: '' },
        ],
        points: [
          [0, 5],
          [0, 6],
        ],
      },
    ])
  })

  it('tells a stale marker by its bits, and every other NaN as a sample', () => {
    const events: string[] = []
    const visitor: RemoteWriteVisitor = {
      series: () => undefined,
      sample: (value, timestampMs) => events.push(`sample ${value} ${timestampMs}`),
      sampleSince: (value, timestampMs, startMs) =>
        events.push(`sample ${value} ${timestampMs} since ${startMs}`),
      stale: (timestampMs) => events.push(`stale ${timestampMs}`),
      nativeHistogram: () => undefined,
    }
    const writer = openProtoWriter()
    writer.message(1, () => {
      for (const bits of [0x7ff0_0000_0000_0002n, 0x7ff8_0000_0000_0001n, 0xfff0_0000_0000_0002n]) {
        writer.message(2, () => {
          writer.fixed64(1, bits)
          writer.varint(2, -1)
        })
      }
    })
    readWriteRequest(writer.take(), visitor)
    expect(events).toEqual(['stale -1', 'sample NaN -1', 'sample NaN -1'])
  })

  it('says nothing of a series without samples', () => {
    expect(read(oracle.encode({ timeseries: [{ labels: [{ name: 'a', value: 'b' }] }] }))).toEqual(
      [],
    )
  })

  it('refuses a known field of another wire type instead of losing it', () => {
    const cases: [string, WriteField][] = [
      ['field 1 of WriteRequest has wire type 0 at byte 1', (writer) => writer.varint(1, 1)],
      [
        'field 2 of TimeSeries has wire type 0 at byte 3',
        (writer) => writer.message(1, () => writer.varint(2, 1)),
      ],
      [
        'field 2 of Sample has wire type 1 at byte 5',
        (writer) => writer.message(1, () => writer.message(2, () => writer.fixed64(2, 1))),
      ],
    ]
    for (const [message, write] of cases) {
      const writer = openProtoWriter()
      write(writer)
      expect(() => read(writer.take())).toThrow(message)
    }
  })

  it('reads or refuses every cut of a message, and never does anything else', () => {
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

  it('reads or refuses messages with wrong bytes', () => {
    fc.assert(
      fc.property(request, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (input, changes) => {
        const bytes = encode(input)
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        readOrRefuse(read, bytes)
      }),
    )
  })
})

describe('a message in the linear memory', () => {
  const plain = fc.record<Series>({
    labels: fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 4 }),
    samples: fc
      .record({ value: fc.double(), timestamp: fc.integer({ min: 1, max: 2 ** 45 }) })
      .map((sample) => [sample]),
    histograms: fc.constant(0),
  })

  it('is told as one elsewhere, whatever is in it', () => {
    const any = fc.array(fc.oneof(plain, plain, series), { maxLength: 12 })
    fc.assert(
      fc.property(any, fc.nat(), (all, seed) => {
        const message = encode({ all, seed })
        expect(readInPlace(message).told).toEqual(read(message))
      }),
    )
  })

  it('is refused as one elsewhere after it was cut or a byte was changed', () => {
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 6 }), fc.nat(), fc.nat(255), (all, at, byte) => {
        const message = encode({ all, seed: 1 })
        const changed = Uint8Array.from(message)
        if (message.length > 0) changed[at % message.length] = byte
        for (const given of [changed, message.subarray(0, at % (message.length + 1))]) {
          const inPlace = answerOf(() => readInPlace(given).told)
          expect(inPlace).toEqual(answerOf(() => read(given)))
        }
      }),
    )
  })

  it('is told in batches where it is plain, zeros and special values included', () => {
    const values = [0, -0, 1.5, NaN, Infinity, -Infinity]
    const all = Array.from({ length: 600 }, (_, index) => ({
      labels: [{ name: '__name__', value: `m${index}` }],
      samples: [{ value: values[index % values.length]!, timestamp: 1_790_000_000_000 + index }],
      histograms: 0,
    }))
    const writer = openProtoWriter()
    for (const { labels, samples } of all) {
      writer.message(1, () => {
        for (const { name, value } of labels) {
          writer.message(1, () => {
            writer.text(1, name)
            writer.text(2, value)
          })
        }
        for (const { value, timestamp } of samples) {
          writer.message(2, () => {
            if (!Object.is(value, 0)) writer.double(1, value)
            writer.varint(2, timestamp)
          })
        }
      })
    }
    const { told, inBatches } = readInPlace(writer.take())
    expect(inBatches).toBe(600)
    expect(told.map(({ points }) => points)).toEqual(
      all.map(({ samples }) => samples.map(({ value, timestamp }) => [value, timestamp])),
    )
  })
})
