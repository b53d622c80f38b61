import { describe, expect, it } from 'vitest'
import type { BurnBody, SloStatusBody } from '../../../src/edges/http/api/slo.schema.ts'
import {
  burnOutcome,
  mostUrgent,
  statusCondition,
} from '../../../src/edges/portal/tenant/slo-verdict.ts'

const burn = (facts: Partial<BurnBody>): BurnBody => ({
  speed: 'fast',
  action: 'page',
  longSeconds: 3600,
  shortSeconds: 300,
  longBurn: 1,
  shortBurn: 1,
  longBad: 1,
  longTotal: 1_000,
  shortBad: 1,
  shortTotal: 1_000,
  threshold: 14.4,
  holds: false,
  suppressed: null,
  ...facts,
})
const status = (sloId: string, facts: Partial<SloStatusBody>): SloStatusBody => ({
  tenantId: 'acme',
  sloId,
  title: sloId,
  kind: 'event-ratio',
  unit: 'request',
  objectivePpm: 999_000,
  periodSeconds: 2_592_000,
  thresholdSeconds: null,
  state: 'ok',
  verdict: '',
  sliRatio: 1,
  good: 1,
  bad: 0,
  total: 1,
  budgetLeftRatio: 1,
  budgetLeftEvents: 1,
  exhaustsInSeconds: null,
  uncorrected: null,
  recomputed: null,
  exclusions: [],
  burns: [],
  counted: null,
  clocks: [],
  evaluatedAtMs: 0,
  settledToMs: 0,
  ...facts,
})

describe('the verdict on a tenant', () => {
  it('takes the fastest burn pair that holds', () => {
    const burns = [
      burn({}),
      burn({ speed: 'medium', holds: true }),
      burn({ speed: 'slow', holds: true }),
    ]
    expect(statusCondition(status('a', { burns }))).toBe('burning')
  })

  it.each([
    [{ leftSeconds: 7_200, mark: null }, 1, 'running'],
    [{ leftSeconds: 600, mark: { percent: 90, speed: 'fast', action: 'page' } }, 1, 'running-out'],
    [{ leftSeconds: -60, mark: null }, -4, 'running-out'],
    [{ leftSeconds: 7_200, mark: null }, -4, 'exhausted'],
  ] as const)('takes what runs against a limit, %j with %d left: %s', (facts, left, condition) => {
    const clock = {
      clockId: 'imp',
      startedAtMs: 0,
      elapsedSeconds: 14_400 - facts.leftSeconds,
      limitSeconds: 14_400,
      ...facts,
    }
    const counted = { one: 'impact', many: 'impacts' }
    const slo = status('recovery', { counted, clocks: [clock], budgetLeftRatio: left })
    expect(statusCondition(slo)).toBe(condition)
  })

  it('speaks of the SLO that needs attention first', () => {
    const slos = [
      status('calm', {}),
      status('spent', { budgetLeftRatio: -1 }),
      status('burning', { burns: [burn({ holds: true })] }),
    ]
    expect(mostUrgent(slos)?.sloId).toBe('burning')
    expect(mostUrgent([...slos.slice(0, 2), status('more', { budgetLeftRatio: -2 })])?.sloId).toBe(
      'more',
    )
    expect(mostUrgent([...slos.slice(0, 1), status('less', { budgetLeftRatio: 0.2 })])?.sloId).toBe(
      'less',
    )
    expect(mostUrgent([])).toBeUndefined()
  })

  it.each([
    [{ holds: true }, 'page'],
    [{ holds: true, action: 'ticket' }, 'ticket'],
    [{ suppressed: '1 bad of 3 events: fewer than 5 bad' }, 'held-back'],
    [{ longBurn: null, shortBurn: null }, 'no-events'],
    [{}, 'calm'],
  ] as const)('says of the pair %j: %s', (facts, outcome) => {
    expect(burnOutcome(burn(facts))).toBe(outcome)
  })
})
