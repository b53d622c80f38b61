import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import type { BurnStatus, SloStatus } from '../../../src/domain/slo/status.ts'
import {
  attentionOf,
  fleetCards,
  fleetRow,
  fleetSentence,
  summaryOf,
  type RowSummary,
  type TenantFacts,
} from '../../../src/edges/http/fleet-view.ts'

const DAY = 86_400

function burn(speed: BurnStatus['speed'], longBurn: number | null, holds = false): BurnStatus {
  const threshold = { fast: 14.4, medium: 6, slow: 3, long: 1 }[speed]
  const action = 'page'
  return {
    speed,
    action,
    longSeconds: 3_600,
    shortSeconds: 300,
    longBurn,
    shortBurn: longBurn,
    longBad: 0,
    longTotal: 0,
    shortBad: 0,
    shortTotal: 0,
    threshold,
    holds,
    suppressed: null,
  }
}

function status(rest: Partial<SloStatus> = {}): SloStatus {
  return {
    tenantId: tenantId('acme'),
    sloId: 'availability',
    title: 'Availability',
    kind: 'time-slice',
    unit: 'minute',
    objectivePpm: 999_000,
    periodSeconds: 30 * DAY,
    thresholdSeconds: null,
    state: 'ok',
    verdict: 'Keeps its availability objective.',
    sliRatio: 1,
    good: 1,
    bad: 0,
    total: 1,
    budgetLeftRatio: 0.8,
    budgetLeftEvents: 1,
    exhaustsInSeconds: null,
    uncorrected: null,
    recomputed: null,
    exclusions: [],
    burns: [burn('fast', 0)],
    counted: null,
    clocks: [],
    evaluatedAtMs: 0,
    settledToMs: 0,
    ...rest,
  }
}

const facts = (rest: Partial<TenantFacts> = {}): TenantFacts => ({
  tenantId: 'acme',
  name: 'Acme',
  tier: 'enterprise',
  tierWeight: 4,
  region: 'eu-central-1',
  slos: [status()],
  burnSpark: [],
  requestsPerSecond: 1,
  errorRatio: 0,
  p99: { valueSeconds: 0.1, lowerSeconds: 0.1, upperSeconds: 0.2 },
  apdex: null,
  users: { count: null, isReported: false, distinct: null },
  lastSampleAtMs: 0,
  openAlerts: 0,
  ...rest,
})

const burning = (times: number, days: number): SloStatus =>
  status({ burns: [burn('fast', times)], exhaustsInSeconds: days * DAY })

describe('attention', () => {
  it('is weight times burn times closeness, as worked at the head of the file', () => {
    const attention = attentionOf(facts({ slos: [burning(6.2, 0.5)], openAlerts: 1 }))
    expect(attention).toBeCloseTo(18.53, 2)
  })

  it('is none for a tenant that needs none', () => {
    expect(attentionOf(facts())).toBe(0)
    expect(attentionOf(facts({ slos: [] }))).toBe(0)
  })

  it('is the weight of a tenant that has spent a budget and burns no more', () => {
    const spent = status({ budgetLeftRatio: 0, burns: [] })
    expect(attentionOf(facts({ tierWeight: 2, slos: [spent] }))).toBe(2)
  })

  it('takes the most pressing SLO', () => {
    const slos = [burning(2, 10), burning(20, 0.1), burning(3, 1)]
    expect(attentionOf(facts({ slos }))).toBeCloseTo((4 * 20) / 1.1, 6)
  })

  it.each([
    ['a faster burn', burning(10, 1), burning(5, 1)],
    ['a nearer end', burning(5, 0.5), burning(5, 2)],
    [
      'a spent budget',
      status({ burns: [burn('fast', 5)], budgetLeftRatio: -0.1 }),
      burning(5, 0.5),
    ],
    [
      'a silent service',
      status({ state: 'no-data', burns: [burn('fast', null)] }),
      burning(5, 0.1),
    ],
    ['a pair that holds', status({ burns: [burn('medium', 7, true)] }), status()],
    ['a budget that was spent before', status({ budgetLeftRatio: -4 }), burning(0.9, 0.1)],
  ])('puts %s first', (_, first, second) => {
    const more = attentionOf(facts({ slos: [first] }))
    expect(more).toBeGreaterThan(attentionOf(facts({ slos: [second] })))
  })

  it('puts the higher tier first where all else is equal', () => {
    const slos = [burning(5, 1)]
    const lower = attentionOf(facts({ tierWeight: 1, slos }))
    expect(attentionOf(facts({ tierWeight: 2, slos }))).toBe(2 * lower)
  })
})

describe('a row', () => {
  it('shows the fastest speed whose condition holds', () => {
    const burns = [burn('fast', 3), burn('medium', 7, true), burn('slow', 4, true)]
    const row = fleetRow(facts({ slos: [status({ burns })] }))
    expect(row.slos[0]).toEqual({
      sloId: 'availability',
      title: 'Availability',
      state: 'ok',
      burning: 'medium',
      counted: null,
      budgetLeftRatio: 0.8,
      objectivePpm: 999_000,
      exhaustsInSeconds: null,
      verdict: 'Keeps its availability objective.',
    })
    expect(row).not.toHaveProperty('tierWeight')
  })

  it('is summed up for the cards', () => {
    const fast = fleetRow(
      facts({ slos: [status({ burns: [burn('fast', 20, true)] })], openAlerts: 2 }),
    )
    const spent = fleetRow(facts({ slos: [status({ budgetLeftRatio: 0 })] }))
    expect(fleetCards([fast, spent].map(summaryOf))).toEqual({
      tenants: 2,
      burningFast: 1,
      budgetsExhausted: 1,
      openAlerts: 2,
    })
  })
})

describe('the sentence', () => {
  const rows = (count: number, fast: readonly RowSummary['tier'][]): RowSummary[] =>
    Array.from({ length: count }, (_, index) => ({
      tier: fast[index] ?? 'starter',
      burnsFast: index < fast.length,
      isExhausted: false,
      openAlerts: 0,
    }))

  const spent = (given: readonly RowSummary[], count: number): RowSummary[] =>
    given.map((row, index) => ({ ...row, isExhausted: index >= given.length - count }))

  it.each([
    [
      rows(212, ['enterprise', 'starter', 'starter']),
      '3 of 212 tenants burn their budget fast; 1 enterprise',
    ],
    [rows(12, ['professional']), '1 of 12 tenants burns its budget fast'],
    [rows(1, ['enterprise']), '1 of 1 tenant burns its budget fast; 1 enterprise'],
    [rows(12, []), 'None of 12 tenants burns its budget fast'],
    [rows(1, []), 'The one tenant does not burn its budget fast'],
    [spent(rows(12, []), 1), '1 of 12 tenants has spent its budget; none burns it fast'],
    [spent(rows(12, []), 2), '2 of 12 tenants have spent their budget; none burns it fast'],
    [spent(rows(1, []), 1), '1 of 1 tenant has spent its budget; it does not burn fast'],
    [spent(rows(12, ['starter']), 2), '1 of 12 tenants burns its budget fast'],
    [[], 'No tenants yet'],
  ])('%#', (given, expected) => {
    expect(fleetSentence(given)).toBe(expected)
  })
})
