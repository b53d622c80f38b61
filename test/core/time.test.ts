import { describe, expect, it } from 'vitest'
import { bucketEndMs, floorToStep, isoTime } from '../../src/core/time.ts'

describe('buckets of time', () => {
  it.each([
    [10_000, 10_000],
    [10_001, 20_000],
    [9_999, 10_000],
    [0, 0],
  ])('put %d into the left-open bucket that ends at %d', (atMs, endMs) => {
    expect(bucketEndMs(atMs, 10_000)).toBe(endMs)
  })

  it('floor to the step at or before', () => {
    expect(floorToStep(19_999, 10_000)).toBe(10_000)
    expect(floorToStep(20_000, 10_000)).toBe(20_000)
  })

  it('write instants in UTC', () => {
    expect(isoTime(Date.UTC(2026, 1, 3, 4, 5, 6, 7))).toBe('2026-02-03T04:05:06.007Z')
  })
})
