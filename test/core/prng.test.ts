import { describe, expect, it } from 'vitest'
import { openPrng } from '../../src/core/prng.ts'

describe('the seeded source of randomness', () => {
  it('repeats itself for a seed, and not for another', () => {
    const draw = (seed: number) => {
      const prng = openPrng(seed)
      return Array.from({ length: 20 }, () => prng.below(1_000))
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('is even enough over ten places: within five standard deviations', () => {
    const prng = openPrng(1)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 100_000; i += 1) {
      const place = prng.below(10)
      counts[place] = (counts[place] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9_000))
  })
})
