import type { ReactNode } from 'react'
import styles from './choice-row.module.css'

/** Choices side by side, of which one is set. */
export function ChoiceRow<Value extends string>({
  label,
  choices,
  chosen,
  onChoose,
}: {
  label: string
  choices: readonly { readonly value: Value; readonly label: string }[]
  chosen: Value
  onChoose: (value: Value) => void
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
    </div>
  )
}
