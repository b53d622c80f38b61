import type { ReactNode } from 'react'
import styles from './choice-row.module.css'

/** Choices side by side, of which one is set. */
export function ChoiceRow<Value extends string>({
  label,
  choices,
  chosen,
  onChoose,
  children,
}: {
  label: string
  choices: readonly { readonly value: Value; readonly label: string }[]
  /** Null where none of them is. */
  chosen: Value | null
  onChoose: (value: Value) => void
  /** What stands behind them, such as a menu of others. */
  children?: ReactNode
}): ReactNode {
  return (
    <div className={styles.row} role="group" aria-label={label}>
      {choices.map(({ value, label: word }) => (
        <button
          key={value}
          type="button"
          className={styles.choice}
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {word}
        </button>
      ))}
      {children}
    </div>
  )
}
