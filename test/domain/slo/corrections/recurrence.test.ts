import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../../src/core/time.ts'
import { occurrencesIn, ruleProblem } from '../../../../src/domain/slo/corrections/recurrence.ts'

const at = (iso: string): number => Date.parse(iso)
const shown = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16)

describe('a rule that repeats', () => {
  it('keeps its time on the wall clock when summer time comes and goes', () => {
    const recurrence = {
      startsAtMs: at('2026-03-22T02:00:00+01:00'),
      endsAtMs: at('2026-03-22T04:00:00+01:00'),
      rrule: 'FREQ=WEEKLY;BYDAY=SU',
      zone: 'Europe/Berlin',
    }
    const range = { fromMs: at('2026-03-20T00:00:00Z'), toMs: at('2026-04-06T00:00:00Z') }
    expect(occurrencesIn(recurrence, range).map(({ fromMs }) => shown(fromMs))).toEqual([
      '2026-03-22T01:00',
      // Two o'clock is skipped: the instant at which it would have been.
      '2026-03-29T01:00',
      '2026-04-05T00:00',
    ])
  })

  it('comes round exactly where the zone shows its weekday and hour', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 40 }),
        (zone, fromDay, days) => {
          const recurrence = {
            startsAtMs: at('2026-01-05T12:00:00Z'),
            endsAtMs: at('2026-01-05T12:30:00Z'),
            rrule: 'FREQ=WEEKLY;BYDAY=MO,WE',
            zone,
          }
          const fromMs = at('2026-01-01T00:00:00Z') + fromDay * DAY_MS
          const toMs = fromMs + days * DAY_MS
          const format = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            weekday: 'short',
            hour: '2-digit',
            minute: '2-digit',
          })
          const first = format.format(recurrence.startsAtMs).slice(-5)
          const expected: number[] = []
          for (let ms = fromMs - HOUR_MS; ms < toMs; ms += 15 * 60_000) {
            const text = format.format(ms)
            const isDay = text.startsWith('Mon') || text.startsWith('Wed')
            const isPart = ms + 30 * 60_000 > fromMs && ms >= recurrence.startsAtMs
            if (isDay && text.endsWith(first) && isPart) expected.push(ms)
          }
          expect(occurrencesIn(recurrence, { fromMs, toMs }).map((one) => one.fromMs)).toEqual(
            expected,
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is refused where it says too much or nothing that can be worked out', () => {
    expect(ruleProblem('FREQ=WEEKLY;BYDAY=SU')).toBeNull()
    expect(ruleProblem('RRULE:FREQ=DAILY;COUNT=3')).toBeNull()
    expect(ruleProblem('FREQ=MINUTELY')).toBe('expected at most HOURLY')
    expect(ruleProblem('BYDAY=SU')).toBe('expected a FREQ')
    expect(ruleProblem('FREQ=OFTEN')).not.toBeNull()
    expect(ruleProblem('DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY')).toBe(
      'expected a rule alone: its start is startsAt and its zone is zone',
    )
  })
})

describe('a correction that is made once', () => {
  it('has a part in every range that it touches', () => {
    const once = { startsAtMs: 1_000, endsAtMs: 2_000, rrule: null, zone: null }
    const range = { fromMs: 1_000, toMs: 2_000 }
    expect(occurrencesIn(once, { fromMs: 0, toMs: 1_000 })).toEqual([])
    expect(occurrencesIn(once, { fromMs: 1_999, toMs: 3_000 })).toEqual([range])
    expect(occurrencesIn(once, { fromMs: 2_000, toMs: 3_000 })).toEqual([])
  })
})
