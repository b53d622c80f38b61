import { Link, useNavigate } from '@tanstack/react-router'
import { memo, type MouseEvent, type ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import { formatLatency, formatRate, formatShare, quantileText } from '../format/format.ts'
import { BurnCell } from './burn-cell.tsx'
import type { SloColumn } from './fleet-columns.ts'
import styles from './fleet-table.module.css'
import { OpenAlerts } from './open-alerts.tsx'
import { SloCell } from './slo-cell.tsx'
import { TenantFacts } from './tenant-facts.tsx'
import { tierWord } from './tier.ts'

/** One tenant. A press anywhere opens its page; the name is the link that the keyboard reaches. */
export const FleetRow = memo(function FleetRow({
  row,
  index,
  columns,
  withTier,
  stale,
}: {
  row: FleetRowBody
  index: number
  columns: readonly SloColumn[]
  withTier: boolean
  stale: boolean
}): ReactNode {
  const navigate = useNavigate()
  const open = (event: MouseEvent): void => {
    const onLink = event.target instanceof Element && event.target.closest('a') !== null
    if (onLink || window.getSelection()?.type === 'Range') return
    void navigate({ to: '/tenants/$tenantId', params: { tenantId: row.tenantId } })
  }
  return (
    <tr
      className={stale ? `${styles.row} ${styles.old}` : styles.row}
      data-row={index}
      aria-rowindex={index + 2}
      onClick={open}
    >
      <th scope="row" className={styles.tenant}>
        <Link to="/tenants/$tenantId" params={{ tenantId: row.tenantId }} className={styles.name}>
          {row.name}
        </Link>
        <TenantFacts row={row} stale={stale} withTier={!withTier} />
      </th>
      {withTier && <td className={styles.tier}>{tierWord(row.tier)}</td>}
      {columns.map((column) => (
        <td key={column.title}>
          <SloCell slo={column.pick(row)} isNamed={column.isMixed} />
        </td>
      ))}
      <td>
        <BurnCell row={row} />
      </td>
      <Figure value={row.requestsPerSecond} unit="requests per second" format={formatRate} />
      <Figure value={row.errorRatio} unit="of requests failed" format={formatShare} />
      <td className={styles.figure} title={quantileText('p99', row.p99)}>
        {formatLatency(row.p99?.valueSeconds ?? null)}
      </td>
      <td className={styles.figure}>
        <OpenAlerts count={row.openAlerts} />
      </td>
    </tr>
  )
})

function Figure({
  value,
  unit,
  format,
}: {
  value: number | null
  unit: string
  format: (value: number | null) => string
}): ReactNode {
  return (
    <td className={styles.figure} title={value === null ? 'Nothing counted' : `${value} ${unit}`}>
      {format(value)}
    </td>
  )
}
