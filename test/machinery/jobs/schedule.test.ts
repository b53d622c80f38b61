import { describe, expect, it } from 'vitest'
import { countDue, dueTimes } from '../../../src/machinery/jobs/schedule.ts'

const at = (text: string): number => Date.parse(text)
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

describe('a schedule in steps', () => {
  it('is due at whole multiples since the epoch', () => {
    const { nextMs, lastMs } = dueTimes({ everySeconds: 60 })
    expect([nextMs(59_999), nextMs(60_000), lastMs(60_000), lastMs(119_999)]).toEqual([
      60_000, 120_000, 60_000, 60_000,
    ])
  })
})

describe('a schedule in a zone', () => {
  const berlin = dueTimes({ cron: '30 2 * * *', zone: 'Europe/Berlin' })

  it('is due at its wall time, winter and summer', () => {
    expect(iso(berlin.nextMs(at('2026-01-15T00:00:00Z')))).toBe('2026-01-15T01:30:00.000Z')
    expect(iso(berlin.nextMs(at('2026-07-15T00:00:00Z')))).toBe('2026-07-15T00:30:00.000Z')
  })

  it('is due right after the gap in the night when the clocks go forward', () => {
    expect(iso(berlin.nextMs(at('2026-03-28T12:00:00Z')))).toBe('2026-03-29T01:00:00.000Z')
    expect(iso(berlin.nextMs(at('2026-03-29T01:00:00Z')))).toBe('2026-03-30T00:30:00.000Z')
  })

  it('is due once in the night when the clocks go back', () => {
    expect(iso(berlin.nextMs(at('2026-10-24T12:00:00Z')))).toBe('2026-10-25T00:30:00.000Z')
    expect(iso(berlin.nextMs(at('2026-10-25T00:30:00Z')))).toBe('2026-10-26T01:30:00.000Z')
  })

  it.each([
    ['2026-01-15T01:30:00.000Z', '2026-01-15T01:30:00.000Z'],
    ['2026-01-15T01:29:59.999Z', '2026-01-14T01:30:00.000Z'],
    ['2026-01-15T01:30:00.999Z', '2026-01-15T01:30:00.000Z'],
    ['2026-03-29T01:00:00.000Z', '2026-03-29T01:00:00.000Z'],
  ])('was at %s last due at %s', (now, last) => {
    expect(iso(berlin.lastMs(at(now)))).toBe(last)
  })

  it('knows the ends of months', () => {
    const monthly = dueTimes({ cron: '0 0 31 * *', zone: 'UTC' })
    expect(iso(monthly.nextMs(at('2026-01-31T00:00:00Z')))).toBe('2026-03-31T00:00:00.000Z')
    const last = dueTimes({ cron: '0 0 L * *', zone: 'UTC' })
    expect(iso(last.nextMs(at('2028-02-01T00:00:00Z')))).toBe('2028-02-29T00:00:00.000Z')
  })

  it.each([
    [{ cron: '61 * * * *', zone: 'UTC' }, 'minute'],
    [{ cron: '* * * * * *', zone: 'UTC' }, '5'],
    [{ cron: '0 0 * * *', zone: 'Mars/Olympus' }, 'Mars/Olympus'],
  ])('refuses %j when it is read', (schedule, part) => {
    expect(() => dueTimes(schedule)).toThrow(part)
  })
})

describe('counting due times', () => {
  it('leaves out both ends, and stops at its limit', () => {
    const due = dueTimes({ everySeconds: 1 })
    expect(countDue(due, { afterMs: 1_000, untilMs: 4_000, limit: 100 })).toBe(2)
    expect(countDue(due, { afterMs: 0, untilMs: 1e9, limit: 100 })).toBe(100)
    expect(countDue(due, { afterMs: 1_000, untilMs: 2_000, limit: 100 })).toBe(0)
  })
})
