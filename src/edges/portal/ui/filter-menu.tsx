import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import styles from './filter-bar.module.css'

/** One filter: a button that says what is chosen, and a menu of choices of which any number may
 *  be set. */
export function FilterMenu({
  label,
  choices,
  chosen,
  onChange,
}: {
  label: string
  choices: readonly { value: string; label: string }[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}): ReactNode {
  const words = choices.filter(({ value }) => chosen.includes(value)).map((choice) => choice.label)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={styles.filter} data-set={words.length > 0}>
          {label}
          {words.length > 0 && (
            <span className={styles.chosen}>
              {words.length > 2 ? `${words.length} chosen` : words.join(', ')}
            </span>
          )}
          <Icon name="chevron" size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={styles.choices ?? ''}>
        <Menu.CheckboxGroup value={[...chosen]} onChange={onChange}>
          {choices.map(({ value, label: word }) => (
            <Menu.CheckboxItem key={value} value={value}>
              {word}
            </Menu.CheckboxItem>
          ))}
        </Menu.CheckboxGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
