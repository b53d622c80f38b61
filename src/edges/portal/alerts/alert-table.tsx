import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AlertBody } from '../api/bodies.ts'
import { useNames } from '../api/names.ts'
import { groupName } from '../format/group-name.ts'
import { formatSpan } from '../format/time.ts'
import { Instant } from '../ui/instant.tsx'
import { AlertState } from './alert-state.tsx'
import tables from '../ui/table.module.css'
import styles from './alerts.module.css'

/** Alerts, newest first; on narrow screens each becomes a card with the same facts. */
export function AlertTable({
  title,
  alerts,
}: {
  title: string
  alerts: readonly AlertBody[]
}): ReactNode {
  const lasted = alerts.some((alert) => alert.resolvedAtMs !== null)
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>{title}</h2>
      <table className={`${tables.table} ${styles.table}`} aria-label={title}>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Tenant</th>
            <th scope="col">What</th>
            <th scope="col">Asks for</th>
            <th scope="col">Fired</th>
            {lasted && <th scope="col">Lasted</th>}
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <AlertRow key={alert.alertId} alert={alert} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** A tenant, or a group of them, which has no page of its own but that of its SLO. */
function Whose({ alert: { tenantId, labels } }: { alert: AlertBody }): ReactNode {
  const names = useNames()
  const group = groupName(tenantId)
  const sloId = labels['slo']
  if (group === null) {
    return (
      <Link to="/tenants/$tenantId" params={{ tenantId }} className={styles.tenant}>
        {names.tenant(tenantId)}
      </Link>
    )
  }
  if (sloId === undefined) return group
  return (
    <Link to="/slos/$sloId" params={{ sloId }} className={styles.tenant}>
      {group}
    </Link>
  )
}

const ACTIONS = { page: 'Page', ticket: 'Ticket', report: 'Report' } as const

function AlertRow({ alert }: { alert: AlertBody }): ReactNode {
  const { resolvedAtMs, firedAtMs } = alert
  return (
    <tr>
      <td>
        <AlertState alert={alert} />
      </td>
      <th scope="row">
        <Whose alert={alert} />
      </th>
      <td className={styles.summary} title={`${alert.source} ${alert.key}`}>
        <Link
          to="/alerts/$alertId"
          params={{ alertId: alert.alertId }}
          className={styles.why}
        >
          {alert.summary}
        </Link>
      </td>
      <td>{ACTIONS[alert.action]}</td>
      <td className={styles.time}>
        <Instant atMs={firedAtMs} />
      </td>
      {resolvedAtMs !== null && (
        <td className={styles.time}>{formatSpan((resolvedAtMs - firedAtMs) / 1000)}</td>
      )}
    </tr>
  )
}
