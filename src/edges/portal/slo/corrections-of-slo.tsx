import type { ReactNode } from 'react'
import { formatBudget } from '../format/format.ts'
import { badOf } from '../format/slo-units.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import type { CountedBurndown } from './burndown-data.ts'
import styles from './slo.module.css'

const SHOWN = 6

/** What the budget is not charged for, with what was counted meanwhile, and what it would be
 *  without. */
export function CorrectionsOfSlo({ body }: { body: CountedBurndown }): ReactNode {
  const { exclusions, uncorrectedLeftRatio, budgetLeftRatio } = body
  return (
    <section className={styles.block} aria-label="Corrections">
      <h2 className={styles.heading}>Corrections</h2>
      {exclusions.length === 0 && <p className={styles.none}>The whole period counts.</p>}
      {uncorrectedLeftRatio !== null && (
        <p className={styles.beside}>
          With them {formatBudget(budgetLeftRatio.at(-1) ?? null)} of the budget is left, without
          them {formatBudget(uncorrectedLeftRatio.at(-1) ?? null)}.
        </p>
      )}
      <ul className={styles.list}>
        {exclusions.slice(0, SHOWN).map(({ correctionId, fromMs, toMs, reason, bad, total }) => (
          <li key={`${correctionId} ${fromMs}`} className={styles.correction}>
            <span>{reason}</span>
            <span className={styles.when}>
              {formatMoment(fromMs)}, {formatSpan((toMs - fromMs) / 1_000)}
              {bad !== null && total !== null && `; ${badOf(body, bad, total)}`}
            </span>
          </li>
        ))}
      </ul>
      {exclusions.length > SHOWN && (
        <p className={styles.none}>and {exclusions.length - SHOWN} before</p>
      )}
    </section>
  )
}
