import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cursor } from '../../../src/machinery/wire/cursor.ts'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { readLabels } from '../../../src/machinery/wire/labels.ts'
import { encodeReadRequest, readReadAnswer } from '../../../src/machinery/wire/remote-read.ts'
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'
import { uncompressSnappy } from '../../../src/machinery/wire/snappy.ts'
import { encodeLabels } from '../../../src/machinery/wire/write-request.ts'

interface Series {
  readonly name: string
  readonly samples: readonly (readonly [timeMs: number, value: number])[]
  readonly histogramsMs: readonly number[]
}

function answerOf(series: readonly Series[]): Uint8Array {
  const writer = openProtoWriter()
  writer.message(1, () => {
    for (const { name, samples, histogramsMs } of series) {
      writer.message(1, () => {
        writer.raw(encodeLabels([{ name: '__name__', value: name }]))
        for (const [timeMs, value] of samples) {
          writer.message(2, () => {
            writer.double(1, value)
            writer.varint(2, timeMs)
          })
        }
        for (const timeMs of histogramsMs) {
          writer.message(4, () => {
            writer.varint(1, 5)
            writer.varint(15, timeMs)
          })
        }
      })
    }
  })
  return writer.take()
}

/** Lists what a message of remote write holds. */
function told(message: Uint8Array): string[] {
  const lines: string[] = []
  let name = ''
  const nameIn = (bytes: Uint8Array, start: number, end: number): string =>
    readLabels(bytes, start, end)[0]!.value
  readWriteRequest(message, {
    series: (bytes, start, end) => void (name = nameIn(bytes, start, end)),
    sample: (value, timestampMs) => void lines.push(`${name} ${timestampMs} ${value}`),
    sampleSince: () => expect.fail('a sample without a start'),
    stale: () => expect.fail('a sample that is no marker'),
    nativeHistogram(bytes, start, end, histogram) {
      lines.push(`${nameIn(bytes, start, end)} ${histogram.timestampMs} histogram`)
    },
  })
  return lines
}

describe('remote read', () => {
  it('asks for a range that begins after its start, of names by a regular expression', () => {
    const body = encodeReadRequest({ fromMs: 1_000, toMs: 2_000, names: 'a|b' })
    const bytes = uncompressSnappy(body, 1_000)
    const cursor = new Cursor()
    cursor.open(bytes, 0)
    cursor.readTag(bytes.length)
    const end = cursor.readEnd(bytes.length)
    const numbers = [0, 1].map(() => {
      cursor.readTag(end)
      return cursor.readVarint(end)
    })
    expect(numbers).toEqual([1_001, 2_000])
    expect(Buffer.from(bytes.subarray(cursor.position)).toString('latin1')).toMatch(
      /__name__.*a\|b$/s,
    )
  })

  it('gives every sample and histogram once, in the step that holds its time', () => {
    const time = fc.integer({ min: 1, max: 600_000 })
    const series = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      samples: fc.uniqueArray(fc.tuple(time, fc.integer()), { selector: ([timeMs]) => timeMs }),
      histogramsMs: fc.uniqueArray(time, { maxLength: 5 }),
    })
    fc.assert(
      fc.property(fc.array(series, { maxLength: 8 }), (all) => {
        const answer = readReadAnswer(answerOf(all), 60_000)
        const steps = [...answer.steps()]
        for (const { endMs, message } of steps) {
          for (const line of told(message)) {
            const timeMs = Number(line.split(' ')[1])
            expect(Math.ceil(timeMs / 60_000) * 60_000).toBe(endMs)
          }
        }
        const expected = all.flatMap(({ name, samples, histogramsMs }) => [
          ...samples.map(([timeMs, value]) => `${name} ${timeMs} ${value}`),
          ...histogramsMs.map((timeMs) => `${name} ${timeMs} histogram`),
        ])
        const given = steps.flatMap(({ message }) => told(message))
        expect(given.toSorted()).toEqual(expected.toSorted())
        expect(answer.samples).toBe(expected.length)
        expect(steps.map(({ endMs }) => endMs)).toEqual(
          steps.map(({ endMs }) => endMs).toSorted((left, right) => left - right),
        )
      }),
    )
  })
})
