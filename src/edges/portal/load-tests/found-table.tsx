import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { LoadTestDetailBody, LoadTestTenantBody } from '../../http/api/load-tests.schema.ts'
import { formatCount, formatLatency, formatRate, formatShare, NOTHING } from '../format/format.ts'
import tables from '../ui/table.module.css'
import styles from './load-tests.module.css'

type Beside = LoadTestDetailBody['measured'][number]

/** What the generator found of each tenant, and under it what was measured over the same minutes. */
export function FoundTable({ test }: { test: LoadTestDetailBody }): ReactNode {
  const { record, measured } = test
  return (
    <table className={`${tables.table} ${styles.found}`} aria-label="Tenants of the load test">
      <thead>
        <tr>
          <th scope="col">Tenant</th>
          <th scope="col">Seen by</th>
          {['Requests', 'Rate', 'Failed', 'p95', 'p99'].map((title) => (
            <th key={title} scope="col" className={tables.amount}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {record.plan.targets.map(({ tenant }) => {
          const found = record.tenants.find((each) => each.tenant === tenant)
          const beside = measured.find((each) => each.tenant === tenant)
          return (
            <TenantRows key={tenant} tenant={tenant} found={found} beside={beside} test={test} />
          )
        })}
      </tbody>
    </table>
  )
}

function TenantRows({
  tenant,
  found,
  beside,
  test: { startedAtMs, endedAtMs },
}: {
  tenant: string
  /** Nothing of a tenant that was promised nothing. */
  found: LoadTestTenantBody | undefined
  beside: Beside | undefined
  test: LoadTestDetailBody
}): ReactNode {
  const tenantId = beside?.tenantId ?? null
  return (
    <>
      <tr>
        <th scope="row" rowSpan={2} className={tables.wide}>
          {tenantId === null ? (
            tenant
          ) : (
            <Link
              to="/tenants/$tenantId"
              params={{ tenantId }}
              search={{ from: String(startedAtMs), to: String(endedAtMs) }}
              className={styles.name}
              title="Signals at that time"
            >
              {tenant}
            </Link>
          )}
        </th>
        <td className={tables.wide}>The load test</td>
        {found === undefined ? (
          <td colSpan={5} className={`${styles.quiet} ${tables.wide}`}>
            It was promised nothing, so nothing was kept of it.
          </td>
        ) : (
          <>
            <Amount label="Requests">{formatCount(found.requests)}</Amount>
            <Amount label="Rate">{formatRate(found.perSecond)}</Amount>
            <Amount label="Failed">{formatShare(found.failedRatio)}</Amount>
            <Amount label="p95">{formatLatency(found.p95Ms / 1_000)}</Amount>
            <Amount label="p99">{formatLatency(found.p99Ms / 1_000)}</Amount>
          </>
        )}
      </tr>
      <tr className={styles.beside}>
        <MeasuredCells beside={beside} />
      </tr>
    </>
  )
}

function MeasuredCells({ beside }: { beside: Beside | undefined }): ReactNode {
  const measured = beside?.measured ?? null
  if (measured === null || measured.requests === null) {
    return (
      <>
        <td className={tables.wide}>Tenantry</td>
        <td colSpan={5} className={`${styles.quiet} ${tables.wide}`}>
          {beside?.tenantId == null
            ? 'The registry knows nobody of that name.'
            : 'Nothing was counted meanwhile.'}
        </td>
      </>
    )
  }
  const { fromMs, toMs, requests, errorRatio, worstP99Seconds, sources } = measured
  return (
    <>
      <td className={tables.wide}>
        Tenantry
        <small>
          by {sources.join(', ')}, over {Math.round((toMs - fromMs) / 60_000)} whole minutes
        </small>
      </td>
      <Amount label="Requests">{formatCount(requests)}</Amount>
      <td className={`${tables.amount} ${tables.untold}`}>{NOTHING}</td>
      <Amount label="Failed">{formatShare(errorRatio)}</Amount>
      <td className={`${tables.amount} ${tables.untold}`}>{NOTHING}</td>
      <Amount label="p99">
        {formatLatency(worstP99Seconds)}
        <small>in the worst step</small>
      </Amount>
    </>
  )
}

function Amount({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <td className={tables.amount} data-label={label}>
      {children}
    </td>
  )
}
