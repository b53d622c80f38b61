import { useMemo, useRef, type ReactNode } from 'react'
import { TIERS } from '../fleet/fleet-search.ts'
import { tierWord } from '../fleet/tier.ts'
import { useHotkeys } from '../shell/hotkeys.ts'
import { countText, FilterBar } from '../ui/filter-bar.tsx'
import { FilterMenu } from '../ui/filter-menu.tsx'
import { TextFilter } from '../ui/text-filter.tsx'
import {
  isSloFiltered,
  SLO_FILTERS,
  sloFilters,
  withSloFilter,
  type SloSearch,
} from './slo-search.ts'

const TIER_CHOICES = TIERS.map((value) => ({ value, label: tierWord(value) }))
const STATE_CHOICES = Object.entries(SLO_FILTERS).map(([value, label]) => ({ value, label }))

/** What narrows the list of SLOs. A tier narrows the tenants that are counted, too. */
export function SloToolbar({
  search,
  shown,
  total,
  onSearch,
}: {
  search: SloSearch
  shown: number
  total: number
  onSearch: (search: SloSearch) => void
}): ReactNode {
  const filters = sloFilters(search)
  const input = useRef<HTMLInputElement>(null)
  useHotkeys(useMemo(() => ({ '/': () => input.current?.focus() }), []))
  const set = (key: keyof SloSearch) => (value: string | readonly string[]) =>
    onSearch(withSloFilter(search, key, value))
  const counts = { shown, total, isFiltered: isSloFiltered(search) }
  const order = search.sort === undefined ? ', by need of attention' : ''
  return (
    <FilterBar
      label="Filter the SLOs"
      count={`${countText(counts, 'SLO', 'SLOs')}${order}`}
      onClear={
        counts.isFiltered
          ? () => onSearch(search.sort === undefined ? {} : { sort: search.sort })
          : null
      }
    >
      <TextFilter inputRef={input} what="an SLO" value={filters.text} onChange={set('q')} />
      <FilterMenu
        label="Tier"
        choices={TIER_CHOICES}
        chosen={filters.tiers}
        onChange={set('tier')}
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
