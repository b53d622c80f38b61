import type { ReactNode } from 'react'
import styles from './panel.module.css'

/** A part of a page in a frame: what it is, what can be done with it, and the thing itself. */
export function Panel({
  label,
  head,
  actions,
  children,
}: {
  label: string
  /** Its heading, of the level that the page needs. */
  head: ReactNode
  actions?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <section className={styles.panel} aria-label={label}>
      <header className={styles.head}>
        {head}
        <div>{actions}</div>
      </header>
      {children}
    </section>
  )
}

/** Something that is pressed to show the same otherwise, such as in numbers. */
export function Toggle({
  isOn,
  onClick,
  children,
}: {
  /** Without it, it is no state but an action. */
  isOn?: boolean
  onClick: () => void
  children: ReactNode
}): ReactNode {
  return (
    <button type="button" className={styles.toggle} aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  )
}
