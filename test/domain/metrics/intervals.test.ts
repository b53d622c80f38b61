import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Intervals, REMEMBERED_INTERVALS } from '../../../src/domain/metrics/intervals.ts'

describe('the intervals of a delta series', () => {
  it('are counted once each, whatever their order, and never overlap', () => {
    const interval = fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 10 }))
    fc.assert(
      fc.property(fc.array(interval, { maxLength: REMEMBERED_INTERVALS }), (given) => {
        const intervals = new Intervals()
        const row = intervals.add()
        const counted: [number, number][] = []
        for (const [startMs, spanMs] of given) {
          const endMs = startMs + spanMs
          const repeated = counted.some(([start, end]) => start === startMs && end === endMs)
          const overlaps = counted.some(([start, end]) => start < endMs && startMs < end)
          const verdict = intervals.book(row, startMs, endMs)
          expect(verdict).toBe(repeated ? 'duplicate' : overlaps ? 'overlap' : 'new')
          if (verdict === 'new') counted.push([startMs, endMs])
        }
      }),
    )
  })

  it('are refused when they lie before all that is remembered', () => {
    const intervals = new Intervals()
    const row = intervals.add()
    const last = REMEMBERED_INTERVALS + 5
    for (let end = 1; end <= last; end += 1) {
      if (end !== 4 && end !== 20) expect(intervals.book(row, end - 1, end)).toBe('new')
    }
    expect(intervals.book(row, 3, 4)).toBe('out-of-order')
    expect(intervals.book(row, 0, 1)).toBe('out-of-order')
    expect(intervals.book(row, 19, 20)).toBe('new')
    expect(intervals.book(row, last - 1, last)).toBe('duplicate')
  })
})
