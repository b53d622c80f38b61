import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSampleSort } from '../../../src/machinery/storage/sample-sort.ts'

type Sample = readonly [timeMs: number, series: number, value: number]

function sorted(samples: readonly Sample[], inMemory: number): Sample[] {
  const sort = openSampleSort({ inMemory })
  try {
    for (const sample of samples) sort.add(...sample)
    const result: Sample[] = []
    for (const { timeMs, series, value } of sort.sorted()) result.push([timeMs, series, value])
    return result
  } finally {
    sort.close()
  }
}

describe('sorting samples', () => {
  it('orders by time and keeps the order of one time, with as little memory as there is', () => {
    const time = fc.oneof(
      fc.integer({ min: -5, max: 5 }).map((half) => half / 2),
      fc.integer({ min: -(2 ** 42), max: 2 ** 42 }),
    )
    const sample = fc.tuple(time, fc.integer({ min: -9, max: 9 }), fc.double())
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        (samples, inMemory) => {
          const expected = samples.toSorted((left, right) => left[0] - right[0])
          expect(sorted(samples, inMemory)).toEqual(expected)
        },
      ),
    )
  })

  it('merges long runs', () => {
    const samples = Array.from({ length: 50_000 }, (_, i): Sample => [
      (i * 7_919) % 10_007,
      i,
      i / 2,
    ])
    const expected = samples.toSorted((left, right) => left[0] - right[0])
    expect(sorted(samples, 9_000)).toEqual(expected)
  })
})
