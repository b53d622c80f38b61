/** Which objectives should be others. */
import { describe, expect, it } from 'vitest'
import type { SloAttainment } from '../../../src/domain/slo/slo.ts'
import { adviceFor } from '../../../src/domain/reports/slo-review/advice.ts'

function attained(objectivePpm: number, bad: number, total: number): SloAttainment {
  const mayFail = (total * (1_000_000 - objectivePpm)) / 1_000_000
  const corrected = {
    good: total - bad,
    bad,
    total,
    mayFail,
    sliRatio: total > 0 ? (total - bad) / total : null,
    spentRatio: mayFail > 0 ? bad / mayFail : null,
    isMet: total > 0 ? bad <= mayFail : null,
  }
  return { tenantId: 'acme', sloId: 'checkout', objectivePpm, corrected } as SloAttainment
}

describe('what a review advises', () => {
  it.each([
    ['a budget that is hardly touched', 999_000, [2, 3], 100_000, 'tighten', 999_900],
    ['one that would be half gone at the next', 999_000, [5, 4], 100_000, 'tighten', 999_900],
    [
      'one that would be more than half gone at the next',
      999_000,
      [6, 4],
      100_000,
      'tighten',
      999_500,
    ],
    [
      'one that nothing touches: ten times harder at most',
      990_000,
      [0, 0],
      1e8,
      'tighten',
      999_000,
    ],
    ['too few events to tell', 999_000, [0, 0], 5_000, null, null],
    ['one good period of two', 999_000, [2, 40], 100_000, null, null],
    ['one that is missed twice', 999_000, [150, 180], 100_000, 'loosen', 998_000],
    ['one that is missed once', 999_000, [150, 80], 100_000, null, null],
    ['one that fails altogether', 999_000, [60_000, 70_000], 100_000, 'loosen', null],
    ['silence', 999_000, [0, 0], 0, 'silent', null],
  ] as const)('%s', (_, objectivePpm, [bad, badBefore], total, kind, proposedPpm) => {
    const now = attained(objectivePpm, bad, total)
    const advice = adviceFor(now, attained(objectivePpm, badBefore, total))
    expect(advice?.kind ?? null).toBe(kind)
    expect(advice?.proposedPpm ?? null).toBe(proposedPpm)
  })

  it('does not ask whether a source counts that had nothing to count', () => {
    const [now, before] = [attained(950_000, 0, 0), attained(950_000, 0, 0)]
    expect(adviceFor({ ...now, kind: 'external' }, before)).toBe(null)
    expect(adviceFor({ ...now, kind: 'time-slice' }, before)?.kind).toBe('silent')
  })

  it('gives the evidence with it', () => {
    const advice = adviceFor(attained(999_000, 2, 100_000), attained(999_000, 3, 100_000))
    expect(advice).toMatchObject({ spentRatio: 0.02, beforeSpentRatio: 0.03 })
    expect(advice!.proposedSpentRatio).toBeCloseTo(0.2, 12)
    expect(advice!.proposedBeforeSpentRatio).toBeCloseTo(0.3, 12)
  })

  it('says nothing without a period before', () => {
    expect(adviceFor(attained(999_000, 0, 1e9), null)).toBe(null)
  })
})
