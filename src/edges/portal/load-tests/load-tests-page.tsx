import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { LoadTestBody } from '../../http/api/load-tests.schema.ts'
import { useFailure } from '../api/answer.ts'
import { loadTestsQuery } from '../api/queries.ts'
import { formatLatency, formatShare } from '../format/format.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { Headline } from '../ui/headline.tsx'
import { Instant } from '../ui/instant.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { LoadTestsSkeleton } from './load-tests-skeleton.tsx'
import { loadTestsTold, nameOf, rateTold, verdictTold } from './load-test-words.ts'
import tables from '../ui/table.module.css'
import styles from './load-tests.module.css'

/** The load tests that are on record, newest first. */
export function LoadTestsPage(): ReactNode {
  useDocumentTitle('Load tests · Tenantry')
  const query = useQuery(loadTestsQuery)
  const failure = useFailure(query)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <LoadTestsSkeleton />
  const { items } = query.data
  const { tone, icon, text } = loadTestsTold(items[0])
  return (
    <>
      <Headline tone={tone} icon={icon} note={null}>
        {text}
      </Headline>
      {items.length === 0 ? <NoTests /> : <TestTable tests={items} />}
    </>
  )
}

function NoTests(): ReactNode {
  return (
    <EmptyNotice
      icon="gauge"
      title="No load test yet"
      text="One that is told where Tenantry is keeps its record here, beside what was measured meanwhile:"
    >
      <CommandLine>
        npm run loadtest -- throughput --base-url URL --tenants NAME --data data
      </CommandLine>
    </EmptyNotice>
  )
}

function TestTable({ tests }: { tests: readonly LoadTestBody[] }): ReactNode {
  return (
    <table className={`${tables.table} ${styles.table}`} aria-label="Load tests">
      <thead>
        <tr>
          <th scope="col">Test</th>
          <th scope="col">Started</th>
          <th scope="col">Promises</th>
          {['Requests', 'Failed', 'p95', 'p99'].map((title) => (
            <th key={title} scope="col" className={tables.amount}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tests.map((test) => (
          <TestRow key={test.runId} test={test} />
        ))}
      </tbody>
    </table>
  )
}

/** Tenants that are named in a row. */
const NAMED = 3

function TestRow({ test }: { test: LoadTestBody }): ReactNode {
  const { runId, tenants, baseUrl, startedAtMs, failedRatio, p95Ms, p99Ms } = test
  const { tone, icon, text } = verdictTold(test)
  const named = tenants.slice(0, NAMED).join(', ')
  const more = tenants.length > NAMED ? ` and ${tenants.length - NAMED} more` : ''
  return (
    <tr>
      <th scope="row" className={tables.wide}>
        <Link to="/load-tests/$runId" params={{ runId }} className={styles.name}>
          {nameOf(test)}
        </Link>
        <small className={styles.facts}>
          {named}
          {more}
          {baseUrl !== '' && ` · ${baseUrl}`}
        </small>
      </th>
      <td data-label="Started">
        <Instant atMs={startedAtMs} />
      </td>
      <td data-label="Promises">
        <Mark tone={tone} icon={icon}>
          {text}
        </Mark>
      </td>
      <td className={tables.amount} data-label="Requests">
        {rateTold(test)}
      </td>
      <td className={tables.amount} data-label="Failed">
        {formatShare(failedRatio)}
      </td>
      <td className={tables.amount} data-label="p95">
        {formatLatency(inSeconds(p95Ms))}
      </td>
      <td className={tables.amount} data-label="p99">
        {formatLatency(inSeconds(p99Ms))}
      </td>
    </tr>
  )
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000
}
