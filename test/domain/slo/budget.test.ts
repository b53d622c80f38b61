import { describe, expect, it } from 'vitest'
import {
  allowedPpm,
  budgetLeftEvents,
  budgetLeftRatio,
  exhaustsInSeconds,
} from '../../../src/domain/slo/budget.ts'

const PERIOD_SECONDS = 30 * 86_400

describe('the budget left', () => {
  it('is half after 5 bad of 10,000 at 99.9 %, and 5 events', () => {
    const counted = { bad: 5, total: 10_000 }
    expect(budgetLeftRatio(counted, allowedPpm(counted.total, 999_000))).toBe(0.5)
    expect(budgetLeftEvents(counted, allowedPpm(counted.total, 999_000))).toBe(5)
  })

  it('is negative when overspent', () => {
    const counted = { bad: 30, total: 10_000 }
    expect(budgetLeftRatio(counted, allowedPpm(counted.total, 999_000))).toBe(-2)
    expect(budgetLeftEvents(counted, allowedPpm(counted.total, 999_000))).toBe(-20)
  })

  it('is unknown without events', () => {
    expect(budgetLeftRatio({ bad: 0, total: 0 }, 0)).toBeNull()
    expect(budgetLeftEvents({ bad: 0, total: 0 }, 0)).toBeNull()
  })
})

describe('exhaustion', () => {
  const half = { leftRatio: 0.5, periodSeconds: PERIOD_SECONDS }

  it('comes a day later when half of 30 days burns 15 times too fast', () => {
    expect(exhaustsInSeconds({ ...half, burn: 15 })).toBe(86_400)
  })

  it('never comes at a rate that the period bears, and has come when the budget is spent', () => {
    expect(exhaustsInSeconds({ ...half, burn: 1 })).toBeNull()
    expect(exhaustsInSeconds({ ...half, burn: null })).toBeNull()
    expect(exhaustsInSeconds({ ...half, leftRatio: -0.1, burn: 3 })).toBe(0)
  })
})
