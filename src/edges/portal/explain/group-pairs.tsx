import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { AlertDetailBody } from '../api/bodies.ts'
import { rollUpsQuery } from '../api/queries.ts'
import { formatBurn } from '../format/format.ts'
import { badOf } from '../format/slo-units.ts'
import { formatSpan } from '../format/time.ts'
import { SPEED_WORDS } from '../slo/burn-words.ts'
import styles from './explain.module.css'

/** The pairs of windows of the group that an alert is about, and why each raises something or not. */
export function GroupPairs({ sloId, alert }: { sloId: string; alert: AlertDetailBody }): ReactNode {
  const rows = useQuery(rollUpsQuery).data?.items ?? []
  const tier = alert.labels['tier'] ?? null
  const burns = rows.find((row) => row.sloId === sloId && row.tier === tier)?.burns ?? []
  if (burns.length === 0) return null
  return (
    <section className={styles.section} aria-label="Its windows now">
      <h2 className={styles.heading}>Its windows now, and what holds back what</h2>
      <table className={styles.pairs} aria-label="Pairs of windows of the group">
        <thead>
          <tr>
            <th scope="col">Pair</th>
            <th scope="col">Long window</th>
            <th scope="col">Short window</th>
            <th scope="col">Above</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {burns.map((burn) => (
            <tr key={burn.speed}>
              <th scope="row">
                {SPEED_WORDS[burn.speed]}
                <small>{burn.action}</small>
              </th>
              <td data-label="Long window">
                {formatBurn(burn.longBurn)} over {formatSpan(burn.longSeconds)}
                <small>{badOf({ unit: 'event' }, burn.longBad, burn.longTotal)}</small>
              </td>
              <td data-label="Short window">
                {formatBurn(burn.shortBurn)} over {formatSpan(burn.shortSeconds)}
                <small>{badOf({ unit: 'event' }, burn.shortBad, burn.shortTotal)}</small>
              </td>
              <td data-label="Above">{formatBurn(burn.threshold)}</td>
              <td className={styles.role}>
                {burn.holds ? 'Holds' : (burn.suppressed ?? 'Does not hold')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className={styles.rules}>
        <li>
          The counts are those of all its tenants. Tenants that have a page of their own for this
          cause, and tiers that page, do not make the group page as well: nobody is told twice.
        </li>
        <li>
          Once raised, its page stays until the short windows of the whole group have recovered.
        </li>
      </ul>
    </section>
  )
}
