import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AlertDetailBody } from '../api/bodies.ts'
import { tenantAlertsQuery } from '../api/queries.ts'
import { alertName } from '../slo/alert-name.ts'
import { alertsBeside, besideText } from './explain-words.ts'
import styles from './explain.module.css'

const SHOWN = 6

/** Other alerts of the tenant that fired at the same time, and how they stand to this one. */
export function BesideList({ alert }: { alert: AlertDetailBody }): ReactNode {
  const others = useQuery(tenantAlertsQuery(alert.tenantId)).data?.items ?? []
  const beside = alertsBeside(alert, others).slice(0, SHOWN)
  return (
    <section className={styles.block} aria-label="Beside it">
      <h2 className={styles.heading}>Beside it</h2>
      {beside.length === 0 && (
        <p className={styles.soft}>Nothing else was raised for this tenant at that time.</p>
      )}
      <ul className={styles.events}>
        {beside.map((other) => (
          <li key={other.alertId}>
            <Link
              to="/alerts/$alertId"
              params={{ alertId: other.alertId }}
              className={styles.link}
              title={other.summary}
            >
              {alertName(other)}
              {other.labels['slo'] !== undefined && ` of ${other.labels['slo']}`}
            </Link>
            <span className={styles.soft}>{besideText(alert, other)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
