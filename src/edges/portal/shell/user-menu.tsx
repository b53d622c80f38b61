import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SessionBody } from '../../http/api/session.schema.ts'
import { remove } from '../api/client.ts'
import { Icon } from '../ui/icon.tsx'
import styles from './shell.module.css'

const SCHEMES = [
  { value: 'auto', label: 'As the system', icon: 'screen' },
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
] as const

function who({ name, role }: SessionBody): string {
  return name.toLowerCase() === role.toLowerCase() ? name : `${name} · ${role}`
}

/** Ends the session and forgets what was read in it. Asking for the session again leads to the
 *  sign-in page, or tells why it went wrong. */
async function signOut(client: QueryClient): Promise<void> {
  await remove('/api/v1/session').catch(() => undefined)
  await client.resetQueries()
}

export function UserMenu({ session }: { session: SessionBody }): ReactNode {
  const client = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu position="bottom-end" width={208}>
      <Menu.Target>
        <button type="button" className={styles.icon} aria-label="You and the theme">
          <Icon name="user" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{who(session)}</Menu.Label>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        >
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme.value} value={scheme.value}>
              {scheme.label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut(client)}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
