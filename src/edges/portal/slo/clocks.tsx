import type { ReactNode } from 'react'
import type { ClockBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import { Mark } from '../ui/state-mark.tsx'
import { clockShare, clockText, MARK_LOOKS, usedText } from './clock-words.ts'
import styles from './slo.module.css'

/** What runs against a limit now: how much of it has passed, and what was asked for. */
export function Clocks({ slo }: { slo: SloStatusBody }): ReactNode {
  if (slo.clocks.length === 0) return null
  return (
    <section aria-label="Running now">
      <h2 className={styles.heading}>Running now</h2>
      <div className={styles.pairs}>
        {slo.clocks.map((clock) => (
          <Clock key={clock.clockId} clock={clock} what={slo.counted?.one ?? 'event'} />
        ))}
      </div>
    </section>
  )
}

function Clock({ clock, what }: { clock: ClockBody; what: string }): ReactNode {
  const { startedAtMs, limitSeconds, elapsedSeconds, mark } = clock
  const look = MARK_LOOKS[mark?.action ?? 'none']
  const isOver = clock.leftSeconds <= 0
  return (
    <section className={styles.pair} aria-label={`Open ${what}`}>
      <header className={styles.pairHead}>
        <h3>
          Open for {formatSpan(elapsedSeconds)} <small>since {formatMoment(startedAtMs)}</small>
        </h3>
        <Mark tone={look.tone} icon={look.icon}>
          {look.word}
        </Mark>
      </header>
      <div className={styles.bar}>
        <span className={styles.window}>of {formatSpan(limitSeconds)}</span>
        <strong className={isOver ? styles.above : undefined}>{usedText(clock)}</strong>
        <span className={styles.barTrack} aria-hidden="true">
          <span data-above={isOver} style={{ width: `${clockShare(clock) * 100}%` }} />
        </span>
      </div>
      <p className={styles.sentence}>{clockText(clock)}</p>
    </section>
  )
}
