import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ArchivedReviewBody } from '../../http/api/reports.schema.ts'
import { useFailure } from '../api/answer.ts'
import { reviewsQuery } from '../api/queries.ts'
import type { Tone } from '../format/slo-condition.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { Headline } from '../ui/headline.tsx'
import type { IconName } from '../ui/icon-paths.ts'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { ReviewTable } from './review-table.tsx'
import { ReviewToolbar } from './review-toolbar.tsx'
import { ReviewsSkeleton } from './reviews-skeleton.tsx'
import { keptLook, reviewsSentence } from './review-words.ts'
import styles from './reviews.module.css'

/** The reviews that were made: of weeks, months and quarters, of tenants, tiers and all. */
export function ReviewsPage(): ReactNode {
  useDocumentTitle('SLO reviews · Tenantry')
  const search = useSearch({ from: '/reviews' })
  const navigate = useNavigate({ from: '/reviews' })
  const query = useQuery(reviewsQuery(search))
  const failure = useFailure(query)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <ReviewsSkeleton />
  const { items, nextCursor } = query.data
  const newest = items.find(({ scope }) => scope === 'fleet') ?? items[0]
  const isFiltered = search.span !== undefined || search.scope !== undefined
  return (
    <>
      <Headline {...moodOf(newest)} note={<Note newest={newest} />}>
        {reviewsSentence(newest, items.length)}
      </Headline>
      {(items.length > 0 || isFiltered) && (
        <ReviewToolbar
          search={search}
          shown={items.length}
          isMore={nextCursor !== null}
          onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
        />
      )}
      {items.length > 0 ? <ReviewTable reviews={items} /> : <NoReviews isFiltered={isFiltered} />}
    </>
  )
}

function Note({ newest }: { newest: ArchivedReviewBody | undefined }): ReactNode {
  if (newest === undefined) return null
  const { scope, scopeName } = newest
  const whom = scope === 'fleet' ? 'all tenants' : scopeName
  return <p className={styles.note}>The newest SLO review of {whom}.</p>
}

function moodOf(newest: ArchivedReviewBody | undefined): { tone: Tone; icon: IconName } {
  return newest === undefined ? { tone: 'quiet', icon: 'report' } : keptLook(newest)
}

function NoReviews({ isFiltered }: { isFiltered: boolean }): ReactNode {
  if (isFiltered) {
    return (
      <EmptyNotice
        icon="search"
        title="No such SLO review"
        text="None was made that the filters ask for. Take one away."
      />
    )
  }
  return (
    <EmptyNotice
      icon="report"
      title="No SLO review yet"
      text="One is made on every Monday, on the first of every month and of every quarter, at six o'clock. To have one of the last week now:"
    >
      <CommandLine>npx tenantry report make --every week</CommandLine>
    </EmptyNotice>
  )
}
