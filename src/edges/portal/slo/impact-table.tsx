import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ImpactBody } from '../../http/api/impacts.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useNames } from '../api/names.ts'
import { impactsQuery } from '../api/queries.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { leftText, OUTCOME_LOOKS } from './clock-words.ts'
import { SloSkeleton } from './slo-skeletons.tsx'
import tables from '../ui/table.module.css'
import styles from './slo.module.css'

/** The newest impacts, of one tenant or of all: how long each lasted and whether that was in time. */
export function ImpactTable({ tenantId }: { tenantId: string | null }): ReactNode {
  const query = useQuery(impactsQuery(tenantId))
  const failure = useFailure(query)
  const names = useNames()
  return (
    <section aria-label="Impacts" className={styles.where}>
      <h2 className={styles.heading}>Impacts</h2>
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void query.refetch()} />}
      {failure === null && query.data === undefined && <SloSkeleton what="the impacts" />}
      {query.data !== undefined && query.data.items.length === 0 && (
        <p className={styles.none}>No alert has paged that is kept: nobody was let down.</p>
      )}
      {query.data !== undefined && query.data.items.length > 0 && (
        <table className={tables.table} aria-label="Impacts">
          <thead>
            <tr>
              {tenantId === null && <th scope="col">Tenant</th>}
              <th scope="col">Began</th>
              <th scope="col">Lasted</th>
              <th scope="col">Recovery</th>
            </tr>
          </thead>
          <tbody>
            {query.data.items.map((impact) => (
              <ImpactRow
                key={impact.impactId}
                impact={impact}
                name={tenantId === null ? names.tenant(impact.tenantId) : null}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function ImpactRow({ impact, name }: { impact: ImpactBody; name: string | null }): ReactNode {
  const { tenantId, openedAtMs, endedAtMs, elapsedSeconds, outcome } = impact
  const look = OUTCOME_LOOKS[outcome]
  return (
    <tr className={styles.impact}>
      {name !== null && (
        <th scope="row">
          <Link to="/tenants/$tenantId" params={{ tenantId }} className={styles.link}>
            {name}
          </Link>
        </th>
      )}
      <td data-label="Began">{formatMoment(openedAtMs)}</td>
      <td data-label="Lasted">
        {formatSpan(elapsedSeconds)}
        {endedAtMs === null && <small>{leftText(impact)}</small>}
      </td>
      <td data-label="Recovery">
        <Mark tone={look.tone} icon={look.icon}>
          {look.word}
        </Mark>
      </td>
    </tr>
  )
}
