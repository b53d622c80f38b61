/**
 * A place that is asked no more once it has not answered several times in a row: with a thousand
 * owners nobody waits for each of them. Made for one plan or push.
 */
import type { RulePlace } from './rule-place.ts'

const FAILURES_MAX = 3

export function guardedPlace(place: RulePlace): RulePlace {
  let inARow = 0
  let last: unknown
  return {
    ...place,
    async read(owner) {
      if (inARow >= FAILURES_MAX) throw last
      try {
        const there = await place.read(owner)
        inARow = 0
        return there
      } catch (error) {
        inARow += 1
        last = error
        throw error
      }
    },
  }
}
