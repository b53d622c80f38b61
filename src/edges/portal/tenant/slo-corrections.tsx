import type { ReactNode } from 'react'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { formatAttained, formatBudget } from '../format/format.ts'
import { formatInstant, formatSpan } from '../format/time.ts'
import styles from './tenant.module.css'

/** So many are shown; the API tells more. */
const SHOWN = 5

/** What an SLO's budget is not charged for, and what it would be without: nothing where nothing is
 *  corrected. */
export function SloCorrections({ slo }: { slo: SloStatusBody }): ReactNode {
  const { uncorrected, exclusions, title } = slo
  if (uncorrected === null) return null
  return (
    <section className={styles.corrections} aria-label={`Corrections of ${title}`}>
      <p>
        Corrected. Without corrections {formatAttained(uncorrected.sliRatio)} attained,{' '}
        {formatBudget(uncorrected.budgetLeftRatio)} of the budget left.
      </p>
      <ul>
        {exclusions.slice(0, SHOWN).map(({ correctionId, fromMs, toMs, reason }) => (
          <li key={`${correctionId} ${fromMs}`}>
            <time dateTime={new Date(fromMs).toISOString()}>{formatInstant(fromMs)}</time>,{' '}
            {formatSpan((toMs - fromMs) / 1_000)}: {reason}
          </li>
        ))}
      </ul>
      {exclusions.length > SHOWN && <p>and {exclusions.length - SHOWN} before</p>}
    </section>
  )
}
