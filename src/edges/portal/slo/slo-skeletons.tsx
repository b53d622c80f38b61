import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './slos.module.css'

/** The list's shape while the first answer is on its way. */
export function SlosSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the SLOs" role="status">
      <Skeleton height={20} width={320} maw="100%" my={4} />
      <Skeleton height={12} width={96} my={2} />
      <Skeleton height={32} width={240} mt={44} mb={12} />
      {Array.from({ length: 5 }, (_, row) => (
        <div key={row} className={styles.waiting}>
          <Skeleton height={12} />
        </div>
      ))}
    </div>
  )
}

/** The shape of one SLO's page. */
export function SloSkeleton({ what }: { what: string }): ReactNode {
  return (
    <div aria-busy="true" aria-label={`Loading ${what}`} role="status">
      <Skeleton height={20} width={240} maw="100%" my={4} />
      <Skeleton height={12} width={320} maw="100%" my={2} />
      <Skeleton height={44} my={16} />
      <Skeleton height={66} my={16} />
      <Skeleton height={384} my={16} />
      <Skeleton height={240} my={16} />
    </div>
  )
}
