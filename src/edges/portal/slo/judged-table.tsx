import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { tierWord } from '../fleet/tier.ts'
import { formatBudget, formatObjective, NOTHING } from '../format/format.ts'
import { goneInSeconds, goneInText } from '../format/gone-in.ts'
import { BudgetTrack } from '../ui/budget-bar.tsx'
import { SloMark } from '../ui/state-mark.tsx'
import type { Judged } from './slo-list.ts'
import tables from '../ui/table.module.css'
import styles from './slo.module.css'

/** Tenants that are listed: those further down have the most left. */
const SHOWN = 100

/** The tenants by what they have left of the budget, the least first. */
export function JudgedTable({
  judged,
  sloId,
}: {
  judged: readonly Judged[]
  sloId: string
}): ReactNode {
  const isShrinking = judged.some(({ slo }) => goneInSeconds(slo) !== null)
  const bySpent = judged.toSorted(
    (left, right) =>
      (left.slo.budgetLeftRatio ?? Infinity) - (right.slo.budgetLeftRatio ?? Infinity),
  )
  return (
    <section aria-label="Tenants by budget spent">
      <h2 className={styles.heading}>Tenants by budget spent</h2>
      <table className={tables.table} aria-label="Tenants by budget spent">
        <thead>
          <tr>
            <th scope="col">Tenant</th>
            <th scope="col">State</th>
            <th scope="col">Budget left</th>
            <th scope="col" className={tables.amount}>
              Objective
            </th>
            {isShrinking && (
              <th scope="col" className={tables.amount}>
                Gone in
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {bySpent.slice(0, SHOWN).map(({ tenantId, name, tier, slo, condition }) => (
            <tr key={tenantId}>
              <th scope="row">
                <Link
                  to="/tenants/$tenantId/slos/$sloId"
                  params={{ tenantId, sloId }}
                  className={styles.link}
                  title={slo.verdict}
                >
                  {name}
                </Link>
                <small>{tierWord(tier)}</small>
              </th>
              <td>
                <SloMark condition={condition} />
              </td>
              <td data-label="Budget left">
                <span className={styles.leftCell}>
                  <BudgetTrack leftRatio={slo.budgetLeftRatio} condition={condition} wide />
                  <span>{formatBudget(slo.budgetLeftRatio)}</span>
                </span>
              </td>
              <td data-label="Objective" className={tables.amount}>
                {formatObjective(slo.objectivePpm)}
              </td>
              {isShrinking && (
                <td
                  data-label="Gone in"
                  className={`${tables.amount} ${goneInText(slo) === NOTHING ? tables.untold : ''}`}
                >
                  {goneInText(slo)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {judged.length > SHOWN && (
        <p className={styles.none}>
          The {SHOWN} that have the least left of {judged.length.toLocaleString('en-US')} tenants.
        </p>
      )}
    </section>
  )
}
