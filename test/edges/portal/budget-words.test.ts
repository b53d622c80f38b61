import { describe, expect, it } from 'vitest'
import { readBudgetSearch } from '../../../src/edges/portal/budget/budget-search.ts'
import {
  actionsText,
  budgetMood,
  budgetSentence,
  byState,
  NOTE_MOST,
  noteFault,
} from '../../../src/edges/portal/budget/budget-words.ts'
import { makeBudgetReviews } from '../../fixtures/portal-budget.ts'

describe('budget reviews', () => {
  it.each([
    [0, 0, 'No budget review is open; no deploys are frozen'],
    [1, 0, '1 budget review is open; no deploys are frozen'],
    [2, 1, '2 budget reviews are open; deploys of 1 tenant are frozen'],
    [0, 3, 'No budget review is open; deploys of 3 tenants are frozen'],
  ])('%d open, %d frozen: %s', (open, frozen, sentence) => {
    expect(budgetSentence(open, frozen)).toBe(sentence)
  })

  it('look as what they ask for', () => {
    expect(budgetMood(0, { frozenTenants: 0 }).tone).toBe('good')
    expect(budgetMood(1, { frozenTenants: 0 }).tone).toBe('warning')
    expect(budgetMood(0, { frozenTenants: 1 }).icon).toBe('pause')
  })

  it('that are open come first, then by age', () => {
    const reviews = makeBudgetReviews(
      new Map([['rev_initech', { closedAtMs: 1, closedBy: 'local', note: 'mended' }]]),
      Date.UTC(2026, 10, 26),
    )
    expect(reviews.toSorted(byState).map(({ reviewId }) => reviewId)).toEqual([
      'rev_globex',
      'rev_initech',
      'rev_initech_before',
    ])
  })

  it('are closed with a note, not too long', () => {
    expect(noteFault('  ')).toBe('Say what came of it.')
    expect(noteFault('x'.repeat(NOTE_MOST))).toBe(null)
    expect(noteFault('x'.repeat(NOTE_MOST + 1))).toMatch(/At most 2,000/)
  })

  it('keep in the address what is shown', () => {
    expect(readBudgetSearch({ state: 'all', other: 1 })).toEqual({ state: 'all' })
    expect(readBudgetSearch({ state: 'open' })).toEqual({})
  })

  it('tell what a step does', () => {
    expect(actionsText(['freeze-deploys', 'notify'])).toBe('Deploys are frozen, somebody is told')
  })
})
