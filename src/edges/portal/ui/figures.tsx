import type { ReactNode } from 'react'
import styles from './figures.module.css'

/** Figures side by side, as many rows of them as they need. */
export function Figures({
  isLead = false,
  isOld = false,
  children,
}: {
  /** What the page is about: larger. */
  isLead?: boolean
  isOld?: boolean
  children: ReactNode
}): ReactNode {
  return (
    <dl className={styles.figures} data-lead={isLead} data-old={isOld}>
      {children}
    </dl>
  )
}

export function Figure({
  label,
  note = null,
  children,
}: {
  label: string
  /** What stands below it. */
  note?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd className={styles.value}>{children}</dd>
      {note !== null && <dd className={styles.note}>{note}</dd>}
    </div>
  )
}
