import type { ReactNode } from 'react'
import styles from './scroll-table.module.css'

/** The numbers behind a chart in the chart's place, for reading and copying. Its head stays while
 *  its rows scroll. */
export function ScrollTable({
  label,
  heightPx,
  children,
}: {
  label: string
  /** Of the chart that it stands for. */
  heightPx: number
  children: ReactNode
}): ReactNode {
  return (
    <div
      className={styles.box}
      style={{ height: heightPx }}
      tabIndex={0}
      role="group"
      aria-label={`${label}, scrollable`}
    >
      <table className={styles.table} aria-label={label}>
        {children}
      </table>
    </div>
  )
}
