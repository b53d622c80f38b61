import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'

/** The page's shape while the first answer is on its way. */
export function BudgetSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the budget reviews" role="status">
      <Skeleton height={20} width={320} maw="100%" my={4} />
      <Skeleton height={12} width={96} my={2} />
      <Skeleton height={160} my={32} />
      <Skeleton height={160} my={32} />
    </div>
  )
}
