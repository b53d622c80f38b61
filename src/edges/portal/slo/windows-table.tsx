import type { ReactNode } from 'react'
import { formatBurn, formatShare } from '../format/format.ts'
import { formatSpan } from '../format/time.ts'
import { SPEED_WORDS } from './burn-words.ts'
import type { PublishedSloBody } from './slo-list.ts'
import tables from '../ui/table.module.css'
import styles from './slo.module.css'

const ACTIONS = { page: 'Page', ticket: 'Ticket' } as const

/** Which pairs of windows raise what at which burn, for every tenant. */
export function WindowsTable({ slo }: { slo: PublishedSloBody }): ReactNode {
  return (
    <section aria-label="What raises what">
      <h2 className={styles.heading}>What raises what</h2>
      <table className={tables.table} aria-label="What raises what">
        <thead>
          <tr>
            <th scope="col">Pair</th>
            <th scope="col">Asks for</th>
            <th scope="col">Windows</th>
            <th scope="col">Above</th>
            <th scope="col">Budget that is gone by then</th>
          </tr>
        </thead>
        <tbody>
          {slo.pairs.map((pair) => (
            <tr key={pair.speed}>
              <th scope="row">{SPEED_WORDS[pair.speed]}</th>
              <td>{ACTIONS[pair.action]}</td>
              <td data-label="Windows">
                {formatSpan(pair.longSeconds)} and {formatSpan(pair.shortSeconds)}
              </td>
              <td data-label="Above">{formatBurn(pair.threshold)}</td>
              <td data-label="Budget gone">{formatShare(pair.budgetPercent / 100)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
