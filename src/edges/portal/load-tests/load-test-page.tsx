import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { LoadTestDetailBody } from '../../http/api/load-tests.schema.ts'
import { useFailure } from '../api/answer.ts'
import { loadTestQuery } from '../api/queries.ts'
import { formatCount, formatRate } from '../format/format.ts'
import { formatInstant } from '../format/time.ts'
import { BackLink } from '../ui/back-link.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { FoundTable } from './found-table.tsx'
import { LoadTestsSkeleton } from './load-tests-skeleton.tsx'
import { nameOf, thresholdTold, verdictTold } from './load-test-words.ts'
import { MeasuredSlos } from './measured-slos.tsx'
import styles from './load-tests.module.css'

/** One load test: what its generator found of each tenant, and beside it what was measured here. */
export function LoadTestPage(): ReactNode {
  const { runId } = useParams({ from: '/load-tests/$runId' })
  const query = useQuery(loadTestQuery(runId))
  const failure = useFailure(query)
  useDocumentTitle(`${query.data ? nameOf(query.data) : 'Load test'} · Tenantry`)
  return (
    <>
      <BackLink to="/load-tests">Load tests</BackLink>
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void query.refetch()} />}
      {failure === null && query.data === undefined && <LoadTestsSkeleton />}
      {query.data !== undefined && <Shown test={query.data} />}
    </>
  )
}

function Shown({ test }: { test: LoadTestDetailBody }): ReactNode {
  const { record, measured, baseUrl, startedAtMs } = test
  const { plan, generator, missed, droppedIterations } = record
  const { tone, icon, text } = verdictTold(test)
  return (
    <div className={styles.page}>
      <PageTitle
        name={nameOf(test)}
        facts={[
          `${formatRate(plan.rate)} for each tenant, ${plan.durationSeconds} s after ${plan.warmUpSeconds} s of warm-up`,
          ...(baseUrl === '' ? [] : [baseUrl]),
        ]}
        note={<p className={styles.quiet}>Started {formatInstant(startedAtMs)}</p>}
        verdict={{ tone, icon, sentence: `${text}.` }}
      />
      {missed.length > 0 && (
        <section className={styles.section} aria-label="What was not kept">
          <h2 className={styles.heading}>Promised and not kept</h2>
          <ul className={styles.list}>
            {missed.map((threshold) => (
              <li key={threshold}>{thresholdTold(threshold)}</li>
            ))}
          </ul>
        </section>
      )}
      <section className={styles.section} aria-label="By tenant">
        <h2 className={styles.heading}>By tenant: as sent, and as Tenantry measured it</h2>
        <FoundTable test={test} />
      </section>
      <section className={styles.section} aria-label="SLOs meanwhile">
        <h2 className={styles.heading}>SLOs meanwhile</h2>
        <MeasuredSlos measured={measured} />
      </section>
      <p className={styles.quiet}>
        Sent by k6 {generator.version} on {generator.machine}, with {generator.cpuCores.toFixed(2)}{' '}
        cores of its own;{' '}
        {droppedIterations === 0
          ? 'no request was left out.'
          : `${formatCount(droppedIterations)} requests were left out.`}
      </p>
    </div>
  )
}
