import { describe, expect, it } from 'vitest'
import { DEFAULT_TEMPLATES, ERROR_RATE } from '../../../src/domain/slo/model/default-slos.ts'
import { formatBudget } from '../../../src/edges/portal/format/format.ts'
import {
  budgetLeftInWords,
  shareInWords,
  spanInWords,
  timesInWords,
  verdictOf,
  type VerdictFacts,
} from '../../../src/domain/slo/verdict.ts'

const template = DEFAULT_TEMPLATES.find(({ sloId }) => sloId === ERROR_RATE)!
const calm: VerdictFacts = {
  template,
  targetPpm: 999_000,
  state: 'ok',
  holdingBurn: null,
  lingering: null,
  leftRatio: 0.62,
  badRatio: 0.000_38,
  exhaustsInSeconds: null,
  silentSeconds: 0,
  sourced: null,
}

describe('verdictOf', () => {
  it('says how fast a budget burns and when it is gone', () => {
    const burning = { ...calm, holdingBurn: 15.2, exhaustsInSeconds: 100_800 }
    expect(verdictOf(burning)).toBe(
      'Burns its error-rate budget 15.2 times too fast: gone in 1 d 4 h.',
    )
    expect(verdictOf({ ...burning, leftRatio: -1, exhaustsInSeconds: 0 })).toBe(
      'Burns its error-rate budget 15.2 times too fast: it is spent already.',
    )
  })

  it('says what is left, and what was overspent', () => {
    expect(verdictOf(calm)).toBe('Keeps its error-rate objective: 62 % of the budget left.')
    expect(verdictOf({ ...calm, leftRatio: -1.5, badRatio: 0.0025 })).toBe(
      'Has spent its error-rate budget: 0.25 % bad where 0.1 % is allowed.',
    )
    expect(verdictOf({ ...calm, leftRatio: null })).toBe('Keeps its error-rate objective.')
  })

  it('says that it recovers while its alert is kept open', () => {
    const lingering = { burn: 4.2, window: '30m' }
    expect(verdictOf({ ...calm, lingering })).toBe(
      'Recovers: its error-rate budget still burns 4.2 times too fast over 30m: 62 % of the budget left.',
    )
  })

  it('says why it cannot tell', () => {
    expect(verdictOf({ ...calm, state: 'no-traffic' })).toBe(
      'No traffic in the last hour: 62 % of the budget left.',
    )
    expect(verdictOf({ ...calm, state: 'stale', silentSeconds: 720 })).toBe(
      'Nothing heard for 12 min: these are the last known numbers.',
    )
  })
})

describe('words', () => {
  it('writes spans in two units, rounded', () => {
    const spans = [0, 59, 61, 3_599.6, 12_000, 100_800, 86_399, 2_592_000].map(spanInWords)
    expect(spans).toEqual([
      '0 s',
      '59 s',
      '1 min 1 s',
      '1 h',
      '3 h 20 min',
      '1 d 4 h',
      '1 d',
      '30 d',
    ])
  })

  it('never rounds a share up to the whole', () => {
    const shares = [0, 1, 0.5, 0.999_62, 0.999_999_9, 0.000_38].map(shareInWords)
    expect(shares).toEqual(['0 %', '100 %', '50 %', '99.96 %', '99.99 %', '0.038 %'])
  })

  it('says what is left of a budget as the portal shows it', () => {
    for (const left of [0.829, 0.82, 0.999_9, 1, 0.004, 0, -0.004, -0.207, -3.5, 0.29, 0.57]) {
      const shown = formatBudget(left).replace('<1', 'less than 1').replace('−', '-')
      expect(budgetLeftInWords(left)).toBe(shown.replace('\u202f', ' '))
    }
    expect(budgetLeftInWords(0.829)).toBe('82 %')
  })

  it('writes rates', () => {
    expect([1.02, 15.23, 1_000].map(timesInWords)).toEqual([
      'a little too fast',
      '15.2 times too fast',
      '1000 times too fast',
    ])
  })
})
