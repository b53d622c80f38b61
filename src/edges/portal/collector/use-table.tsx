import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FleetCardinalityBody, FleetCardinalityRowBody } from '../../http/api/intake.schema.ts'
import { formatCount, formatRate } from '../format/format.ts'
import styles from './collector.module.css'
import { UseBar } from './use-bar.tsx'

/** Tenants by how much of a limit they use; the tenant's name leads to who made its series. */
export function UseTable({
  body,
  selected,
}: {
  body: FleetCardinalityBody
  selected: string | undefined
}): ReactNode {
  const { rows, tenants, series, unattributedSeries } = body
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Tenants by use of their limits</h2>
      <table
        className={`${styles.table} ${styles.uses}`}
        aria-label="Tenants by use of their limits"
      >
        <thead>
          <tr>
            <th scope="col">Tenant</th>
            <th scope="col">Active series</th>
            <th scope="col">Samples</th>
            <th scope="col">New series a minute</th>
            <th scope="col">In the last hour</th>
            <th scope="col">Discarded</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <UseRow key={row.tenantId} row={row} isSelected={row.tenantId === selected} />
          ))}
        </tbody>
      </table>
      <p className={styles.summary}>
        {rows.length < tenants && `The ${rows.length} nearest to a limit of ${tenants} tenants. `}
        {formatCount(series)} series of tenants, {formatCount(unattributedSeries)} that no tenant
        claims.
      </p>
    </section>
  )
}

function UseRow({
  row,
  isSelected,
}: {
  row: FleetCardinalityRowBody
  isSelected: boolean
}): ReactNode {
  const { tenantId, name, tier } = row
  return (
    <tr className={isSelected ? styles.selected : undefined}>
      <th scope="row">
        <Link to="/collector/cardinality" search={{ tenant: tenantId }} className={styles.link}>
          {name}
        </Link>
        <span className={styles.labels}>{tier}</span>
      </th>
      <td data-label="Active series">
        <UseBar used={row.activeSeries} allowed={row.activeSeriesLimit} format={formatCount} />
      </td>
      <td data-label="Samples">
        <UseBar
          used={row.samplesPerSecond}
          allowed={row.samplesPerSecondLimit}
          format={formatRate}
        />
      </td>
      <td data-label="New series a minute">{formatCount(row.newSeriesLastMinute)}</td>
      <td data-label="In the last hour">{formatCount(row.newSeriesLastHour)}</td>
      <td data-label="Discarded">{formatCount(row.discarded)}</td>
    </tr>
  )
}
