import type { ReactNode } from 'react'
import { formatBudget } from '../format/format.ts'
import { badOf } from '../format/slo-units.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import type { CountedBurndown } from './burndown-data.ts'
import styles from './slo.module.css'

/** The numbers of the step under the cursor, or of the newest; they are the chart's legend, too. */
export function BurndownFigures({
  body,
  point,
}: {
  body: CountedBurndown
  /** 0 is the period's begin. Null for none. */
  point: number | null
}): ReactNode {
  const last = body.endsMs.length
  const at = Math.min(point ?? last, last)
  const ratioAt = (ratios: readonly (number | null)[]): number | null =>
    at === 0 ? 1 : (ratios[at - 1] ?? null)
  return (
    <>
      <ul className={styles.legend}>
        <Line name="left" label="Budget left" value={ratioAt(body.budgetLeftRatio)} />
        <Line name="even" label="Spent evenly (burn 1×)" value={ratioAt(body.evenLeftRatio)} />
        {body.uncorrectedLeftRatio !== null && (
          <Line
            name="uncorrected"
            label="Without corrections"
            value={ratioAt(body.uncorrectedLeftRatio)}
          />
        )}
      </ul>
      <p className={styles.stepText}>{stepText(body, at)}</p>
    </>
  )
}

function Line({
  name,
  label,
  value,
}: {
  name: 'left' | 'even' | 'uncorrected'
  label: string
  value: number | null
}): ReactNode {
  return (
    <li>
      <svg className={styles.key} data-line={name} width="16" height="8" aria-hidden="true">
        <line x1="0" x2="16" y1="4" y2="4" />
      </svg>
      {label}
      <strong>{formatBudget(value)}</strong>
    </li>
  )
}

function stepText(body: CountedBurndown, at: number): string {
  const { endsMs, fromMs, bad, total, excludedBad, excludedTotal } = body
  if (at === 0) return `The period begins ${formatMoment(fromMs)}`
  const step = at - 1
  const startMs = step === 0 ? fromMs : endsMs[step - 1]!
  const span = formatSpan((endsMs[step]! - startMs) / 1_000)
  const out =
    excludedTotal[step]! > 0
      ? `; excluded ${badOf(body, excludedBad[step]!, excludedTotal[step]!)}`
      : ''
  return `${span} from ${formatMoment(startMs)}: ${badOf(body, bad[step]!, total[step]!)}${out}`
}
