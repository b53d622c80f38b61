import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { HOUR_MS } from '../../../src/core/time.ts'
import type { SendOutcome } from '../../../src/domain/routing/channels/channel.ts'
import { ROUTING_LIMITS } from '../../../src/domain/routing/limits.ts'
import { POLICY, routeOf } from '../../../src/domain/routing/policy.ts'
import { jitteredBackoffMs, settlementOf } from '../../../src/domain/routing/retry.ts'

const failed: SendOutcome = { kind: 'transient', status: 500, error: 'x', retryAfterMs: null }
const prng = openPrng(1)
const drawn = (attempt: number): number[] =>
  Array.from({ length: 2_000 }, () => jitteredBackoffMs(attempt, 600_000, prng))

describe('jitteredBackoffMs', () => {
  it('is drawn from the whole span up to a bound that doubles', () => {
    for (const [attempt, boundMs] of [
      [1, 1_000],
      [3, 4_000],
      [7, 64_000],
      [50, 600_000],
    ] as const) {
      const waits = drawn(attempt)
      expect(Math.min(...waits)).toBeGreaterThan(0)
      expect(Math.min(...waits)).toBeLessThan(boundMs * 0.05)
      expect(Math.max(...waits)).toBeLessThanOrEqual(boundMs)
      expect(Math.max(...waits)).toBeGreaterThan(boundMs * 0.95)
    }
  })
})

describe('settlementOf', () => {
  it('ends a delivery that arrived, never will, or was tried often enough', () => {
    expect(settlementOf({ ...failed, kind: 'delivered' }, 1, 0, prng)).toEqual({ state: 'sent' })
    expect(settlementOf({ ...failed, kind: 'permanent' }, 1, 0, prng)).toEqual({
      state: 'dead',
      reason: 'permanent',
    })
    expect(settlementOf(failed, ROUTING_LIMITS.attempts, 0, prng)).toEqual({
      state: 'dead',
      reason: 'attempts',
    })
    expect(settlementOf(failed, ROUTING_LIMITS.attempts - 1, 0, prng).state).toBe('pending')
  })

  it('keeps the pause that the receiver asked for, up to an hour', () => {
    const asked = (retryAfterMs: number): unknown =>
      settlementOf({ ...failed, kind: 'throttled', retryAfterMs }, 1, 1_000, prng)
    expect(asked(90_000)).toEqual({ state: 'pending', nextAtMs: 91_000 })
    expect(asked(48 * HOUR_MS)).toEqual({ state: 'pending', nextAtMs: 1_000 + HOUR_MS })
  })
})

describe('routeOf', () => {
  it('has a row for every tier and action, pages before tickets before reports', () => {
    expect(POLICY).toHaveLength(9)
    expect(POLICY.map((row) => row.action)).toEqual([
      ...Array<string>(3).fill('page'),
      ...Array<string>(3).fill('ticket'),
      ...Array<string>(3).fill('report'),
    ])
    expect(routeOf('enterprise', 'page').rank).toBe(0)
    expect(routeOf('starter', 'page')).toMatchObject({
      channels: 'all',
      unsentTrigger: 'drop-pair',
    })
  })

  it('treats a tenant of unknown tier with the most care', () => {
    expect(routeOf(undefined, 'page')).toEqual(routeOf('enterprise', 'page'))
  })
})
