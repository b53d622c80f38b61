import { describe, expect, it } from 'vitest'
import type { FleetRowBody, FleetSloBody } from '../../../src/edges/http/api/fleet.schema.ts'
import {
  fleetLayout,
  isRowStale,
  sloColumns,
} from '../../../src/edges/portal/fleet/fleet-columns.ts'

const slo = (sloId: string, burning: FleetSloBody['burning'] = null): FleetSloBody => ({
  sloId,
  title: sloId.toUpperCase(),
  state: 'ok',
  burning,
  budgetLeftRatio: 1,
  objectivePpm: 999_000,
  exhaustsInSeconds: null,
  verdict: '',
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

  it('lets what does not fit share a column that shows the most urgent', () => {
    const many = row(['a', 'b', 'c', 'd', 'e'].map((id) => slo(id, id === 'e' ? 'fast' : null)))
    const columns = sloColumns([many])
    expect(columns.map(({ title }) => title)).toEqual(['A', 'B', 'C', 'Worst of the others'])
    expect(columns[3]?.pick(many)?.sloId).toBe('e')
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
