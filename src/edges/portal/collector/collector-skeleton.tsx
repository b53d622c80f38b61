import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './collector.module.css'

/** The page's shape while the first answer is on its way. */
export function CollectorSkeleton({ what }: { what: string }): ReactNode {
  return (
    <div aria-busy="true" aria-label={`Loading ${what}`}>
      <Skeleton height={20} width={320} my={4} />
      <div className={styles.section}>
        {Array.from({ length: 6 }, (_, row) => (
          <Skeleton key={row} height={12} my={16} />
        ))}
      </div>
    </div>
  )
}
