import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Batch, NATIVE, SAMPLE, STALE } from '../../../../src/edges/engines/forward/batch.ts'
import { BatchEncoder } from '../../../../src/edges/engines/forward/encode-batch.ts'
import { SeriesBook } from '../../../../src/edges/engines/forward/series-book.ts'
import { varintBytes, writeVarint } from '../../../../src/edges/engines/forward/varint.ts'
import { compressSnappy } from '../../../../src/machinery/wire/write-request.ts'
import { readWrite } from './engine.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
const labels = fc
  .uniqueArray(fc.record({ name: text, value: text }), {
    selector: ({ name }) => name,
    minLength: 1,
    maxLength: 12,
  })
  .map((all) =>
    all.toSorted((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name))),
  )
const sample = fc.record({
  kind: fc.constantFrom(SAMPLE, STALE, NATIVE),
  labels,
  value: fc.double({ noNaN: true }),
  atMs: fc.integer({ min: 1, max: 2 ** 42 }),
  startMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 42 })),
})

describe('an encoded batch', () => {
  it('says in either version what was put into it', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 80 }), (samples) => {
        const book = new SeriesBook()
        const batch = new Batch(0)
        for (const { kind, labels: own, value, atMs, startMs } of samples) {
          const series = book.add(0, own)
          if (kind === NATIVE) batch.pushNative(series, atMs, startMs, histogram(atMs))
          else batch.push(series, kind, atMs, value, kind === STALE ? 0 : startMs)
        }
        for (const version of ['1.0', '2.0'] as const) {
          const whole: [number, number] = [0, batch.count]
          const message = new BatchEncoder().encode(book, batch, whole, version)
          const got = readWrite({ body: compressSnappy(message), version })
          expect(
            got.map(({ labels: own, atMs, value, startMs }) => ({ own, atMs, value, startMs })),
          ).toEqual(
            samples.map((each) => ({
              own: Object.fromEntries(each.labels.map(({ name, value }) => [name, value])),
              atMs: each.atMs,
              value:
                each.kind === SAMPLE ? each.value : each.kind === STALE ? 'stale' : 'histogram',
              startMs: each.kind === STALE ? 0 : each.startMs,
            })),
          )
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('varints', () => {
  it('take as many bytes as they say', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(writeVarint(new Uint8Array(10), 0, value)).toBe(varintBytes(value))
      }),
    )
  })
})

/** Field 15 of a histogram: its time. */
function histogram(atMs: number): Uint8Array {
  const bytes = new Uint8Array(12)
  bytes[0] = 15 * 8
  return bytes.slice(0, writeVarint(bytes, 1, atMs))
}
