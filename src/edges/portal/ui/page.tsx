import type { ReactNode } from 'react'
import { STALE_AFTER_MS } from '../api/freshness.ts'
import styles from './page.module.css'

/** A page of one thing. Its numbers look old once they are. */
export function Page({ ageMs, children }: { ageMs: number; children: ReactNode }): ReactNode {
  const isStale = ageMs > STALE_AFTER_MS
  return <div className={isStale ? `${styles.page} ${styles.stale}` : styles.page}>{children}</div>
}
