import type { ReactNode } from 'react'
import { formatBudget } from '../format/format.ts'
import { SLO_CONDITIONS, type SloConditionName } from '../format/slo-condition.ts'
import styles from './state.module.css'

/** Below this much budget left the bar takes the colour of a warning; the figure stands beside
 *  it. */
const LOW_RATIO = 0.2

/** Only what concerns the budget colours its bar: that data is missing does not. */
function fillClass(leftRatio: number, condition: SloConditionName): string {
  const tone = condition.startsWith('burning') ? SLO_CONDITIONS[condition].tone : 'quiet'
  if (tone === 'bad') return `${styles.fill} ${styles.fillBad}`
  if (tone === 'warning' || leftRatio < LOW_RATIO) return `${styles.fill} ${styles.fillWarning}`
  return `${styles.fill}`
}

/** How much of a budget is left, as a bar. The figure is the caller's to show. */
export function BudgetTrack({
  leftRatio,
  condition,
  wide = false,
}: {
  leftRatio: number | null
  condition: SloConditionName
  wide?: boolean
}): ReactNode {
  const width = `${Math.min(Math.max(leftRatio ?? 0, 0), 1) * 100}%`
  return (
    <span className={wide ? `${styles.track} ${styles.wide}` : styles.track} aria-hidden="true">
      {leftRatio !== null && <span className={fillClass(leftRatio, condition)} style={{ width }} />}
    </span>
  )
}

/** The bar, the figure and what else belongs to it, such as when the budget is gone. Nothing
 *  where nothing was counted. */
export function BudgetBar({
  leftRatio,
  condition,
  note,
}: {
  leftRatio: number | null
  condition: SloConditionName
  note?: string | undefined
}): ReactNode {
  if (leftRatio === null) return null
  return (
    <span className={styles.budget}>
      <BudgetTrack leftRatio={leftRatio} condition={condition} />
      <span>
        {formatBudget(leftRatio)}
        {note === undefined ? null : ` · ${note}`}
      </span>
    </span>
  )
}
