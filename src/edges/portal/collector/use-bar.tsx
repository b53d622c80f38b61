import type { ReactNode } from 'react'
import styles from './collector.module.css'

/** From here on the bar takes the colour of a warning; the figures stand beside it. */
const NEAR_RATIO = 0.8

/** What is used of a limit: a bar and both figures. */
export function UseBar({
  used,
  allowed,
  format,
}: {
  used: number
  allowed: number
  format: (value: number) => string
}): ReactNode {
  const ratio = allowed === 0 ? 1 : used / allowed
  const tone = ratio >= 1 ? styles.fillBad : ratio >= NEAR_RATIO ? styles.fillWarning : ''
  return (
    <span className={styles.use}>
      <span className={styles.useFigure}>
        {format(used)} of {format(allowed)}
      </span>
      <span className={styles.track} aria-hidden="true">
        <span
          className={`${styles.fill} ${tone}`}
          style={{ width: `${Math.min(ratio, 1) * 100}%` }}
        />
      </span>
    </span>
  )
}
