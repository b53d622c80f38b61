import { describe, expect, it } from 'vitest'
import type { FleetRowBody, FleetSloBody } from '../../../src/edges/http/api/fleet.schema.ts'
import {
  fleetLayout,
  isRowStale,
  sloColumns,
} from '../../../src/edges/portal/fleet/fleet-columns.ts'

const slo = (sloId: string, facts: Partial<FleetSloBody> = {}): FleetSloBody => ({
  sloId,
  title: sloId.toUpperCase(),
  state: 'ok',
  burning: null,
  counted: null,
  budgetLeftRatio: 1,
  objectivePpm: 999_000,
  exhaustsInSeconds: null,
  verdict: '',
  ...facts,
})
const row = (slos: FleetSloBody[], lastSampleAtMs: number | null = 0): FleetRowBody => ({
  tenantId: 'acme',
  name: 'Acme',
  tier: 'starter',
  region: 'eu-west-1',
  slos,
  burnSpark: [],
  requestsPerSecond: null,
  errorRatio: null,
  p99: null,
  apdex: null,
  users: { count: null, isReported: false, distinct: null },
  lastSampleAtMs,
  openAlerts: 0,
  attention: 0,
})

describe('sloColumns', () => {
  it('gives each SLO of the fleet a column, in the order in which they first occur', () => {
    const columns = sloColumns([row([slo('a')]), row([slo('b'), slo('a')])])
    expect(columns.map(({ title, sort }) => [title, sort])).toEqual([
      ['A', 'slo:a'],
      ['B', 'slo:b'],
    ])
    expect(columns[1]?.pick(row([slo('a')]))).toBeUndefined()
  })

  const first = ['a', 'b', 'c'].map((id) => slo(id))
  const worst = (...others: FleetSloBody[]): string | undefined => {
    const many = row([...first, ...others])
    return sloColumns([many])[3]?.pick(many)?.sloId
  }

  it('lets what does not fit share a column that shows the most urgent', () => {
    const columns = sloColumns([row([...first, slo('d'), slo('e')])])
    expect(columns.map(({ title }) => title)).toEqual(['A', 'B', 'C', 'Worst of the others'])
    expect(columns.map(({ isMixed }) => isMixed)).toEqual([false, false, false, true])
    expect(worst(slo('d'), slo('e', { burning: 'fast' }))).toBe('e')
    expect(worst(slo('d'), slo('e', { budgetLeftRatio: 0.3 }))).toBe('e')
  })

  it('takes a source that had nothing to count for no silence', () => {
    const counted = { one: 'impact', many: 'impacts' }
    const recovery = slo('d', { state: 'no-traffic', counted })
    expect(worst(recovery, slo('e', { budgetLeftRatio: 0.3 }))).toBe('e')
    expect(worst({ ...recovery, counted: null }, slo('e', { budgetLeftRatio: 0.3 }))).toBe('d')
  })
})

describe('fleetLayout', () => {
  it('drops the tier column first, then becomes cards; more SLOs need more room', () => {
    expect(fleetLayout(1184, 3)).toBe('wide')
    expect(fleetLayout(1024, 3)).toBe('middle')
    expect(fleetLayout(358, 3)).toBe('cards')
    expect(fleetLayout(1024, 4)).toBe('cards')
  })
})

describe('isRowStale', () => {
  it('is so after two minutes without a sample, never for a tenant that never sent one', () => {
    expect(isRowStale(row([], 0), 120_000)).toBe(false)
    expect(isRowStale(row([], 0), 120_001)).toBe(true)
    expect(isRowStale(row([], null), 1e12)).toBe(false)
  })
})
