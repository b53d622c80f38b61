import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { DEMO_PROFILES } from '../../../src/edges/demo/profiles.ts'
import {
  drawSeconds,
  DURATION_BOUNDS,
  expectedRequestsPerSecond,
  meanSeconds,
  shareBelowBounds,
  storedBytes,
} from '../../../src/edges/demo/shape.ts'

const MONDAY = Date.UTC(2026, 2, 2)
const shareBelow = (median: number, bound: number): number =>
  shareBelowBounds(median)[DURATION_BOUNDS.findIndex((each) => each === bound)] ?? Number.NaN

describe('expectedRequestsPerSecond', () => {
  it('averages to the profile over a week and never falls below nothing', () => {
    for (const profile of DEMO_PROFILES) {
      let sum = 0
      for (let hour = 0; hour < 168; hour += 1) {
        const rate = expectedRequestsPerSecond(profile, MONDAY + hour * HOUR_MS)
        expect(rate).toBeGreaterThan(0)
        sum += rate
      }
      expect(sum / 168).toBeCloseTo(profile.requestsPerSecond, 6)
    }
  })

  it('is highest in the middle of the region’s day, and lower at the weekend for an office', () => {
    const office = DEMO_PROFILES.find((profile) => profile.tenantId === 'brindlemoor')
    if (office === undefined) throw new Error('a customer')
    const at = (day: number, hour: number): number =>
      expectedRequestsPerSecond(office, MONDAY + day * DAY_MS + hour * HOUR_MS)
    expect(at(0, 13)).toBeGreaterThan(2 * at(0, 1))
    expect(at(5, 13) / at(4, 13)).toBeCloseTo(0.4, 6)
  })
})

describe('storedBytes', () => {
  it('grows over a week and falls back early on Sunday', () => {
    const [profile] = DEMO_PROFILES
    const at = (hours: number): number => storedBytes(profile!, MONDAY + hours * HOUR_MS)
    expect(at(24)).toBeGreaterThan(at(0))
    expect(at(6 * 24 + 2)).toBeGreaterThan(at(5 * 24))
    expect(at(6 * 24 + 3)).toBe(180 * profile!.indexBytes)
    expect(at(7 * 24)).toBe(at(0))
  })
})

describe('response times', () => {
  it("have the normal distribution's shares: at a median of 60 ms 0.13 % above 200 ms", () => {
    expect(shareBelow(0.2, 0.2)).toBeCloseTo(0.5, 6)
    expect(1 - shareBelow(0.06, 0.2)).toBeCloseTo(0.0013, 4)
  })

  it('are drawn with the same shares and mean that the history counts with', () => {
    const prng = openPrng(5)
    const drawn = Array.from({ length: 20_000 }, () => drawSeconds(0.12, prng.next(), prng.next()))
    const below = drawn.filter((seconds) => seconds <= 0.2).length / drawn.length
    expect(below).toBeCloseTo(shareBelow(0.12, 0.2), 1)
    const mean = drawn.reduce((sum, seconds) => sum + seconds, 0) / drawn.length
    expect(mean / meanSeconds(0.12)).toBeCloseTo(1, 1)
  })
})
