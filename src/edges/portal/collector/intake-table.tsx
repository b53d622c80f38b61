import type { ReactNode } from 'react'
import type { CollectorBody } from '../../http/api/collector.schema.ts'
import { formatCount, formatRate } from '../format/format.ts'
import styles from './collector.module.css'
import { protocolWord } from './words.ts'

/** What came in, by protocol. */
export function IntakeTable({ intake }: { intake: CollectorBody['intake'] }): ReactNode {
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>What comes in</h2>
      {intake.protocols.length === 0 ? (
        <p className={styles.none}>
          Nothing since the start. Point a sender at this server: OTLP at /v1/metrics, remote write
          at /api/v1/write, or targets in scrape.yaml.
        </p>
      ) : (
        <table className={styles.table} aria-label="What comes in">
          <thead>
            <tr>
              <th scope="col">Protocol</th>
              <th scope="col">Samples a second</th>
              <th scope="col">Since the start</th>
            </tr>
          </thead>
          <tbody>
            {intake.protocols.map(({ protocol, samplesPerSecond, samples }) => (
              <tr key={protocol}>
                <th scope="row">{protocolWord(protocol)}</th>
                <td>{formatRate(samplesPerSecond)}</td>
                <td>{formatCount(samples)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
