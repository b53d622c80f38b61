import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import styles from './collector.module.css'

/** The pages about the collector, in the order of their tabs. */
const TABS = [
  { to: '/collector', label: 'Health' },
  { to: '/collector/targets', label: 'Targets' },
  { to: '/collector/cardinality', label: 'Cardinality' },
] as const

/** What is common to the collector's pages: which there are, and the one that is open. */
export function CollectorTabs(): ReactNode {
  return (
    <>
      <nav className={styles.tabs} aria-label="Collector">
        {TABS.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            className={styles.tab}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  )
}
