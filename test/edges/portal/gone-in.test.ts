import { describe, expect, it } from 'vitest'
import { goneInSeconds, goneInText } from '../../../src/edges/portal/format/gone-in.ts'

describe('when a budget is gone', () => {
  it.each([
    [0.3, 15_000, 15_000, '4\u202fh 10\u202fmin'],
    [0.3, null, null, '–'],
    [-0.15, 0, null, 'Gone'],
    [0, null, null, 'Gone'],
    [null, null, null, '–'],
  ])('%d left, gone in %d s', (budgetLeftRatio, exhaustsInSeconds, seconds, text) => {
    const budget = { budgetLeftRatio, exhaustsInSeconds }
    expect(goneInSeconds(budget)).toBe(seconds)
    expect(goneInText(budget)).toBe(text)
  })
})
