import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { haQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import styles from './collector.module.css'

/** Which of the senders that send the same counts. Nothing where nobody names a replica. */
export function ReplicasTable(): ReactNode {
  const { data } = useQuery(haQuery)
  if (data === undefined || data.items.length === 0) return null
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Replicas</h2>
      <table className={styles.table} aria-label="Replicas">
        <thead>
          <tr>
            <th scope="col">Replica</th>
            <th scope="col">State</th>
            <th scope="col">Last write</th>
            <th scope="col">Samples</th>
            <th scope="col">Not elected</th>
          </tr>
        </thead>
        <tbody>
          {data.items.flatMap(({ tenantId, cluster, replicas }) =>
            replicas.map((row) => (
              <tr key={`${tenantId ?? ''}/${cluster}/${row.replica}`}>
                <th scope="row">
                  {`${cluster} / ${row.replica}`}
                  {tenantId !== null && ` (${tenantId})`}
                </th>
                <td>
                  {row.isElected ? (
                    <Mark tone="good" icon="check">
                      Elected
                    </Mark>
                  ) : (
                    'Standby'
                  )}
                </td>
                <td>
                  <Instant atMs={row.heardAtMs} />
                </td>
                <td>{formatCount(row.receivedSamples)}</td>
                <td>{formatCount(row.notElectedSamples)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </section>
  )
}
