/** Choosing by a seeded source, so that a body can be made again from its number. */
import { openPrng } from '../../src/core/prng.ts'

export interface Pick {
  below(bound: number): number
  one<T>(choices: readonly T[]): T
  /** True that often. */
  chance(share: number): boolean
  /** Makes between `from` and `to` of something. */
  many<T>(from: number, to: number, make: (index: number) => T): T[]
  shuffled<T>(items: readonly T[]): T[]
}

export function openPick(seed: number): Pick {
  const prng = openPrng(seed)
  const pick: Pick = {
    below: (bound) => prng.below(bound),
    one: (choices) => choices[prng.below(choices.length)]!,
    chance: (share) => prng.next() < share,
    many: (from, to, make) =>
      Array.from({ length: from + prng.below(to - from + 1) }, (_, index) => make(index)),
    shuffled: (items) =>
      items
        .map((item) => ({ item, place: prng.next() }))
        .toSorted((left, right) => left.place - right.place)
        .map(({ item }) => item),
  }
  return pick
}
