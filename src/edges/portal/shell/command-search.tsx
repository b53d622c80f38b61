import { useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useLive } from '../api/live-context.tsx'
import { fleetQuery } from '../api/queries.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import styles from './command-search.module.css'
import { findCommands, type Command } from './commands.ts'
import { usePages } from './use-pages.ts'
import type { ShellDialog } from './shell.tsx'

/** Goes to a tenant or page, or does something, by typing a part of its name. */
export function CommandSearch({
  onClose,
  onOpen,
}: {
  onClose: () => void
  onOpen: (dialog: ShellDialog) => void
}): ReactNode {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const found = findCommands(useCommands(onOpen), text)
  const current = found[Math.min(active, found.length - 1)]
  const run = (command: Command): void => {
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter' && current !== undefined) run(current)
    else if (step !== undefined && found.length > 0)
      setActive((Math.min(active, found.length - 1) + step + found.length) % found.length)
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Search and commands" titleShown={false} widthPx={560} onClose={onClose}>
      <div className={styles.box}>
        <Icon name="search" />
        <input
          autoFocus
          data-autofocus
          className={styles.input}
          placeholder="Tenant, page or action"
          role="combobox"
          aria-label="Tenant, page or action"
          aria-expanded="true"
          aria-controls="commands"
          aria-activedescendant={current && `command-${current.id}`}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id="commands" className={styles.list} role="listbox" aria-label="Matches">
        {found.map((command) => (
          <Choice
            key={command.id}
            command={command}
            selected={command === current}
            onClick={() => run(command)}
          />
        ))}
      </ul>
      {found.length === 0 && <p className={styles.none}>Nothing is called “{text.trim()}”.</p>}
    </Dialog>
  )
}

function Choice({
  command,
  selected,
  onClick,
}: {
  command: Command
  selected: boolean
  onClick: () => void
}): ReactNode {
  return (
    <li
      id={`command-${command.id}`}
      ref={selected ? (item) => item?.scrollIntoView({ block: 'nearest' }) : null}
      className={styles.choice}
      role="option"
      aria-selected={selected}
      onClick={onClick}
    >
      <Icon name={command.icon} />
      <span className={styles.label}>{command.label}</span>
      <span className={styles.note}>{command.note}</span>
    </li>
  )
}

function useCommands(onOpen: (dialog: ShellDialog) => void): Command[] {
  const navigate = useNavigate()
  const live = useLive()
  const pages = usePages()
  const { setColorScheme } = useMantineColorScheme()
  const { data: rows = [] } = useQuery({ ...fleetQuery, select: (fleet) => fleet.rows })
  return useMemo(() => {
    const action = (
      id: string,
      icon: Command['icon'],
      label: string,
      run: () => void,
    ): Command => ({
      id,
      icon,
      label,
      note: 'Action',
      run,
    })
    return [
      ...pages.map(({ to, label, icon }) => ({
        id: `page-${label}`,
        icon,
        label,
        note: 'Page',
        run: () => void navigate({ to }),
      })),
      action('light', 'sun', 'Light theme', () => setColorScheme('light')),
      action('dark', 'moon', 'Dark theme', () => setColorScheme('dark')),
      action('system', 'screen', 'Theme as the system', () => setColorScheme('auto')),
      action('pause', 'pause', 'Pause or follow', () => live.togglePause()),
      action('shortcuts', 'keyboard', 'Keyboard shortcuts', () => onOpen('shortcuts')),
      ...rows.map(({ tenantId, name }) => ({
        id: tenantId,
        icon: 'tenant' as const,
        label: name,
        note: tenantId,
        run: () => void navigate({ to: '/tenants/$tenantId', params: { tenantId } }),
      })),
    ]
  }, [live, navigate, onOpen, pages, rows, setColorScheme])
}
