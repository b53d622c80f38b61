import { useState, type ReactNode, type RefObject } from 'react'
import { Icon } from './icon.tsx'
import styles from './filter-bar.module.css'

/** The text to find rows by. What is typed shows at once; the address follows, and may change
 *  it when it is set from elsewhere. */
export function TextFilter({
  inputRef,
  what = 'a tenant',
  value,
  onChange,
}: {
  inputRef: RefObject<HTMLInputElement | null>
  what?: string
  value: string
  onChange: (value: string) => void
}): ReactNode {
  const [typed, setTyped] = useState({ text: value, address: value })
  if (typed.address !== value) setTyped({ text: value, address: value })
  return (
    <label className={styles.find}>
      <Icon name="search" size={14} />
      <input
        ref={inputRef}
        type="search"
        placeholder={`Find ${what}`}
        aria-label={`Find ${what} by name or id`}
        aria-keyshortcuts="/"
        value={typed.text}
        onChange={(event) => {
          const text = event.currentTarget.value
          setTyped({ text, address: text })
          onChange(text)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      <kbd className={styles.slash}>/</kbd>
    </label>
  )
}
