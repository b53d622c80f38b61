import { ActionIcon } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import styles from './notice.module.css'

/** A command to run in a terminal, with a button that copies it. */
export function CommandLine({ children }: { children: string }): ReactNode {
  const clipboard = useClipboard({ timeout: 2000 })
  const label = clipboard.copied ? 'Copied' : 'Copy the command'
  return (
    <div className={styles.command}>
      <code>{children}</code>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        title={label}
        onClick={() => clipboard.copy(children)}
      >
        <span className={clipboard.copied ? styles.copied : undefined}>
          <Icon name={clipboard.copied ? 'check' : 'copy'} />
        </span>
      </ActionIcon>
    </div>
  )
}
