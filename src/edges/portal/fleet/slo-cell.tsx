import type { ReactNode } from 'react'
import type { FleetSloBody } from '../../http/api/fleet.schema.ts'
import { formatBudget, NOTHING } from '../format/format.ts'
import { goneInSeconds } from '../format/gone-in.ts'
import { SLO_CONDITIONS, sloCondition } from '../format/slo-condition.ts'
import { formatShortSpan } from '../format/time.ts'
import { BudgetBar } from '../ui/budget-bar.tsx'
import { Mark, SloMark } from '../ui/state-mark.tsx'
import styles from './fleet-table.module.css'

/** One SLO of one tenant: its state in a word, and how much of the budget is left for how long;
 *  its name in a column of several. The verdict in full on hover. */
export function SloCell({
  slo,
  isNamed,
}: {
  slo: FleetSloBody | undefined
  isNamed: boolean
}): ReactNode {
  if (slo === undefined) return <span className={styles.none}>{NOTHING}</span>
  const condition = sloCondition(slo)
  if (isNamed) {
    const { tone, icon, word } = SLO_CONDITIONS[condition]
    return (
      <div className={styles.slo} title={`${slo.title}: ${slo.verdict}`}>
        <Mark tone={tone} icon={icon}>
          <span className={styles.title}>{slo.title}</span>
        </Mark>
        <span className={styles.word}>
          {word} · {formatBudget(slo.budgetLeftRatio)}
        </span>
      </div>
    )
  }
  const goneIn = slo.burning === null ? null : goneInSeconds(slo)
  return (
    <div className={styles.slo} title={slo.verdict}>
      <SloMark condition={condition} />
      <BudgetBar
        leftRatio={slo.budgetLeftRatio}
        condition={condition}
        note={goneIn === null ? undefined : `${formatShortSpan(goneIn)} left`}
      />
    </div>
  )
}
