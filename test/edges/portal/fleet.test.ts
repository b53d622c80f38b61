import { describe, expect, it } from 'vitest'
import type { FleetRowBody, FleetSloBody } from '../../../src/edges/http/api/fleet.schema.ts'
import {
  BY_ATTENTION,
  filterRows,
  nextSort,
  readSort,
  sortRows,
  writeSort,
} from '../../../src/edges/portal/fleet/fleet-order.ts'
import {
  fleetFilters,
  isFiltered,
  readFleetSearch,
  withFilter,
} from '../../../src/edges/portal/fleet/fleet-search.ts'
import { compareConditions, sloCondition } from '../../../src/edges/portal/format/slo-condition.ts'

const slo = (facts: Partial<FleetSloBody>): FleetSloBody => ({
  sloId: 'availability',
  title: 'Availability',
  state: 'ok',
  burning: null,
  counted: null,
  budgetLeftRatio: 0.8,
  objectivePpm: 999_000,
  exhaustsInSeconds: null,
  verdict: '',
  ...facts,
})

const row = (tenantId: string, facts: Partial<FleetRowBody> = {}): FleetRowBody => ({
  tenantId,
  name: tenantId.toUpperCase(),
  tier: 'starter',
  region: 'eu-west-1',
  slos: [slo({})],
  burnSpark: [],
  requestsPerSecond: 1,
  errorRatio: 0,
  p99: { valueSeconds: 0.1, lowerSeconds: 0.1, upperSeconds: 0.2 },
  apdex: null,
  users: { count: null, isReported: false, distinct: null },
  lastSampleAtMs: 0,
  openAlerts: 0,
  attention: 0,
  ...facts,
})

const FLEET = [
  row('acme', { tier: 'enterprise', attention: 90, slos: [slo({ burning: 'fast' })] }),
  row('bolt', { region: 'us-east-1', attention: 40, slos: [slo({ budgetLeftRatio: -0.2 })] }),
  row('calm', { tier: 'professional', requestsPerSecond: null }),
  row('dark', { attention: 20, slos: [slo({ state: 'no-data', budgetLeftRatio: null })] }),
]
const ids = (rows: readonly FleetRowBody[]): string[] => rows.map((each) => each.tenantId)
const shown = (address: Record<string, string>): string[] =>
  ids(filterRows(FLEET, fleetFilters(readFleetSearch(address))))

describe('the address', () => {
  it('keeps what it knows and drops the rest', () => {
    expect(
      readFleetSearch({ tier: 'enterprise,gold', state: 'nonsense', q: 'ac', page: '3', sort: 7 }),
    ).toEqual({ tier: 'enterprise', q: 'ac' })
  })

  it('changes one filter and forgets an empty one', () => {
    const search = withFilter({ q: 'ac' }, 'tier', ['enterprise', 'starter'])
    expect(search).toEqual({ q: 'ac', tier: 'enterprise,starter' })
    expect(withFilter(search, 'q', '')).toEqual({ tier: 'enterprise,starter' })
  })

  it('does not call an order a filter', () => {
    expect(isFiltered({ sort: 'name' })).toBe(false)
    expect(isFiltered({ sort: 'name', q: 'a' })).toBe(true)
  })
})

describe('filters', () => {
  it.each([
    [{}, ['acme', 'bolt', 'calm', 'dark']],
    [{ tier: 'enterprise,professional' }, ['acme', 'calm']],
    [{ region: 'us-east-1' }, ['bolt']],
    [{ state: 'burning' }, ['acme']],
    [{ state: 'exhausted,no-data' }, ['bolt', 'dark']],
    [{ state: 'ok' }, ['calm']],
    [{ q: ' CAL ' }, ['calm']],
    [{ tier: 'enterprise', region: 'us-east-1' }, []],
  ])('shows for %j the tenants %j', (address, expected) => {
    expect(shown(address)).toEqual(expected)
  })
})

describe('order', () => {
  it('ranks by need of attention unless asked otherwise', () => {
    expect(ids(sortRows(FLEET, readSort(undefined)))).toEqual(['acme', 'bolt', 'dark', 'calm'])
    expect(readSort('nonsense')).toEqual(BY_ATTENTION)
  })

  it('puts the unknown last in both directions', () => {
    expect(ids(sortRows(FLEET, readSort('requests'))).at(-1)).toBe('calm')
    expect(ids(sortRows(FLEET, readSort('-requests'))).at(-1)).toBe('calm')
    expect(ids(sortRows(FLEET, readSort('slo:availability')))).toEqual([
      'bolt',
      'acme',
      'calm',
      'dark',
    ])
  })

  it('turns a head from the interesting end to the other and back to attention', () => {
    const once = nextSort(BY_ATTENTION, 'errors')
    const twice = nextSort(once, 'errors')
    expect([once, twice, nextSort(twice, 'errors')].map(writeSort)).toEqual([
      '-errors',
      'errors',
      '',
    ])
    expect(writeSort(nextSort(BY_ATTENTION, 'slo:availability'))).toBe('slo:availability')
  })

  it('reads back what it writes', () => {
    for (const text of ['name', '-tier', 'slo:availability', '-p99'])
      expect(writeSort(readSort(text))).toBe(text)
  })
})

describe('sloCondition', () => {
  it.each([
    [{ burning: 'fast', budgetLeftRatio: -1 }, 'burning-fast'],
    [{ burning: 'medium' }, 'burning'],
    [{ burning: 'long' }, 'burning-slowly'],
    [{ state: 'no-data', budgetLeftRatio: 0 }, 'no-data'],
    [{ budgetLeftRatio: 0 }, 'exhausted'],
    [{ budgetLeftRatio: null }, 'ok'],
    [{ state: 'no-traffic' }, 'no-traffic'],
    [{ state: 'no-traffic', counted: { one: 'impact', many: 'impacts' } }, 'ok'],
  ] as const)('calls %j %s', (facts, name) => {
    expect(sloCondition(slo(facts))).toBe(name)
  })

  it('orders by urgency', () => {
    expect((['ok', 'burning-fast', 'no-data'] as const).toSorted(compareConditions)).toEqual([
      'burning-fast',
      'no-data',
      'ok',
    ])
  })
})
