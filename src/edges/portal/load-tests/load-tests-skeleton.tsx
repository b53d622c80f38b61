import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'

/** The pages' shape while the first answer is on its way. */
export function LoadTestsSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the load tests">
      <Skeleton height={20} width={420} my={4} />
      {Array.from({ length: 6 }, (_, row) => (
        <Skeleton key={row} height={14} my={20} />
      ))}
    </div>
  )
}
