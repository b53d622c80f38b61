import type { ReactNode } from 'react'
import { STALE_AFTER_MS } from '../api/freshness.ts'
import { formatInstant, formatShortSpan, formatTimeOfDay } from '../format/time.ts'
import styles from './freshness-note.module.css'
import { Icon } from './icon.tsx'

/** As of when the page's numbers are; a warning once they are old. */
export function FreshnessNote({ asOfMs, ageMs }: { asOfMs: number; ageMs: number }): ReactNode {
  if (ageMs <= STALE_AFTER_MS)
    return (
      <p className={styles.fresh} title={formatInstant(asOfMs)}>
        As of {formatTimeOfDay(asOfMs)}
      </p>
    )
  return (
    <p className={styles.old} role="status" title={formatInstant(asOfMs)}>
      <Icon name="clock" size={14} />
      These numbers are {formatShortSpan(ageMs / 1000)} old: nothing newer has come from the server.
    </p>
  )
}
