import { Menu } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { SessionBody } from '../../http/api/session.schema.ts'
import { Icon } from '../ui/icon.tsx'
import { LiveMark } from './live-mark.tsx'
import { usePages } from './use-pages.ts'
import type { ShellDialog } from './shell.tsx'
import styles from './shell.module.css'
import { UserMenu } from './user-menu.tsx'

export function TopBar({
  session,
  onOpen,
}: {
  session: SessionBody
  onOpen: (dialog: ShellDialog) => void
}): ReactNode {
  return (
    <header className={styles.header}>
      <PageMenu />
      <button
        type="button"
        className={styles.search}
        aria-keyshortcuts="Control+K"
        onClick={() => onOpen('search')}
      >
        <Icon name="search" />
        <span>Search or jump to…</span>
        <kbd className={styles.key}>Ctrl K</kbd>
      </button>
      <span className={`${styles.spring} ${styles.wide}`} />
      <LiveMark />
      <button
        type="button"
        className={`${styles.icon} ${styles.wide}`}
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts  ?"
        onClick={() => onOpen('shortcuts')}
      >
        <Icon name="keyboard" />
      </button>
      <UserMenu session={session} />
    </header>
  )
}

/** The navigation of narrow screens. */
function PageMenu(): ReactNode {
  const navigate = useNavigate()
  const pages = usePages()
  return (
    <Menu position="bottom-start" width={200} shadow="none">
      <Menu.Target>
        <button type="button" className={`${styles.icon} ${styles.narrow}`} aria-label="Pages">
          <Icon name="menu" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {pages.map((page) => (
          <Menu.Item
            key={page.to}
            leftSection={<Icon name={page.icon} />}
            onClick={() => void navigate({ to: page.to })}
          >
            {page.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
