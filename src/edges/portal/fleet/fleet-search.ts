/**
 * What the fleet page's address says: filters, text and order, so that a link shows exactly what
 * its sender saw. Shape: every value is a plain string; lists are joined by commas; what is not
 * given or not understood is absent. Pure.
 */
import { known, list, text } from '../search-values.ts'
export const TIERS = ['enterprise', 'professional', 'starter'] as const
export type Tier = (typeof TIERS)[number]

/** What a tenant can be filtered by. A tenant matches when one of its SLOs does. */
export const STATE_FILTERS = {
  'burning-fast': 'Burning fast',
  burning: 'Burning at any speed',
  exhausted: 'Budget spent',
  'no-data': 'Data missing or unsure',
  'no-traffic': 'No traffic',
  alerting: 'With open alerts',
  ok: 'All OK',
} as const
export type StateFilter = keyof typeof STATE_FILTERS

export interface FleetSearch {
  readonly tier?: string
  readonly region?: string
  readonly state?: string
  readonly q?: string
  /** A sort key, `-` before it for descending. Absent: by need of attention. */
  readonly sort?: string
}

export interface FleetFilters {
  readonly tiers: readonly Tier[]
  readonly regions: readonly string[]
  readonly states: readonly StateFilter[]
  readonly text: string
}

/** Reads the address, dropping what this page does not know. */
export function readFleetSearch(search: Readonly<Record<string, unknown>>): FleetSearch {
  const tier = known(search.tier, TIERS)
  const state = known(search.state, Object.keys(STATE_FILTERS))
  return {
    ...(tier === '' ? {} : { tier }),
    ...(text(search.region) === '' ? {} : { region: text(search.region) }),
    ...(state === '' ? {} : { state }),
    ...(text(search.q) === '' ? {} : { q: text(search.q) }),
    ...(text(search.sort) === '' ? {} : { sort: text(search.sort) }),
  }
}

/** Opens the filters out into lists. */
export function fleetFilters(search: FleetSearch): FleetFilters {
  return {
    tiers: list(search.tier) as Tier[],
    regions: list(search.region),
    states: list(search.state) as StateFilter[],
    text: search.q ?? '',
  }
}

/** Tells the address after one filter changed; an empty filter leaves it. */
export function withFilter(
  search: FleetSearch,
  key: keyof FleetSearch,
  value: string | readonly string[],
): FleetSearch {
  const { [key]: _, ...rest } = search
  const joined = typeof value === 'string' ? value : value.join(',')
  return joined === '' ? rest : { ...rest, [key]: joined }
}

/** Tells whether anything but the order is set. */
export function isFiltered(search: FleetSearch): boolean {
  return Object.keys(search).some((key) => key !== 'sort')
}
