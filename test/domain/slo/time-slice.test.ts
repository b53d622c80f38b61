import { describe, expect, it } from 'vitest'
import {
  BAD_SLICE,
  decideSlice,
  GOOD_SLICE,
  NOT_COUNTED,
} from '../../../src/domain/slo/time-slice.ts'

describe('decideSlice', () => {
  it('is good at the target exactly, and bad one event below', () => {
    expect(decideSlice(1_000, 50, 950_000)).toBe(GOOD_SLICE)
    expect(decideSlice(1_000, 51, 950_000)).toBe(BAD_SLICE)
  })

  it('does not count a minute without events', () => {
    expect(decideSlice(0, 0, 950_000)).toBe(NOT_COUNTED)
  })

  it('is exact where products pass what a double holds', () => {
    const total = 20 * 2 ** 45
    expect(decideSlice(total, total / 20, 950_000)).toBe(GOOD_SLICE)
    expect(decideSlice(total, total / 20 + 1, 950_000)).toBe(BAD_SLICE)
  })
})
