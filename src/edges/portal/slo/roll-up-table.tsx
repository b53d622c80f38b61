import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { rollUpsQuery } from '../api/queries.ts'
import { useFailure } from '../api/answer.ts'
import { tierWord } from '../fleet/tier.ts'
import { formatAttained, formatBudget, formatCount, formatObjective } from '../format/format.ts'
import { formatAmount } from '../format/slo-units.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { SloSkeleton } from './slo-skeletons.tsx'
import styles from './slo.module.css'

/** An SLO that is added up over tenants: how each tier stands, and who has the most bad events. */
export function RollUpTable({ sloId }: { sloId: string }): ReactNode {
  const query = useQuery(rollUpsQuery)
  const failure = useFailure(query)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <SloSkeleton what="the sums" />
  const rows = query.data.items.filter((each) => each.sloId === sloId)
  return (
    <table className={styles.tenants} aria-label="Added up over tenants">
      <thead>
        <tr>
          <th scope="col">Over</th>
          <th scope="col">Bad</th>
          <th scope="col">Budget left</th>
          <th scope="col">Attained</th>
          <th scope="col">Most bad</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.tier ?? 'fleet'}>
            <th scope="row">
              {row.tier === null ? 'All tenants' : tierWord(row.tier)}
              <small>
                {formatCount(row.tenants)} {row.tenants === 1 ? 'tenant' : 'tenants'}
              </small>
            </th>
            <td data-label="Bad">
              {formatAmount(row.bad)} of {formatAmount(row.total)}
            </td>
            <td data-label="Budget left">{formatBudget(row.budgetLeftRatio)}</td>
            <td data-label="Attained">
              {formatAttained(row.sliRatio)}
              {row.objectivePpm !== null && <small>of {formatObjective(row.objectivePpm)}</small>}
            </td>
            <td data-label="Most bad">
              {row.worst.map(({ tenantId, bad }) => (
                <span key={tenantId} className={styles.worst}>
                  <Link
                    to="/tenants/$tenantId/slos/$sloId"
                    params={{ tenantId, sloId: row.of }}
                    className={styles.link}
                  >
                    {tenantId}
                  </Link>{' '}
                  {formatAmount(bad)}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
