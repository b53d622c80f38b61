import type { ReactNode } from 'react'
import type { BurnBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import { formatBurn } from '../format/format.ts'
import { badOf, type SloUnitName } from '../format/slo-units.ts'
import { formatSpan } from '../format/time.ts'
import { burnOutcome } from '../tenant/slo-verdict.ts'
import { Mark } from '../ui/state-mark.tsx'
import { burnScale, pairSentence, SPEED_WORDS } from './burn-words.ts'
import styles from './slo.module.css'

/** How fast each pair of windows burns against its threshold, with the counts behind it. */
export function BurnWindows({ slo }: { slo: SloStatusBody }): ReactNode {
  if (slo.burns.length === 0) return null
  return (
    <section aria-label="Burn by window">
      <h2 className={styles.heading}>Burn by window</h2>
      <div className={styles.pairs}>
        {slo.burns.map((burn) => (
          <Pair key={burn.speed} burn={burn} unit={slo.unit} />
        ))}
      </div>
    </section>
  )
}

function Pair({ burn, unit }: { burn: BurnBody; unit: SloUnitName }): ReactNode {
  const scale = burnScale(burn)
  const bar = { threshold: burn.threshold, scale, unit }
  return (
    <section className={styles.pair} aria-label={`${SPEED_WORDS[burn.speed]} pair`}>
      <header className={styles.pairHead}>
        <h3>
          {SPEED_WORDS[burn.speed]} <small>above {formatBurn(burn.threshold)}</small>
        </h3>
        <Outcome burn={burn} />
      </header>
      <Bar
        {...bar}
        seconds={burn.longSeconds}
        burn={burn.longBurn}
        bad={burn.longBad}
        total={burn.longTotal}
      />
      <Bar
        {...bar}
        seconds={burn.shortSeconds}
        burn={burn.shortBurn}
        bad={burn.shortBad}
        total={burn.shortTotal}
      />
      <p className={styles.sentence}>{pairSentence(burn)}</p>
    </section>
  )
}

/** One window: its burn, a bar with the threshold marked on it, and the counts behind it. */
function Bar({
  seconds,
  burn,
  bad,
  total,
  threshold,
  scale,
  unit,
}: {
  seconds: number
  burn: number | null
  bad: number
  total: number
  threshold: number
  scale: number
  unit: SloUnitName
}): ReactNode {
  const isAbove = burn !== null && burn >= threshold
  const share = (value: number): string => `${Math.min(100, (value / scale) * 100)}%`
  return (
    <div className={styles.bar}>
      <span className={styles.window}>{formatSpan(seconds)}</span>
      <strong className={isAbove ? styles.above : undefined}>{formatBurn(burn)}</strong>
      <span className={styles.barTrack} aria-hidden="true">
        <span data-above={isAbove} style={{ width: share(burn ?? 0) }} />
        <i style={{ left: share(threshold) }} />
      </span>
      <span className={styles.counts}>{badOf({ unit }, bad, total)}</span>
    </div>
  )
}

function Outcome({ burn }: { burn: BurnBody }): ReactNode {
  switch (burnOutcome(burn)) {
    case 'page':
      return (
        <Mark tone="bad" icon="bell">
          Page
        </Mark>
      )
    case 'ticket':
      return (
        <Mark tone="warning" icon="ticket">
          Ticket
        </Mark>
      )
    case 'held-back':
      return (
        <Mark tone="warning" icon="pause">
          Held back
        </Mark>
      )
    case 'no-events':
      return (
        <Mark tone="quiet" icon="pause">
          No events
        </Mark>
      )
    case 'calm':
      return (
        <Mark tone="good" icon="check">
          Calm
        </Mark>
      )
  }
}
