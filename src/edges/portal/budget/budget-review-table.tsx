import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { BudgetReviewBody } from '../../http/api/slo-policy.schema.ts'
import { useMay } from '../api/may.ts'
import { formatBudget } from '../format/format.ts'
import { formatAmount } from '../format/slo-units.ts'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { CloseReview } from './close-review.tsx'
import { Whose } from './whose.tsx'
import tables from '../ui/table.module.css'
import styles from './budget.module.css'

/** Budget reviews: with the numbers of when each was asked for, and what came of it. */
export function BudgetReviewTable({
  reviews,
  isNamed,
}: {
  reviews: readonly BudgetReviewBody[]
  /** Of several tenants and SLOs: each says whose it is. */
  isNamed: boolean
}): ReactNode {
  const [closing, setClosing] = useState<BudgetReviewBody | null>(null)
  const mayClose = useMay('slo:write')
  return (
    <>
      <table className={`${tables.table} ${styles.table}`} aria-label="Budget reviews">
        <thead>
          <tr>
            <th scope="col">State</th>
            {isNamed && <th scope="col">Tenant and SLO</th>}
            <th scope="col">Asked for</th>
            <th scope="col">Budget left then</th>
            <th scope="col">What came of it</th>
          </tr>
        </thead>
        <tbody>
          {reviews.map((review) => (
            <ReviewRow
              key={review.reviewId}
              review={review}
              isNamed={isNamed}
              onClose={mayClose ? setClosing : null}
            />
          ))}
        </tbody>
      </table>
      {closing !== null && <CloseReview review={closing} onDone={() => setClosing(null)} />}
    </>
  )
}

function ReviewRow({
  review,
  isNamed,
  onClose,
}: {
  review: BudgetReviewBody
  isNamed: boolean
  /** Null: who is signed in may not. */
  onClose: ((review: BudgetReviewBody) => void) | null
}): ReactNode {
  const { tenantId, sloId, policyId, stepId, openedAtMs, bad, total, leftRatio } = review
  return (
    <tr>
      <td>
        <ReviewState isOpen={review.closedAtMs === null} />
      </td>
      {isNamed && (
        <th scope="row">
          <Whose tenantId={tenantId} sloId={sloId} />
        </th>
      )}
      <td data-label="Asked for">
        <Instant atMs={openedAtMs} />
        <small>
          {policyId}, step {stepId}
        </small>
      </td>
      <td data-label="Budget left then">
        {formatBudget(leftRatio)}
        <small>
          {formatAmount(bad)} bad of {formatAmount(total)}
        </small>
      </td>
      <td data-label="What came of it" className={tables.wide}>
        <Outcome review={review} onClose={onClose} />
      </td>
    </tr>
  )
}

function ReviewState({ isOpen }: { isOpen: boolean }): ReactNode {
  return (
    <Mark tone={isOpen ? 'warning' : 'good'} icon={isOpen ? 'ticket' : 'check'}>
      {isOpen ? 'Open' : 'Closed'}
    </Mark>
  )
}

function Outcome({
  review,
  onClose,
}: {
  review: BudgetReviewBody
  onClose: ((review: BudgetReviewBody) => void) | null
}): ReactNode {
  const { closedAtMs, closedBy, note } = review
  if (closedAtMs !== null) {
    return (
      <>
        {note}
        <small>
          Closed <Instant atMs={closedAtMs} />
          {closedBy !== null && ` by ${closedBy}`}
        </small>
      </>
    )
  }
  if (onClose === null) return <span className={styles.none}>An operator closes it</span>
  return (
    <Button size="compact-sm" variant="default" onClick={() => onClose(review)}>
      Close it
    </Button>
  )
}
