import { Link } from '@tanstack/react-router'
import { memo, type ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import { formatLatency, formatRate, formatShare } from '../format/format.ts'
import { BurnCell } from './burn-cell.tsx'
import type { SloColumn } from './fleet-columns.ts'
import styles from './fleet-list.module.css'
import { OpenAlerts } from './open-alerts.tsx'
import { SloCell } from './slo-cell.tsx'
import { TenantFacts } from './tenant-facts.tsx'

/** One tenant as a card. */
export const FleetItem = memo(function FleetItem({
  row,
  position,
  count,
  columns,
  stale,
}: {
  row: FleetRowBody
  position: number
  count: number
  columns: readonly SloColumn[]
  stale: boolean
}): ReactNode {
  return (
    <div
      className={stale ? `${styles.card} ${styles.old}` : styles.card}
      role="listitem"
      aria-posinset={position}
      aria-setsize={count}
    >
      <div className={styles.top}>
        <Link to="/tenants/$tenantId" params={{ tenantId: row.tenantId }} className={styles.name}>
          {row.name}
        </Link>
        {row.openAlerts > 0 && <OpenAlerts count={row.openAlerts} />}
      </div>
      <TenantFacts row={row} stale={stale} withTier />
      <dl className={styles.slos}>
        {columns.map((column) => (
          <div key={column.title} className={styles.slo}>
            <dt>{column.title}</dt>
            <dd>
              <SloCell slo={column.pick(row)} isNamed={column.isMixed} />
            </dd>
          </div>
        ))}
      </dl>
      <dl className={styles.figures}>
        <Figure label="Burn, 1 h">
          <BurnCell row={row} />
        </Figure>
        <Figure label="Requests">{formatRate(row.requestsPerSecond)}</Figure>
        <Figure label="Errors">{formatShare(row.errorRatio)}</Figure>
        <Figure label="p99">{formatLatency(row.p99?.valueSeconds ?? null)}</Figure>
      </dl>
    </div>
  )
})

function Figure({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
