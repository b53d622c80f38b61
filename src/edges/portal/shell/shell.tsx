import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react'
import type { SessionBody } from '../../http/api/session.schema.ts'
import { useLive } from '../api/live-context.tsx'
import { useHotkeys, type Hotkeys } from './hotkeys.ts'
import { Navigation } from './navigation.tsx'
import { usePages } from './use-pages.ts'
import styles from './shell.module.css'
import { TopBar } from './top-bar.tsx'

const CommandSearch = lazy(async () => ({
  default: (await import('./command-search.tsx')).CommandSearch,
}))
const ShortcutList = lazy(async () => ({
  default: (await import('./shortcut-list.tsx')).ShortcutList,
}))

export type ShellDialog = 'search' | 'shortcuts' | null

/** The frame around every page: navigation, top bar, and the dialogs that keys open. */
export function Shell({ session }: { session: SessionBody }): ReactNode {
  const [folded, setFolded] = useLocalStorage({ key: 'tenantry-nav-folded', defaultValue: false })
  const tight = useMediaQuery('(max-width: 1023px)', false, { getInitialValueInEffect: false })
  const [dialog, setDialog] = useState<ShellDialog>(null)
  const navigate = useNavigate()
  const live = useLive()
  const pages = usePages()
  const hotkeys = useMemo<Hotkeys>(
    () => ({
      'mod+k': () => setDialog((open) => (open === 'search' ? null : 'search')),
      '?': () => setDialog('shortcuts'),
      '[': () => setFolded((was) => !was),
      p: () => live.togglePause(),
      ...Object.fromEntries(pages.map(({ keys, to }) => [keys, () => void navigate({ to })])),
    }),
    [live, navigate, pages, setFolded],
  )
  useHotkeys(hotkeys)
  const close = (): void => setDialog(null)
  return (
    <div className={styles.frame} data-folded={folded || tight}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <Navigation folded={folded || tight} onFold={() => setFolded(!folded)} />
      <div>
        <TopBar session={session} onOpen={setDialog} />
        <main className={styles.main} id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {dialog === 'search' && <CommandSearch onClose={close} onOpen={setDialog} />}
        {dialog === 'shortcuts' && <ShortcutList onClose={close} />}
      </Suspense>
    </div>
  )
}
