import type { ReactNode } from 'react'
import { formatSpan } from '../format/time.ts'
import { MARK_LOOKS } from './clock-words.ts'
import type { PublishedSloBody } from './slo-list.ts'
import tables from '../ui/table.module.css'
import styles from './slo.module.css'

/** What is asked for while something is open, by the share of its limit that has passed. */
export function ClockMarks({ slo }: { slo: PublishedSloBody }): ReactNode {
  if (slo.clockMarks.length === 0) return null
  return (
    <section aria-label="While one is open" className={styles.where}>
      <h2 className={styles.heading}>While one is open</h2>
      <table className={tables.table} aria-label="While one is open">
        <thead>
          <tr>
            <th scope="col">Of the time has passed</th>
            <th scope="col">Speed</th>
            <th scope="col">Raises</th>
          </tr>
        </thead>
        <tbody>
          {slo.clockMarks.map(({ percent, speed, action }) => (
            <tr key={percent}>
              <th scope="row">{percent} %</th>
              <td data-label="Speed">{speed}</td>
              <td data-label="Raises">{MARK_LOOKS[action].word}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.none}>
        One alert a tenant, which grows more urgent and ends with what it waits for. Counts are of
        {` ${formatSpan(slo.periodSeconds)}`}; nothing burns.
      </p>
    </section>
  )
}
