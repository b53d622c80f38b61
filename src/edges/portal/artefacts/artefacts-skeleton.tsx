import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './artefacts.module.css'

/** The page's shape while the first answer is on its way. */
export function ArtefactsSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the artefacts">
      <Skeleton height={20} width={420} my={4} />
      <Skeleton height={28} width={320} my={24} />
      <div className={styles.layout}>
        <Skeleton height={280} />
        <Skeleton height={480} />
      </div>
    </div>
  )
}
