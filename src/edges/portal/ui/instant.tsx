import type { ReactNode } from 'react'
import { useNow } from '../api/freshness.ts'
import { formatInstant, formatRelative, formatShortSpan } from '../format/time.ts'

/** An instant as a reader takes it in, the exact time on hover. `span` leaves out the word
 *  "ago". */
export function Instant({ atMs, span = false }: { atMs: number; span?: boolean }): ReactNode {
  const nowMs = useNow(10_000)
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatInstant(atMs)}>
      {span ? formatShortSpan((nowMs - atMs) / 1000) : formatRelative(atMs, Math.max(nowMs, atMs))}
    </time>
  )
}
