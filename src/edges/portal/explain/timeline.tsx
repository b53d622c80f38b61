import type { ReactNode } from 'react'
import type { AlertDetailBody } from '../api/bodies.ts'
import { formatBurn } from '../format/format.ts'
import { formatMoment } from '../format/time.ts'
import { eventWord } from './explain-words.ts'
import styles from './explain.module.css'

/** What happened to an alert, oldest first. */
export function Timeline({ alert: { timeline } }: { alert: AlertDetailBody }): ReactNode {
  return (
    <section className={styles.block} aria-label="What happened">
      <h2 className={styles.heading}>What happened</h2>
      <ol className={styles.events}>
        {timeline.map((event) => (
          <li key={event.sequence}>
            <span className={styles.soft}>
              {formatMoment(event.atMs)} · {eventWord(event)}
              {event.numbers['longBurn'] !== undefined &&
                ` at ${formatBurn(event.numbers['longBurn'])}`}
            </span>
            <span>{event.summary}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
