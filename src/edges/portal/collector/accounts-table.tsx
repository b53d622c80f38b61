import type { ReactNode } from 'react'
import type { CollectorBody } from '../../http/api/collector.schema.ts'
import { formatAttained, formatCount, formatRate, formatShare } from '../format/format.ts'
import { Mark } from '../ui/state-mark.tsx'
import styles from './collector.module.css'
import { OUTCOME_WORDS } from './words.ts'

/** What became of every sample since the beginning, and whether it adds up. */
export function AccountsTable({ accounts }: { accounts: CollectorBody['accounts'] }): ReactNode {
  const { received, outcomes } = accounts
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>What becomes of it</h2>
      <table className={styles.table} aria-label="What becomes of it">
        <thead>
          <tr>
            <th scope="col">Samples</th>
            <th scope="col">A second</th>
            <th scope="col">Share</th>
            <th scope="col">Since the beginning</th>
          </tr>
        </thead>
        <tbody>
          {outcomes.map(({ outcome, samples, samplesPerSecond }) => (
            <tr key={outcome}>
              <th scope="row">{OUTCOME_WORDS[outcome]}</th>
              <td>{formatRate(samplesPerSecond)}</td>
              <td>{share(outcome, samples, received)}</td>
              <td>{formatCount(samples)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              <Sum missing={accounts.missing} />
            </th>
            <td />
            <td />
            <td>{formatCount(received)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

/** That all is a tenant's is only said where it is. */
function share(outcome: string, samples: number, received: number): string {
  const ratio = received === 0 ? null : samples / received
  return outcome === 'attributed' ? formatAttained(ratio) : formatShare(ratio)
}

function Sum({ missing }: { missing: number }): ReactNode {
  if (missing === 0)
    return (
      <Mark tone="good" icon="check">
        Received: adds up
      </Mark>
    )
  return (
    <Mark tone="bad" icon="spent">
      Received: {formatCount(missing)} not accounted for
    </Mark>
  )
}
