import type { ReactNode } from 'react'
import type { SloColumn } from './fleet-columns.ts'
import { readSort, writeSort, nextSort, BY_ATTENTION, type SortKey } from './fleet-order.ts'
import { withFilter, type FleetSearch } from './fleet-search.ts'
import styles from './fleet.module.css'

const ORDERS: readonly { key: SortKey; label: string }[] = [
  { key: 'name', label: 'Name' },
  { key: 'tier', label: 'Tier' },
  { key: 'burn', label: 'Burn' },
  { key: 'requests', label: 'Requests' },
  { key: 'errors', label: 'Errors' },
  { key: 'p99', label: 'p99' },
  { key: 'alerts', label: 'Alerts' },
]

/** The order of the cards, which have no head to press. */
export function OrderMenu({
  columns,
  search,
  onSearch,
}: {
  columns: readonly SloColumn[]
  search: FleetSearch
  onSearch: (search: FleetSearch) => void
}): ReactNode {
  const slos = columns.flatMap(({ sort, title }) =>
    sort === null ? [] : [{ key: sort, label: `${title} budget` }],
  )
  const sort = readSort(search.sort)
  const interesting = (key: SortKey): string => writeSort(nextSort(BY_ATTENTION, key))
  return (
    <label className={styles.orderMenu}>
      Order
      <select
        value={sort.key}
        onChange={({ currentTarget: { value } }) =>
          onSearch(
            withFilter(search, 'sort', value === 'attention' ? '' : interesting(value as SortKey)),
          )
        }
      >
        <option value="attention">Need of attention</option>
        {[...ORDERS, ...slos].map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
    </label>
  )
}
