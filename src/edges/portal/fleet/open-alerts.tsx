import type { ReactNode } from 'react'
import { formatCount } from '../format/format.ts'
import { Mark } from '../ui/state-mark.tsx'
import styles from './fleet-table.module.css'

/** How many alerts fire; none is no news and stays quiet. */
export function OpenAlerts({ count }: { count: number }): ReactNode {
  if (count === 0) return <span className={styles.none}>0</span>
  return (
    <Mark tone="warning" icon="bell">
      {formatCount(count)}
    </Mark>
  )
}
