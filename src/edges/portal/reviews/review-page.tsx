import { useComputedColorScheme } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { reviewQuery } from '../api/queries.ts'
import { BackLink } from '../ui/back-link.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { ReviewDownloads } from './review-downloads.tsx'
import { ReviewsSkeleton } from './reviews-skeleton.tsx'
import { documentPath, whomOf } from './review-words.ts'
import styles from './reviews.module.css'

/** One review, as it is saved: the same file in a frame, in the portal's colours. */
export function ReviewPage(): ReactNode {
  const { reviewId } = useParams({ from: '/reviews/$reviewId' })
  const query = useQuery(reviewQuery(reviewId))
  const failure = useFailure(query)
  const scheme = useComputedColorScheme('light')
  useDocumentTitle(`${query.data?.title ?? 'SLO review'} · Tenantry`)
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <BackLink to="/reviews">SLO reviews</BackLink>
        {query.data !== undefined && (
          <ReviewDownloads reviewId={reviewId} whom={whomOf(query.data)} />
        )}
      </div>
      {query.data !== undefined && <h1 className={styles.title}>{query.data.title}</h1>}
      {failure !== null ? (
        <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <ReviewsSkeleton />
      ) : (
        <iframe
          key={scheme}
          className={styles.frame}
          title={query.data.title}
          src={documentPath(reviewId, { format: 'html', theme: scheme })}
          sandbox=""
        />
      )}
    </div>
  )
}
