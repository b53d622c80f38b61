import { Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AlertState } from '../alerts/alert-state.tsx'
import type { AlertBody } from '../api/bodies.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import { alertName } from './alert-name.ts'
import styles from './slo.module.css'

const SHOWN = 6

/** What was raised in the period, newest first; each leads to why. */
export function AlertsOfSlo({
  alerts,
  sloId,
}: {
  /** Undefined while they are on their way. */
  alerts: readonly AlertBody[] | undefined
  sloId: string
}): ReactNode {
  return (
    <section className={styles.block} aria-label="Alerts in the period">
      <h2 className={styles.heading}>Alerts in the period</h2>
      {alerts === undefined && <Skeleton height={12} my={10} />}
      {alerts?.length === 0 && <p className={styles.none}>None was raised.</p>}
      <ul className={styles.list}>
        {alerts?.slice(0, SHOWN).map((alert) => (
          <li key={alert.alertId}>
            <AlertState alert={alert} />
            <Link
              to="/alerts/$alertId"
              params={{ alertId: alert.alertId }}
              className={styles.link}
              title={alert.summary}
            >
              {alertName(alert)}
              {(alert.labels['slo'] ?? sloId) !== sloId && ` of ${alert.labels['slo']}`}
            </Link>
            <span className={styles.when}>
              {formatMoment(alert.openedAtMs)}
              {alert.resolvedAtMs !== null &&
                `, ${formatSpan((alert.resolvedAtMs - alert.openedAtMs) / 1_000)}`}
            </span>
          </li>
        ))}
      </ul>
      {alerts !== undefined && alerts.length > SHOWN && (
        <p className={styles.none}>and {alerts.length - SHOWN} before</p>
      )}
    </section>
  )
}
