/** What the address of the list of SLOs says: filters, text and order. Pure. */
import { TIERS, type Tier } from '../fleet/fleet-search.ts'
import { known, list, text } from '../search-values.ts'

/** What an SLO can be filtered by: it matches when it is so for one of the tenants that it judges;
 *  `ok` when it is so for all. */
export const SLO_FILTERS = {
  burning: 'Burning',
  exhausted: 'Budget spent',
  'no-data': 'Data missing or unsure',
  ok: 'All OK',
} as const
export type SloFilter = keyof typeof SLO_FILTERS

export const SLO_SORTS = ['name', 'tenants', 'burning', 'exhausted', 'unsure', 'least'] as const
export type SloSortKey = (typeof SLO_SORTS)[number]

export interface SloSort {
  /** Null: by need of attention. */
  readonly key: SloSortKey | null
  readonly isDescending: boolean
}

export interface SloSearch {
  readonly tier?: string
  readonly state?: string
  readonly q?: string
  /** A sort key, `-` before it for descending. Absent: by need of attention. */
  readonly sort?: string
}

export interface SloFilters {
  readonly tiers: readonly Tier[]
  readonly states: readonly SloFilter[]
  readonly text: string
}

/** Reads the address, dropping what this page does not know. */
export function readSloSearch(search: Readonly<Record<string, unknown>>): SloSearch {
  const tier = known(search.tier, TIERS)
  const state = known(search.state, Object.keys(SLO_FILTERS))
  const sort = writeSloSort(readSloSort(text(search.sort)))
  return {
    ...(tier === '' ? {} : { tier }),
    ...(state === '' ? {} : { state }),
    ...(text(search.q) === '' ? {} : { q: text(search.q) }),
    ...(sort === '' ? {} : { sort }),
  }
}

export function sloFilters({ tier, state, q }: SloSearch): SloFilters {
  return { tiers: list(tier) as Tier[], states: list(state) as SloFilter[], text: q ?? '' }
}

/** Tells the address after one filter changed; an empty filter leaves it. */
export function withSloFilter(
  search: SloSearch,
  key: keyof SloSearch,
  value: string | readonly string[],
): SloSearch {
  return readSloSearch({ ...search, [key]: typeof value === 'string' ? value : value.join(',') })
}

/** Tells whether anything but the order is set. */
export function isSloFiltered(search: SloSearch): boolean {
  return Object.keys(search).some((key) => key !== 'sort')
}

export function readSloSort(sort: string | undefined): SloSort {
  const isDescending = sort?.startsWith('-') === true
  const name = isDescending ? sort?.slice(1) : sort
  const key = SLO_SORTS.find((each) => each === name) ?? null
  return { key, isDescending: key !== null && isDescending }
}

export function writeSloSort({ key, isDescending }: SloSort): string {
  return key === null ? '' : `${isDescending ? '-' : ''}${key}`
}

/** Tells the order after a press on a column's head: the interesting end, the other end, then back
 *  to need of attention. */
export function nextSloSort(current: SloSort, key: SloSortKey): SloSort {
  const isFirstDescending = key !== 'name' && key !== 'least'
  if (current.key !== key) return { key, isDescending: isFirstDescending }
  if (current.isDescending === isFirstDescending) return { key, isDescending: !isFirstDescending }
  return { key: null, isDescending: false }
}
