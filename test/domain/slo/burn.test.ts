import { describe, expect, it } from 'vitest'
import {
  badLimit,
  burnRate,
  burnThreshold,
  exceeds,
  releaseSharePpm,
  windowBurn,
} from '../../../src/domain/slo/burn.ts'
import { BURN_PAIRS as PAIRS, PERIOD_SECONDS } from '../../../src/domain/slo/windows.ts'

const DAY_SECONDS = 86_400

describe('burnRate', () => {
  it('is 2 for 0.2 % bad where 0.1 % is allowed', () => {
    expect(burnRate({ errorRatio: 0.002, targetPpm: 999_000 })).toBe(2)
  })

  it('refuses an objective that allows nothing to fail, and one that asks for nothing', () => {
    for (const targetPpm of [1_000_000, 0, 999_000.5]) {
      expect(() => burnRate({ errorRatio: 0, targetPpm })).toThrow(
        expect.objectContaining({ code: 'SLO_TARGET' }),
      )
    }
  })

  it('is unknown for a window without events, and nothing for one with more good than there were', () => {
    expect(windowBurn(0, 0, 999_000)).toBeNull()
    expect(windowBurn(-3, 10, 999_000)).toBe(0)
  })
})

describe('thresholds', () => {
  it('follow from budget shares: 14.4, 6, 3 and 1 over 30 days', () => {
    const thresholds = PAIRS.map((pair) =>
      burnThreshold({ ...pair, periodSeconds: PERIOD_SECONDS }),
    )
    expect(thresholds).toEqual([14.4, 6, 3, 1])
  })

  it('are 13.44, 5.6, 2.8 and 0.933 over 28 days', () => {
    const periodSeconds = 28 * DAY_SECONDS
    const thresholds = PAIRS.map((pair) => burnThreshold({ ...pair, periodSeconds }))
    expect(thresholds.slice(0, 3)).toEqual([13.44, 5.6, 2.8])
    expect(thresholds[3]).toBeCloseTo(14 / 15, 15)
  })

  it('let go at half of themselves, and never below what the period bears: 7.2, 3, 1.5 and 1', () => {
    const releases = PAIRS.map((pair) => {
      const input = { ...pair, periodSeconds: PERIOD_SECONDS }
      return burnThreshold({ ...input, sharePpm: releaseSharePpm(input) })
    })
    expect(releases).toEqual([7.2, 3, 1.5, 1])
  })

  it('become a reduced fraction: 14.4 x 0.001 = 9 / 625', () => {
    const limit = badLimit({ ...PAIRS[0]!, periodSeconds: PERIOD_SECONDS }, 999_000)
    expect(limit).toMatchObject({ numerator: 9, denominator: 625 })
  })
})

describe('exceeds', () => {
  const limit = badLimit({ ...PAIRS[0]!, periodSeconds: PERIOD_SECONDS }, 999_000)

  it('is strict: 144 bad of 10,000 is the limit, 145 is above', () => {
    expect(exceeds(144, 10_000, limit)).toBe(false)
    expect(exceeds(145, 10_000, limit)).toBe(true)
  })

  it('decides counts whose products no double holds', () => {
    const total = 625 * 2 ** 43
    const atLimit = 9 * 2 ** 43
    expect(total).toBeGreaterThan(limit.safeTo)
    expect(exceeds(atLimit, total, limit)).toBe(false)
    expect(exceeds(atLimit + 1, total, limit)).toBe(true)
  })

  it('never holds for an empty window', () => {
    expect(exceeds(1, 0, limit)).toBe(false)
  })
})
