import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Logo } from './logo.tsx'
import { usePages } from './use-pages.ts'
import styles from './shell.module.css'

export function Navigation({ folded, onFold }: { folded: boolean; onFold: () => void }): ReactNode {
  const pages = usePages()
  const fold = folded ? 'Unfold the navigation' : 'Fold'
  return (
    <nav className={styles.nav} aria-label="Pages">
      <div className={styles.brand}>
        <Logo />
        {!folded && 'Tenantry'}
      </div>
      <ul className={styles.pages}>
        {pages.map((page) => (
          <li key={page.to}>
            <Link
              to={page.to}
              className={styles.page}
              activeOptions={{ exact: page.to === '/', includeSearch: false }}
              aria-label={folded ? page.label : undefined}
              title={folded ? page.label : undefined}
            >
              <Icon name={page.icon} />
              {!folded && page.label}
            </Link>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className={styles.page}
        aria-expanded={!folded}
        aria-label={fold}
        title={`${fold}  [`}
        onClick={onFold}
      >
        <Icon name="panel" />
        {!folded && 'Fold'}
      </button>
    </nav>
  )
}
