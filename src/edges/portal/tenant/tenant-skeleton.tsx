import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './tenant.module.css'

/** The page's shape while the first answer is on its way. */
export function TenantSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the tenant">
      <div className={styles.title}>
        <Skeleton height={20} width={200} my={4} />
        <Skeleton height={12} width={240} my={4} />
        <Skeleton height={40} my={12} />
      </div>
      <div className={styles.slos}>
        {[0, 1, 2].map((card) => (
          <Skeleton key={card} height={396} />
        ))}
      </div>
    </div>
  )
}
