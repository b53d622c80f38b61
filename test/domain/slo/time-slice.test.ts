import { describe, expect, it } from 'vitest'
import { NOT_COUNTED, sliceBad } from '../../../src/domain/slo/time-slice.ts'

const share = { rule: 'good-share', targetPpm: 950_000 } as const

describe('a slice that is good or bad', () => {
  it('is good at the target exactly, and bad one event below', () => {
    expect(sliceBad(1_000, 50, share)).toBe(0)
    expect(sliceBad(1_000, 51, share)).toBe(1)
  })

  it('is not counted without events', () => {
    expect(sliceBad(0, 0, share)).toBe(NOT_COUNTED)
    expect(sliceBad(0, 0, { rule: 'mean' })).toBe(NOT_COUNTED)
  })

  it('is exact where products pass what a double holds', () => {
    const total = 20 * 2 ** 45
    expect(sliceBad(total, total / 20, share)).toBe(0)
    expect(sliceBad(total, total / 20 + 1, share)).toBe(1)
  })

  it('is good when what is promised was served, however much more was asked for', () => {
    const served = { rule: 'served', servedPpm: 999_000, capPerMinute: 60_000 } as const
    expect(sliceBad(1_000, 1, served)).toBe(0)
    expect(sliceBad(1_000, 2, served)).toBe(1)
    expect(sliceBad(100_000, 40_060, served)).toBe(0)
    expect(sliceBad(100_000, 40_061, served)).toBe(1)
  })
})

describe('a slice that is a share', () => {
  it('is as bad as its events, in millionths, rounded half up', () => {
    expect(sliceBad(1_000, 51, { rule: 'mean' })).toBe(51_000)
    expect(sliceBad(3, 1, { rule: 'mean' })).toBe(333_333)
    expect(sliceBad(3, 2, { rule: 'mean' })).toBe(666_667)
    expect(sliceBad(2 ** 40, 2 ** 39, { rule: 'mean' })).toBe(500_000)
  })

  it('is never better than good or worse than bad', () => {
    expect(sliceBad(10, -1, { rule: 'mean' })).toBe(0)
    expect(sliceBad(10, 11, { rule: 'mean' })).toBe(1_000_000)
  })
})
