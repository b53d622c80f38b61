import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './engines.module.css'

/** The page's shape while the first answer is on its way. */
export function EnginesSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the engines">
      <Skeleton height={20} width={320} my={4} />
      <div className={styles.layout}>
        <Skeleton height={160} />
        <Skeleton height={400} />
      </div>
    </div>
  )
}
