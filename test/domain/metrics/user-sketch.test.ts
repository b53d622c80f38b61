import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import {
  LONGEST_MINUTES,
  SPARSE_USERS,
  STANDARD_ERROR_RATIO,
  UserSketch,
} from '../../../src/domain/metrics/user-sketch.ts'

const NOW = 28_000_000
const HOUR = 60

/** Spreads numbers as a real hash does; no two are alike. Source: the finish of MurmurHash3. */
function hashOf(user: number): number {
  let hash = user ^ 0x5bd1e995
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function sketchOf(users: Iterable<number>, minute = NOW): UserSketch {
  const sketch = new UserSketch()
  for (const user of users) sketch.note(hashOf(user), minute)
  return sketch
}

const range = (count: number) => Array.from({ length: count }, (_, user) => user)
const dayOf = (sketch: UserSketch) => sketch.count(LONGEST_MINUTES, NOW)

describe('a sketch of users', () => {
  it('counts few users exactly, each once', () => {
    const sketch = sketchOf([...range(500), ...range(500)])
    expect(dayOf(sketch)).toBe(500)
    expect(dayOf(new UserSketch())).toBe(0)
  })

  it.each([2_000, 3_000, 10_000, 50_000, 200_000])(
    'counts %i users within the stated standard error',
    (users) => {
      const trials = 20
      const prng = openPrng(users)
      const errors = range(trials).map(() => {
        const sketch = new UserSketch()
        for (let user = 0; user < users; user += 1) sketch.note(prng.next() * 2 ** 32, NOW)
        return dayOf(sketch) / users - 1
      })
      const squares = errors.reduce((sum, error) => sum + error ** 2, 0)
      const mean = errors.reduce((sum, error) => sum + error, 0) / trials
      // Three times the spread that so few trials have; their hashes are always the same
      const spread = 1 + 3 / Math.sqrt(2 * trials)
      expect(Math.sqrt(squares / trials)).toBeLessThan(spread * STANDARD_ERROR_RATIO)
      expect(Math.abs(mean)).toBeLessThan((3 * STANDARD_ERROR_RATIO) / Math.sqrt(trials))
    },
  )

  it('has a standard error of 3.25 %', () => {
    expect(STANDARD_ERROR_RATIO).toBeCloseTo(0.0325, 12)
  })

  it('knows any window of the day, while there are few and while there are many', () => {
    for (const users of [300, 20_000]) {
      const sketch = new UserSketch()
      range(users).forEach((user) => sketch.note(hashOf(user), NOW - 10 * HOUR))
      range(users / 2).forEach((user) => sketch.note(hashOf(user), NOW - 30))
      range(users / 10).forEach((user) => sketch.note(hashOf(user), NOW))
      const counts = [5, HOUR, LONGEST_MINUTES].map((minutes) => sketch.count(minutes, NOW) / users)
      const tolerance = users <= SPARSE_USERS ? 0 : 3 * STANDARD_ERROR_RATIO
      for (const [at, share] of [0.1, 0.5, 1].entries()) {
        expect(Math.abs(counts[at]! / share - 1)).toBeLessThanOrEqual(tolerance)
      }
    }
  })

  it('forgets whom it has not seen for a day, and goes on over months', () => {
    const sketch = new UserSketch()
    for (let day = 0; day < 200; day += 1) {
      for (const user of range(100)) {
        sketch.note(hashOf(1_000 * day + user), NOW + day * LONGEST_MINUTES)
      }
      expect(sketch.count(LONGEST_MINUTES, NOW + day * LONGEST_MINUTES)).toBe(100)
    }
    const dense = sketchOf(range(5_000))
    const later = NOW + 100 * LONGEST_MINUTES
    for (const user of range(3_000)) dense.note(hashOf(90_000 + user), later)
    expect(Math.abs(dense.count(HOUR, later) / 3_000 - 1)).toBeLessThan(3 * STANDARD_ERROR_RATIO)
    expect(dense.count(HOUR, later + HOUR)).toBe(0)
  })

  it('lets an earlier minute never take back a later one', () => {
    for (const users of [10, 5_000]) {
      const sketch = sketchOf(range(users))
      const before = sketch.count(5, NOW)
      range(users).forEach((user) => sketch.note(hashOf(user), NOW - 100))
      expect(sketch.count(5, NOW)).toBe(before)
    }
  })

  it('merges in any order to the same, which is what one sketch of all would tell', () => {
    const part = fc.record({
      from: fc.nat(5_000),
      users: fc.oneof(fc.nat(50), fc.nat(3_000)),
      minute: fc.integer({ min: NOW - 1_000, max: NOW }),
    })
    fc.assert(
      fc.property(part, part, part, (...parts) => {
        const sketches = () =>
          parts.map(({ from, users, minute }) =>
            sketchOf(
              range(users).map((user) => from + user),
              minute,
            ),
          ) as [UserSketch, UserSketch, UserSketch]
        const counts = (sketch: UserSketch) =>
          [5, HOUR, LONGEST_MINUTES].map((minutes) => sketch.count(minutes, NOW))
        const [a, b, c] = sketches()
        a.merge(b)
        a.merge(c)
        const [d, e, f] = sketches()
        e.merge(f)
        d.merge(e)
        const [g, h, i] = sketches()
        i.merge(h)
        i.merge(g)
        const all = new UserSketch()
        for (const { from, users, minute } of parts) {
          for (const user of range(users)) all.note(hashOf(from + user), minute)
        }
        expect(counts(d)).toEqual(counts(a))
        expect(counts(i)).toEqual(counts(a))
        expect(counts(all)).toEqual(counts(a))
      }),
      { numRuns: 25 },
    )
  })

  it('is read back as it was packed', () => {
    for (const users of [0, 3, 1_000, 10_000]) {
      const sketch = sketchOf(range(users))
      const again = UserSketch.unpack(Buffer.concat([Buffer.from('x'), sketch.pack()]).subarray(1))
      expect(dayOf(again)).toBe(dayOf(sketch))
      again.note(hashOf(99_999), NOW)
      sketch.note(hashOf(99_999), NOW)
      expect(again.pack()).toEqual(sketch.pack())
    }
  })

  it('takes 64 bytes when it is empty and never more than 40 KiB', () => {
    expect(new UserSketch().bytes).toBe(64)
    expect(sketchOf(range(10)).bytes).toBe(256)
    expect(sketchOf(range(SPARSE_USERS)).bytes).toBe(32 * 1_024)
    expect(sketchOf(range(100_000)).bytes).toBe(40 * 1_024)
  })
})
