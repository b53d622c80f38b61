import { useMemo, useRef, type ReactNode } from 'react'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import { useHotkeys } from '../shell/hotkeys.ts'
import { countText, FilterBar } from '../ui/filter-bar.tsx'
import { FilterMenu } from '../ui/filter-menu.tsx'
import { TextFilter } from '../ui/text-filter.tsx'
import { readSort } from './fleet-order.ts'
import { fleetFilters, isFiltered, STATE_FILTERS, TIERS, withFilter } from './fleet-search.ts'
import type { FleetSearch } from './fleet-search.ts'
import { tierWord } from './tier.ts'

const TIER_CHOICES = TIERS.map((value) => ({ value, label: tierWord(value) }))
const STATE_CHOICES = Object.entries(STATE_FILTERS).map(([value, label]) => ({ value, label }))

/** What narrows the table, how many tenants are left, and what order they stand in. */
export function FleetToolbar({
  fleet,
  search,
  shown,
  order,
  onSearch,
}: {
  fleet: FleetBody
  search: FleetSearch
  shown: number
  /** What sets the order where there is no table head to press. */
  order: ReactNode
  onSearch: (search: FleetSearch) => void
}): ReactNode {
  const filters = fleetFilters(search)
  const regions = useMemo(
    () => [...new Set(fleet.rows.map((row) => row.region))].toSorted(),
    [fleet.rows],
  )
  const input = useRef<HTMLInputElement>(null)
  const hotkeys = useMemo(() => ({ '/': () => input.current?.focus() }), [])
  useHotkeys(hotkeys)
  const set = (key: keyof FleetSearch) => (value: string | readonly string[]) =>
    onSearch(withFilter(search, key, value))
  const counts = { shown, total: fleet.rows.length, isFiltered: isFiltered(search) }
  const isByNeed = !order && readSort(search.sort).key === 'attention'
  return (
    <FilterBar
      label="Filter the tenants"
      count={`${countText(counts, 'tenant', 'tenants')}${isByNeed ? ', by need of attention' : ''}`}
      onClear={
        counts.isFiltered
          ? () => onSearch(search.sort === undefined ? {} : { sort: search.sort })
          : null
      }
      order={order}
    >
      <TextFilter inputRef={input} value={filters.text} onChange={set('q')} />
      <FilterMenu
        label="Tier"
        choices={TIER_CHOICES}
        chosen={filters.tiers}
        onChange={set('tier')}
      />
      <FilterMenu
        label="Region"
        choices={regions.map((region) => ({ value: region, label: region }))}
        chosen={filters.regions}
        onChange={set('region')}
      />
      <FilterMenu
        label="State"
        choices={STATE_CHOICES}
        chosen={filters.states}
        onChange={set('state')}
      />
    </FilterBar>
  )
}
