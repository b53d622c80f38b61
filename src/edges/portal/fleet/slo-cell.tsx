import type { ReactNode } from 'react'
import type { FleetSloBody } from '../../http/api/fleet.schema.ts'
import { NOTHING } from '../format/format.ts'
import { sloCondition } from '../format/slo-condition.ts'
import { formatShortSpan } from '../format/time.ts'
import { BudgetBar } from '../ui/budget-bar.tsx'
import { SloMark } from '../ui/state-mark.tsx'
import styles from './fleet-table.module.css'

/** One SLO of one tenant: its state in a word, and how much of the budget is left for how long.
 *  The verdict in full on hover. */
export function SloCell({ slo }: { slo: FleetSloBody | undefined }): ReactNode {
  if (slo === undefined) return <span className={styles.none}>{NOTHING}</span>
  const condition = sloCondition(slo)
  const shrinking = slo.burning !== null && slo.exhaustsInSeconds !== null
  return (
    <div className={styles.slo} title={slo.verdict}>
      <SloMark condition={condition} />
      <BudgetBar
        leftRatio={slo.budgetLeftRatio}
        condition={condition}
        note={shrinking ? `${formatShortSpan(slo.exhaustsInSeconds)} left` : undefined}
      />
    </div>
  )
}
