import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ArchivedReviewBody } from '../../http/api/reports.schema.ts'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import type { REVIEW_SPANS } from './review-search.ts'
import { ReviewDownloads } from './review-downloads.tsx'
import { daysOf, keptOf, keptLook, whomOf } from './review-words.ts'
import tables from '../ui/table.module.css'
import styles from './reviews.module.css'

const SPAN_WORDS: Record<keyof typeof REVIEW_SPANS, string> = {
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
}

/** Reviews, newest period first; on narrow screens each becomes a card with the same facts. */
export function ReviewTable({ reviews }: { reviews: readonly ArchivedReviewBody[] }): ReactNode {
  return (
    <table className={`${tables.table} ${styles.table}`} aria-label="SLO reviews">
      <thead>
        <tr>
          <th scope="col">Of</th>
          <th scope="col">Period</th>
          <th scope="col">Objectives kept</th>
          <th scope="col">Made</th>
          <th scope="col">Save as</th>
        </tr>
      </thead>
      <tbody>
        {reviews.map((review) => (
          <ReviewRow key={review.reviewId} review={review} />
        ))}
      </tbody>
    </table>
  )
}

function ReviewRow({ review }: { review: ArchivedReviewBody }): ReactNode {
  const { reviewId, span, zone, isComplete, madeAtMs } = review
  return (
    <tr>
      <th scope="row">
        <Link to="/reviews/$reviewId" params={{ reviewId }} className={styles.name}>
          {whomOf(review)}
        </Link>
      </th>
      <td>
        {SPAN_WORDS[span]}
        <span className={styles.facts}>
          {daysOf(review)}, {zone}
          {!isComplete && ', so far'}
        </span>
      </td>
      <td>
        <Mark {...keptLook(review)}>{keptOf(review)}</Mark>
      </td>
      <td className={styles.quiet}>
        <Instant atMs={madeAtMs} />
      </td>
      <td>
        <ReviewDownloads reviewId={reviewId} whom={whomOf(review)} />
      </td>
    </tr>
  )
}
