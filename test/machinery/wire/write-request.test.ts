import { describe, expect, it } from 'vitest'
import { readLabels } from '../../../src/machinery/wire/labels.ts'
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'
import { encodeLabels, WriteRequestBuilder } from '../../../src/machinery/wire/write-request.ts'

function read(message: Uint8Array): (string | number)[][] {
  const rows: (string | number)[][] = []
  readWriteRequest(message, {
    series: (bytes, start, end) =>
      rows.push(readLabels(bytes, start, end).map(({ name, value }) => `${name}=${value}`)),
    sample: (value, timestampMs) => rows.at(-1)?.push(value, timestampMs),
    sampleSince: (value, timestampMs, startMs) =>
      rows.at(-1)?.push(value, timestampMs, `since ${startMs}`),
    stale: (timestampMs) => rows.at(-1)?.push('stale', timestampMs),
    nativeHistogram: () => rows.push(['a native histogram']),
  })
  return rows
}

describe('a remote-write request of our own', () => {
  it('is what the reader reads', () => {
    const builder = new WriteRequestBuilder()
    const labels = encodeLabels([
      { name: '__name__', value: 'up' },
      { name: 'job', value: 'x'.repeat(300) },
      { name: 'Area', value: 'é' },
      { name: 'none', value: '' },
    ])
    const sorted = ['Area=é', '__name__=up', `job=${'x'.repeat(300)}`]
    builder.sample(labels, 0.5, 1_800_000_000_123, 0)
    builder.sample(labels, 2, 1_800_000_000_123, 1_700_000_000_000)
    builder.sample(labels, NaN, -5, 0)
    builder.stale(labels, 0)
    expect(read(builder.take())).toEqual([
      [...sorted, 0.5, 1_800_000_000_123],
      [...sorted, 2, 1_800_000_000_123, 'since 1700000000000'],
      [...sorted, NaN, -5],
      [...sorted, 'stale', 0],
    ])
    expect(builder.take()).toHaveLength(0)
  })

  it('grows, and forgets what is cut off', () => {
    const builder = new WriteRequestBuilder()
    const labels = encodeLabels([{ name: '__name__', value: 'm' }])
    builder.sample(labels, 1, 1, 0)
    const kept = builder.length
    for (let index = 0; index < 20_000; index += 1) builder.sample(labels, index, 2, 0)
    builder.cut(kept)
    expect(read(builder.take())).toEqual([['__name__=m', 1, 1]])
  })
})
