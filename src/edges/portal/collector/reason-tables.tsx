import type { ReactNode } from 'react'
import type { CollectorBody } from '../../http/api/collector.schema.ts'
import { formatCount, formatRate } from '../format/format.ts'
import styles from './collector.module.css'
import { OUTCOME_WORDS } from './words.ts'

/** Why samples are not counted and requests were refused, the most frequent first. */
export function ReasonTables({
  reasons,
  refused,
}: {
  reasons: CollectorBody['accounts']['reasons']
  refused: CollectorBody['refused']
}): ReactNode {
  return (
    <>
      {reasons.length > 0 && (
        <ReasonTable
          title="Samples that are not counted for a tenant"
          columns={['A second', 'Since the beginning']}
          rows={reasons.map(({ outcome, reason, meaning, samples, samplesPerSecond }) => ({
            reason,
            meaning: `${OUTCOME_WORDS[outcome]}. ${meaning}`,
            figures: [formatRate(samplesPerSecond), formatCount(samples)],
          }))}
        />
      )}
      {refused.length > 0 && (
        <ReasonTable
          title="Requests that were refused"
          columns={['Last minute', 'Since the start']}
          rows={refused.map(({ reason, meaning, lastMinute, requests }) => ({
            reason,
            meaning,
            figures: [formatCount(lastMinute), formatCount(requests)],
          }))}
        />
      )}
    </>
  )
}

interface ReasonRow {
  readonly reason: string
  readonly meaning: string
  readonly figures: readonly string[]
}

function ReasonTable({
  title,
  columns,
  rows,
}: {
  title: string
  columns: readonly string[]
  rows: readonly ReasonRow[]
}): ReactNode {
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>{title}</h2>
      <table className={`${styles.table} ${styles.reasons}`} aria-label={title}>
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">What it means</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ reason, meaning, figures }) => (
            <tr key={reason}>
              <th scope="row">{reason}</th>
              <td className={styles.meaning}>{meaning}</td>
              {figures.map((figure, index) => (
                <td key={columns[index]} data-label={columns[index]}>
                  {figure}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
