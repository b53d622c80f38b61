import { memo, type ReactNode } from 'react'
import { sparkPath, sparkTop } from '../format/spark-path.ts'
import type { Tone } from '../format/slo-condition.ts'
import styles from './sparkline.module.css'

const WIDTH = 56
const HEIGHT = 20

/** Burn over the last hour; the dotted line is burn 1, which spends the budget exactly. The
 *  figure stands beside it. */
export const Sparkline = memo(function Sparkline({
  values,
  tone,
}: {
  values: readonly (number | null)[]
  tone: Tone
}): ReactNode {
  const top = sparkTop(values)
  const one = HEIGHT - HEIGHT / top
  return (
    <svg className={styles.spark} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <line className={styles.budget} x1="0" x2={WIDTH} y1={one} y2={one} />
      <path
        className={`${styles.line} ${styles[tone] ?? ''}`}
        d={sparkPath(values, { width: WIDTH, height: HEIGHT, top })}
      />
    </svg>
  )
})
