import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { BurnBody } from '../../http/api/slo.schema.ts'
import { useNames } from '../api/names.ts'
import { rollUpsQuery } from '../api/queries.ts'
import { useFailure } from '../api/answer.ts'
import { tierWord } from '../fleet/tier.ts'
import {
  formatAttained,
  formatBudget,
  formatBurn,
  formatCount,
  formatObjective,
} from '../format/format.ts'
import { formatAmount } from '../format/slo-units.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { SloSkeleton } from './slo-skeletons.tsx'
import tables from '../ui/table.module.css'
import styles from './slo.module.css'

/** What the pairs of a group ask for now, the most urgent of it. */
function Raises({ burns }: { burns: readonly BurnBody[] }): ReactNode {
  const holding = burns.find(({ holds }) => holds)
  const held = burns.find(({ suppressed }) => suppressed !== null)
  if (holding !== undefined) {
    return (
      <Mark
        tone={holding.action === 'page' ? 'bad' : 'warning'}
        icon={holding.action === 'page' ? 'bell' : 'ticket'}
      >
        {holding.action === 'page' ? 'Page' : 'Ticket'}, {formatBurn(holding.longBurn)}
      </Mark>
    )
  }
  if (held === undefined) return burns.length === 0 ? 'Nothing by itself' : 'Nothing'
  return (
    <>
      <Mark tone="warning" icon="pause">
        Held back
      </Mark>
      <small>{held.suppressed}</small>
    </>
  )
}

/** An SLO that is added up over tenants: how each tier stands, and who has the most bad events. */
export function RollUpTable({ sloId }: { sloId: string }): ReactNode {
  const query = useQuery(rollUpsQuery)
  const failure = useFailure(query)
  const names = useNames()
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <SloSkeleton what="the sums" />
  const rows = query.data.items.filter((each) => each.sloId === sloId)
  return (
    <table className={tables.table} aria-label="Added up over tenants">
      <thead>
        <tr>
          <th scope="col">Over</th>
          <th scope="col">Bad</th>
          <th scope="col">Budget left</th>
          <th scope="col">Attained</th>
          <th scope="col">Raises</th>
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
            <td data-label="Raises">
              <Raises burns={row.burns} />
            </td>
            <td data-label="Most bad">
              {row.worst.map(({ tenantId, bad }) => (
                <span key={tenantId} className={styles.worst}>
                  <Link
                    to="/tenants/$tenantId/slos/$sloId"
                    params={{ tenantId, sloId: row.of }}
                    className={styles.link}
                  >
                    {names.tenant(tenantId)}
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
