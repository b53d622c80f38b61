import { useMemo, useRef, type ReactNode } from 'react'
import { FilterMenu } from '../fleet/filter-menu.tsx'
import { TIERS } from '../fleet/fleet-search.ts'
import fleetStyles from '../fleet/fleet.module.css'
import { TextFilter } from '../fleet/text-filter.tsx'
import { tierWord } from '../fleet/tier.ts'
import { formatCount } from '../format/format.ts'
import { useHotkeys } from '../shell/hotkeys.ts'
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
  const isFiltered = isSloFiltered(search)
  return (
    <div className={fleetStyles.toolbar} role="search" aria-label="Filter the SLOs">
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
      {isFiltered && (
        <button
          type="button"
          className={fleetStyles.clear}
          onClick={() => onSearch(search.sort === undefined ? {} : { sort: search.sort })}
        >
          Clear
        </button>
      )}
      <span className={fleetStyles.spring} />
      <p className={fleetStyles.count} role="status">
        {isFiltered ? `${formatCount(shown)} of ${formatCount(total)}` : formatCount(total)}
        {total === 1 ? ' SLO' : ' SLOs'}
        {search.sort === undefined && ', by need of attention'}
      </p>
    </div>
  )
}
