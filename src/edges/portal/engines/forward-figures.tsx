import type { ReactNode } from 'react'
import type { ForwardTargetBody } from '../../http/api/forwarding.schema.ts'
import { formatBytes, formatCount, NOTHING } from '../format/format.ts'
import { formatSpan } from '../format/time.ts'
import { Figure, Figures } from '../ui/figures.tsx'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { forwardTold } from './engine-words.ts'
import styles from './engines.module.css'

/** How far accepted series have come on their way to an engine. */
export function ForwardFigures({ target }: { target: ForwardTargetBody }): ReactNode {
  const { origin, lagBytes, lagSeconds, maxLagBytes, maxLagSeconds, totals, lastError } = target
  const { tone, icon, text } = forwardTold(target)
  const dropped = totals.dropped.reduce((sum, { samples }) => sum + samples, 0)
  return (
    <section className={styles.section} aria-label="Forwarding">
      <h3 className={styles.heading}>
        Forwarding to {origin}{' '}
        <Mark tone={tone} icon={icon}>
          {text}
        </Mark>
      </h3>
      <Figures>
        <Figure label="Waits" note={`of ${formatBytes(maxLagBytes)} at most`}>
          {formatBytes(lagBytes)}
        </Figure>
        <Figure label="Oldest that waits" note={`of ${formatSpan(maxLagSeconds)} at most`}>
          {formatSpan(lagSeconds)}
        </Figure>
        <Figure label="Sent" note={`${formatCount(totals.retried)} requests were sent again`}>
          {formatBytes(totals.sentBytes)}
        </Figure>
        <Figure label="Dropped" note="samples, kept over restarts">
          {formatCount(dropped)}
        </Figure>
        <Figure label="Last sent">
          {target.lastSentAtMs === null ? NOTHING : <Instant atMs={target.lastSentAtMs} />}
        </Figure>
      </Figures>
      {lastError !== null && (
        <p className={styles.quiet}>
          Last failure <Instant atMs={lastError.atMs} />: {lastError.text}
        </p>
      )}
    </section>
  )
}
