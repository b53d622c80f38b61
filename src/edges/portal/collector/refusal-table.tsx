import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FleetCardinalityRowBody } from '../../http/api/intake.schema.ts'
import { formatCount } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import styles from './collector.module.css'

const SHOWN = 50

/** What was refused, by tenant and reason, the latest first. */
export function RefusalTable({ rows }: { rows: readonly FleetCardinalityRowBody[] }): ReactNode {
  const refusals = rows
    .flatMap(({ tenantId, name, refusals: own }) => own.map((one) => ({ tenantId, name, ...one })))
    .toSorted((left, right) => right.lastAtMs - left.lastAtMs)
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Refused by tenant and reason</h2>
      {refusals.length === 0 ? (
        <p className={styles.none}>Nothing of any tenant was refused since the last start.</p>
      ) : (
        <table
          className={`${styles.table} ${styles.reasons}`}
          aria-label="Refused by tenant and reason"
        >
          <thead>
            <tr>
              <th scope="col">Tenant</th>
              <th scope="col">Reason</th>
              <th scope="col">Samples</th>
              <th scope="col">Requests</th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {refusals.slice(0, SHOWN).map((one) => (
              <tr key={`${one.tenantId} ${one.reason}`}>
                <th scope="row">
                  <Link
                    to="/collector/cardinality"
                    search={{ tenant: one.tenantId }}
                    className={styles.link}
                  >
                    {one.name}
                  </Link>
                </th>
                <td className={styles.meaning}>{one.reason}</td>
                <td data-label="Samples">{formatCount(one.samples)}</td>
                <td data-label="Requests">{formatCount(one.requests)}</td>
                <td data-label="Last">
                  <Instant atMs={one.lastAtMs} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
