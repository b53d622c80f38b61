import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { budgetReviewsQuery, policyQuery } from '../api/queries.ts'
import { BudgetReviewTable } from './budget-review-table.tsx'
import { byState } from './budget-words.ts'
import { HeldSteps } from './held-steps.tsx'
import styles from './budget.module.css'

/** What budget policies made of one budget: the steps that hold, and the budget reviews. */
export function PolicyOfSlo({ tenantId, sloId }: { tenantId: string; sloId: string }): ReactNode {
  const reviews = useQuery(budgetReviewsQuery('all', tenantId)).data?.items
  const states = useQuery(policyQuery(tenantId)).data?.states
  if (reviews === undefined || states === undefined) return null
  const own = reviews.filter((each) => each.sloId === sloId)
  return (
    <section className={styles.section} aria-label="Budget policy">
      <h2 className={styles.heading}>Budget policy</h2>
      <HeldSteps states={states.filter((each) => each.sloId === sloId)} isNamed={false} />
      {own.length > 0 && (
        <>
          <h3 className={styles.heading}>Budget reviews</h3>
          <BudgetReviewTable reviews={own.toSorted(byState)} isNamed={false} />
        </>
      )}
    </section>
  )
}
