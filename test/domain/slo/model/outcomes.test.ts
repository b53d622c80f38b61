import { describe, expect, test } from 'vitest'
import { OUTCOMES, type Outcome } from '../../../../src/core/names/status-classes.ts'
import { namedOutcomes, outcomesOf } from '../../../../src/domain/slo/model/outcomes.ts'

function subsets(): Outcome[][] {
  return Array.from({ length: 2 ** OUTCOMES.length - 1 }, (_, index) =>
    OUTCOMES.filter((_outcome, place) => ((index + 1) >> place) & 1),
  )
}

describe('outcomes', () => {
  test('are those of the names, and not those that are left out', () => {
    expect(outcomesOf({})).toEqual(OUTCOMES)
    expect(outcomesOf({ classes: ['429', '503'] })).toEqual(['429', 'quota', '503'])
    expect(outcomesOf({ classes: ['4xx'], except: ['quota'] })).toEqual(['other-4xx', '429'])
  })

  test('that have names are said by them, all else is not said', () => {
    const unsaid = subsets().filter((outcomes) => {
      const named = namedOutcomes(outcomes)
      if (named !== undefined) expect(outcomesOf(named)).toEqual(outcomes)
      return named === undefined
    })
    // What is left of 4xx when the 429 of others are taken away, and those of a quota stay
    const odd = subsets().filter((outcomes) => {
      return ['other-4xx', 'quota'].every((one) => outcomes.includes(one as Outcome))
        ? !outcomes.includes('429')
        : false
    })
    expect(unsaid).toEqual(odd)
  })

  test.each([
    [{}],
    [{ classes: ['5xx'] }],
    [{ classes: ['1xx', '4xx', '5xx', 'unknown'] }],
    [{ classes: ['429', '503'] }],
    [{ classes: ['5xx', '429'] }],
    [{ except: ['quota'] }],
    [{ classes: ['4xx', '5xx'], except: ['503'] }],
    [{ classes: ['429'], except: ['quota'] }],
  ] as const)('are said by the fewest names: %o', (named) => {
    expect(namedOutcomes(outcomesOf(named))).toEqual(named)
  })
})
