import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { periodAt } from '../../../src/domain/slo/calendar.ts'
import { CALENDAR_UNITS, type CalendarUnit } from '../../../src/domain/slo/model/period.ts'

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Africa/Cairo',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Atlantic/Azores',
]

/** Names the period that an instant is in, as its zone writes the date. */
function nameOf(atMs: number, unit: CalendarUnit, zone: string): string {
  const text = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(atMs)
  const [year, month, day] = text.split('-').map(Number) as [number, number, number]
  switch (unit) {
    case 'day':
      return text
    case 'week':
      return String(Math.floor((Date.UTC(year, month - 1, day) / 86_400_000 + 3) / 7))
    case 'month':
      return `${year}-${month}`
    case 'quarter':
      return `${year} q${Math.ceil(month / 3)}`
    case 'year':
      return String(year)
  }
}

describe('a period of the calendar', () => {
  const instant = fc
    .integer({ min: Date.UTC(2005, 0, 1) / 60_000, max: Date.UTC(2037, 0, 1) / 60_000 })
    .map((minute) => minute * 60_000)

  it('is the whole stretch in which the zone writes one day, week, month, quarter or year', () => {
    fc.assert(
      fc.property(
        instant,
        fc.constantFrom(...CALENDAR_UNITS),
        fc.constantFrom(...ZONES),
        (atMs, unit, zone) => {
          const { startMs, endMs } = periodAt(atMs, unit, zone)
          expect(startMs).toBeLessThan(atMs)
          expect(endMs).toBeGreaterThanOrEqual(atMs)
          const name = nameOf(atMs - 1, unit, zone)
          expect(nameOf(startMs, unit, zone)).toBe(name)
          expect(nameOf(endMs - 1, unit, zone)).toBe(name)
          expect(nameOf(startMs - 1, unit, zone)).not.toBe(name)
          expect(nameOf(endMs, unit, zone)).not.toBe(name)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  it('follows its neighbour without a gap', () => {
    fc.assert(
      fc.property(
        instant,
        fc.constantFrom(...CALENDAR_UNITS),
        fc.constantFrom(...ZONES),
        (atMs, unit, zone) => {
          const { startMs, endMs } = periodAt(atMs, unit, zone)
          expect(periodAt(endMs + 1, unit, zone).startMs).toBe(endMs)
          expect(periodAt(startMs, unit, zone).endMs).toBe(startMs)
        },
      ),
      { numRuns: 500 },
    )
  })

  const span = (iso: string, unit: CalendarUnit, zone: string): string[] => {
    const { startMs, endMs } = periodAt(Date.parse(iso), unit, zone)
    return [startMs, endMs].map((atMs) => new Date(atMs).toISOString().slice(0, 16))
  }

  it('has 23 hours where clocks go forward and 25 where they go back', () => {
    expect(span('2026-03-29T10:00Z', 'day', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ])
    expect(span('2026-10-25T10:00Z', 'day', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ])
  })

  it('begins where the clocks jumped to when they skip midnight', () => {
    expect(span('2018-11-04T12:00Z', 'day', 'America/Sao_Paulo')).toEqual([
      '2018-11-04T03:00',
      '2018-11-05T02:00',
    ])
  })

  it('ends with the month, the quarter and the year of the zone', () => {
    expect(span('2028-02-10T00:00Z', 'month', 'Asia/Kathmandu')).toEqual([
      '2028-01-31T18:15',
      '2028-02-29T18:15',
    ])
    expect(span('2026-02-10T00:00Z', 'quarter', 'America/New_York')).toEqual([
      '2026-01-01T05:00',
      '2026-04-01T04:00',
    ])
    expect(span('2026-11-26T00:00Z', 'week', 'UTC')).toEqual([
      '2026-11-23T00:00',
      '2026-11-30T00:00',
    ])
  })
})
