/** Weeks, months and quarters by the clocks of a zone. */
import { describe, expect, it } from 'vitest'
import {
  dayEndsMs,
  dayIso,
  lastReviewPeriod,
  periodBefore,
  periodName,
  reviewPeriodAt,
} from '../../../src/domain/reports/slo-review/review-span.ts'

const at = (text: string): number => Date.parse(text)
const HOUR_MS = 3_600_000

describe('the span of a review', () => {
  it.each([
    [
      'week',
      'UTC',
      '2026-11-23T06:00:00Z',
      '2026-11-16T00:00:00Z',
      '2026-11-23T00:00:00Z',
      'week 47 of 2026',
    ],
    [
      'month',
      'Europe/Berlin',
      '2026-11-01T05:00:00Z',
      '2026-09-30T22:00:00Z',
      '2026-10-31T23:00:00Z',
      'October 2026',
    ],
    [
      'quarter',
      'Asia/Kathmandu',
      '2027-01-01T00:15:00Z',
      '2026-09-30T18:15:00Z',
      '2026-12-31T18:15:00Z',
      'Q4 2026',
    ],
    [
      'week',
      'UTC',
      '2027-01-05T00:00:00Z',
      '2026-12-28T00:00:00Z',
      '2027-01-04T00:00:00Z',
      'week 53 of 2026',
    ],
  ] as const)('the last %s in %s at %s begins %s', (span, zone, now, from, to, name) => {
    const period = lastReviewPeriod(span, zone, at(now))
    expect(period).toEqual({ fromMs: at(from), toMs: at(to) })
    expect(periodName(span, zone, period)).toBe(name)
  })

  it('is over at its very end, and not before', () => {
    const end = at('2026-11-01T00:00:00Z')
    expect(lastReviewPeriod('month', 'UTC', end).toMs).toBe(end)
    expect(lastReviewPeriod('month', 'UTC', end - 1).toMs).toBe(at('2026-10-01T00:00:00Z'))
  })

  it('is followed by its neighbour without a gap', () => {
    const period = reviewPeriodAt('quarter', 'America/New_York', at('2026-11-26T00:00:00Z'))
    expect(periodBefore('quarter', 'America/New_York', period).toMs).toBe(period.fromMs)
  })

  it('has days of 23, 24 and 25 hours where the clocks change', () => {
    const october = reviewPeriodAt('month', 'Europe/Berlin', at('2026-10-15T00:00:00Z'))
    const ends = dayEndsMs('Europe/Berlin', october)
    const lengths = ends.map((end, i) => (end - (ends[i - 1] ?? october.fromMs)) / HOUR_MS)
    expect([lengths.length, lengths[24], new Set(lengths)]).toEqual([31, 25, new Set([24, 25])])
    expect(ends.at(-1)).toBe(october.toMs)
    expect(dayIso('Europe/Berlin', october.fromMs)).toBe('2026-10-01')
  })
})
