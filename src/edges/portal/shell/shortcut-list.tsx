import type { ReactNode } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { usePages } from './use-pages.ts'
import styles from './shortcut-list.module.css'

const EVERYWHERE = [
  ['Ctrl K', 'Search and commands'],
  ['?', 'This list'],
  ['p', 'Pause or follow what happens'],
  ['[', 'Fold or unfold the navigation'],
]
const FLEET = [
  ['/', 'Find a tenant'],
  ['j', 'Next tenant'],
  ['k', 'Previous tenant'],
  ['Enter', 'Open the tenant'],
]

export function ShortcutList({ onClose }: { onClose: () => void }): ReactNode {
  const pages = usePages().map(({ keys, label }) => [keys, `Go to ${label}`])
  const groups = [
    { title: 'Everywhere', rows: [...EVERYWHERE, ...pages] },
    { title: 'Fleet', rows: FLEET },
  ]
  return (
    <Dialog title="Keyboard shortcuts" titleShown widthPx={440} onClose={onClose}>
      {groups.map(({ title, rows }) => (
        <section key={title} className={styles.group}>
          <h3 className={styles.title}>{title}</h3>
          <dl className={styles.rows}>
            {rows.map(([keys = '', what]) => (
              <div key={keys} className={styles.row}>
                <dt>{what}</dt>
                <dd>
                  {keys.split(' ').map((key) => (
                    <kbd key={key} className={styles.key}>
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
