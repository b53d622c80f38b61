import { describe, expect, it } from 'vitest'
import {
  numberRows,
  whyRaised,
  besideText,
} from '../../../src/edges/portal/explain/explain-words.ts'
import { countWord } from '../../../src/edges/portal/format/slo-units.ts'
import {
  clockShare,
  clockText,
  leftText,
  usedText,
} from '../../../src/edges/portal/slo/clock-words.ts'

const clock = (elapsedSeconds: number) => ({
  elapsedSeconds,
  limitSeconds: 14_400,
  leftSeconds: 14_400 - elapsedSeconds,
})

/** Spans are written with narrow spaces. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('a clock in words', () => {
  it('says what is left, and what is too long', () => {
    expect(plain(leftText(clock(7_800)))).toBe('1 h 50 min left')
    expect(plain(leftText(clock(15_600)))).toBe('20 min over')
    expect(usedText(clock(14_399))).toBe('99 %')
    expect([clockShare(clock(3_600)), clockShare(clock(99_000))]).toEqual([0.25, 1])
  })

  it('says what was raised, and that it is bad already', () => {
    const mark = { percent: 75, speed: 'medium', action: 'ticket' } as const
    expect(plain(clockText({ ...clock(10_920), mark }))).toBe(
      '58 min left. Past 75 % of the time a ticket is raised.',
    )
    expect(clockText({ ...clock(600), mark: null })).toContain('Nothing is raised before half')
    expect(clockText({ ...clock(14_400), mark })).toContain('counts as bad, whenever it ends')
  })

  it('counts what the source counts', () => {
    const counted = { one: 'impact', many: 'impacts' }
    expect(countWord({ unit: 'event', counted }, 1)).toBe('impact')
    expect(countWord({ unit: 'event', counted }, 0)).toBe('impacts')
    expect(countWord({ unit: 'minute', counted: null }, 2)).toBe('minutes')
  })

  it('explains its alert', () => {
    const numbers = { ...clock(10_920), markRatio: 0.75 }
    const alert = { key: 'recovery/clock', action: 'ticket', openingNumbers: numbers } as const
    expect(plain(whyRaised(alert, numbers, 'event'))).toContain(
      'open for 3 h 2 min: more than 75 % of the 4 h',
    )
    const rows = numberRows({ ...alert, numbers: clock(15_000) }, 'event')
    expect(JSON.parse(plain(JSON.stringify(rows)))).toEqual([
      { label: 'Open for', opening: '3 h 2 min', last: '4 h 10 min' },
      { label: 'Left to recover in time', opening: '58 min', last: 'None, 10 min over' },
    ])
    const page = { key: 'requests-fail/page', openedAtMs: 0 }
    expect(besideText({ ...alert, openedAtMs: 0 }, page)).toBe('Keeps the impact open')
    expect(besideText(page, { ...alert, openedAtMs: 0 })).toBe(
      'How long the impact is open already',
    )
  })
})
