import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './fleet.module.css'

/** The page's shape while the first answer is on its way: nothing moves when the numbers come. */
export function FleetSkeleton(): ReactNode {
  return (
    <div className={styles.page} aria-busy="true" aria-label="Loading the fleet" role="status">
      <div className={styles.headline}>
        <Line height={32} width={360} />
        <Line height={16} width={96} />
      </div>
      <div className={styles.cards}>
        {[0, 1, 2, 3, 4].map((card) => (
          <div key={card} className={styles.card}>
            <Line height={20} width={80} />
            <Line height={28} width={48} />
            <Line height={16} width={96} />
          </div>
        ))}
      </div>
      <div className={styles.toolbar}>
        <Skeleton height={32} width={240} />
      </div>
      <div className={styles.waitingHead} />
      {Array.from({ length: 12 }, (_, row) => (
        <div key={row} className={styles.waiting}>
          <Skeleton height={12} width={140} />
          <Skeleton height={12} width={88} />
          <Skeleton height={12} width="100%" />
        </div>
      ))}
    </div>
  )
}

/** A bar where a line of text will stand. Units: px. */
function Line({ height, width }: { height: number; width: number }): ReactNode {
  return (
    <div className={styles.waitingLine} style={{ height }}>
      <Skeleton height={Math.round(height * 0.6)} width={width} maw="100%" />
    </div>
  )
}
