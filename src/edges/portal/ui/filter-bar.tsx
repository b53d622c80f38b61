import type { ReactNode } from 'react'
import { formatCount } from '../format/format.ts'
import styles from './filter-bar.module.css'

/** What narrows a list, what clears that, and how many are left. */
export function FilterBar({
  label,
  count,
  onClear,
  order,
  children,
}: {
  label: string
  count: ReactNode
  /** Null while nothing is set, or where each filter clears itself. */
  onClear: (() => void) | null
  /** What sets the order where there is no table head to press. */
  order?: ReactNode
  /** The filters. */
  children: ReactNode
}): ReactNode {
  return (
    <div className={styles.bar} data-ordered={Boolean(order)} role="search" aria-label={label}>
      {children}
      {onClear !== null && (
        <button type="button" className={styles.clear} onClick={onClear}>
          Clear
        </button>
      )}
      <span className={styles.spring} />
      <p className={styles.count} role="status">
        {count}
      </p>
      {order}
    </div>
  )
}

/** Says how many are left. Worked: "3 of 12 tenants", "1 SLO". */
export function countText(
  { shown, total, isFiltered }: { shown: number; total: number; isFiltered: boolean },
  one: string,
  many: string,
): string {
  const count = isFiltered ? `${formatCount(shown)} of ${formatCount(total)}` : formatCount(total)
  return `${count} ${total === 1 ? one : many}`
}
