import type { ReactNode } from 'react'
import { Icon } from '../ui/icon.tsx'
import type { SloColumn } from './fleet-columns.ts'
import { nextSort, readSort, writeSort, type SortKey } from './fleet-order.ts'
import { withFilter, type FleetSearch } from './fleet-search.ts'
import styles from './fleet-table.module.css'

/** The table's head; pressing a column sorts by it, the third press goes back to need of
 *  attention. */
export function FleetHead({
  columns,
  withTier,
  search,
  onSearch,
}: {
  columns: readonly SloColumn[]
  withTier: boolean
  search: FleetSearch
  onSearch: (search: FleetSearch) => void
}): ReactNode {
  const sort = readSort(search.sort)
  const head = (key: SortKey, label: string, right = false, hint?: string): ReactNode => (
    <Head
      key={key}
      label={label}
      right={right}
      hint={hint}
      direction={sort.key === key ? sort.direction : 'none'}
      onClick={() => onSearch(withFilter(search, 'sort', writeSort(nextSort(sort, key))))}
    />
  )
  return (
    <thead className={styles.head}>
      <tr aria-rowindex={1}>
        {head('name', 'Tenant')}
        {withTier && head('tier', 'Tier')}
        {columns.map((column) =>
          column.sort === null ? (
            <th key={column.title} scope="col">
              <span className={styles.label}>{column.title}</span>
            </th>
          ) : (
            head(column.sort, column.title, false, 'State and budget left')
          ),
        )}
        {head(
          'burn',
          'Burn, 1 h',
          false,
          'The worst burn rate over the last hour; 1× spends the budget exactly',
        )}
        {head('requests', 'Requests', true)}
        {head('errors', 'Errors', true)}
        {head('p99', 'p99', true, 'Response time that 99 % of requests stay under')}
        {head('alerts', 'Alerts', true, 'Alerts that fire now')}
      </tr>
    </thead>
  )
}

function Head({
  label,
  right,
  hint,
  direction,
  onClick,
}: {
  label: string
  right: boolean
  hint: string | undefined
  direction: 'ascending' | 'descending' | 'none'
  onClick: () => void
}): ReactNode {
  return (
    <th scope="col" aria-sort={direction} className={right ? styles.right : undefined}>
      <button type="button" className={styles.label} title={hint} onClick={onClick}>
        {label}
        {direction !== 'none' && (
          <Icon name={direction === 'ascending' ? 'up' : 'down'} size={12} />
        )}
      </button>
    </th>
  )
}
