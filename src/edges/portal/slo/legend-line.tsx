import type { ReactNode } from 'react'
import { formatBudget } from '../format/format.ts'
import legend from '../ui/legend.module.css'
import styles from './slo.module.css'

/** What a line of a budget's chart stands for, and where it is. */
export function LegendLine({
  name,
  label,
  leftRatio,
}: {
  name: 'left' | 'even' | 'uncorrected'
  label: string
  leftRatio: number | null
}): ReactNode {
  return (
    <li>
      <svg
        className={`${legend.key} ${styles.key}`}
        data-line={name}
        width="16"
        height="8"
        aria-hidden="true"
      >
        <line x1="0" x2="16" y1="4" y2="4" />
      </svg>
      {label}
      <strong>{formatBudget(leftRatio)}</strong>
    </li>
  )
}
