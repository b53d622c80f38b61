import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/time.ts'
import { faultSchedule, STORIES, type Fault } from '../../../src/edges/demo/faults.ts'
import { DEMO_PROFILES } from '../../../src/edges/demo/profiles.ts'
import { serviceConditionOf } from '../../../src/edges/demo/service-condition.ts'
import { boundedRates, TRAFFIC_LIMITS } from '../../../src/edges/demo/traffic.ts'

const START = Date.UTC(2026, 2, 4, 12, 34, 56)
const tierOf = (tenantId: string): string | undefined =>
  DEMO_PROFILES.find((profile) => profile.tenantId === tenantId)?.tier

describe('faultSchedule', () => {
  it('shows something within two minutes of the start, and each kind within five', () => {
    const schedule = faultSchedule({ seed: 7, startMs: START })
    const first = schedule.at(START + MINUTE_MS)
    expect(first).toContainEqual(expect.objectContaining({ kind: 'errors', tenantId: 'corvanta' }))
    expect(tierOf('corvanta')).toBe('enterprise')
    const soon = new Map(
      schedule.between(START, START + 5 * MINUTE_MS).map((fault) => [fault.kind, fault]),
    )
    expect([...soon.keys()].sort()).toEqual(['errors', 'idle', 'noisy', 'slowness'])
    expect(tierOf(soon.get('slowness')?.tenantId ?? '')).toBe('professional')
  })

  it('lets faults go as well', () => {
    const schedule = faultSchedule({ seed: 7, startMs: START })
    const live = schedule.between(START + SECOND_MS, START + 30 * MINUTE_MS)
    for (const fault of live) expect(schedule.at(fault.toMs)).not.toContainEqual(fault)
  })

  it('is the same for the same seed, start and time, whatever was asked before', () => {
    const one = faultSchedule({ seed: 7, startMs: START })
    const other = faultSchedule({ seed: 7, startMs: START })
    for (let hour = -48; hour < 48; hour += 1) other.at(START - hour * HOUR_MS)
    for (let minute = -3_000; minute < 3_000; minute += 7) {
      const atMs = START + minute * MINUTE_MS
      expect(other.at(atMs)).toEqual(one.at(atMs))
    }
  })

  it('draws rarer faults before the start than after it', () => {
    const schedule = faultSchedule({ seed: 7, startMs: START })
    const drawn = (fromMs: number, toMs: number): Fault[] =>
      schedule
        .between(fromMs, toMs)
        .filter(({ fromMs: at }) => !STORIES.some(([, , fromMs]) => START + fromMs === at))
    const before = drawn(START - 10 * DAY_MS, START)
    const after = drawn(START, START + 10 * DAY_MS)
    expect(before.length).toBeGreaterThan(3)
    expect(after.length).toBeGreaterThan(3 * before.length)
    for (const fault of [...before, ...after]) {
      expect(tierOf(fault.tenantId)).toBeDefined()
      expect(fault.toMs - fault.fromMs).toBeLessThanOrEqual(6 * MINUTE_MS)
    }
  })
})

describe('serviceConditionOf', () => {
  it('changes only the tenant that the fault is about', () => {
    const fault = {
      kind: 'errors',
      tenantId: 'corvanta',
      fromMs: 0,
      toMs: 1,
      strength: 0.5,
    } as const
    for (const profile of DEMO_PROFILES) {
      const { errorRatio } = serviceConditionOf(profile, [fault], START)
      expect(errorRatio).toBe(profile.tenantId === 'corvanta' ? 0.5 : profile.errorRatio)
    }
  })
})

describe('traffic', () => {
  it('never asks for more than its ceiling, at any hour and with any fault', () => {
    const schedule = faultSchedule({ seed: 7, startMs: START })
    for (let minute = 0; minute < 7 * 24 * 60; minute += 11) {
      const rates = boundedRates(schedule, START + minute * MINUTE_MS)
      const total = rates.reduce((sum, [, rate]) => sum + rate, 0)
      expect(total).toBeLessThanOrEqual(TRAFFIC_LIMITS.requestsPerSecond + 1e-9)
    }
  })
})
