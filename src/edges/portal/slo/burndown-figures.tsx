import type { ReactNode } from 'react'
import { badOf } from '../format/slo-units.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import type { CountedBurndown } from './burndown-data.ts'
import { LegendLine } from './legend-line.tsx'
import legend from '../ui/legend.module.css'
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
      <ul className={legend.legend}>
        <LegendLine name="left" label="Budget left" leftRatio={ratioAt(body.budgetLeftRatio)} />
        <LegendLine
          name="even"
          label="Spent evenly (burn 1×)"
          leftRatio={ratioAt(body.evenLeftRatio)}
        />
        {body.uncorrectedLeftRatio !== null && (
          <LegendLine
            name="uncorrected"
            label="Without corrections"
            leftRatio={ratioAt(body.uncorrectedLeftRatio)}
          />
        )}
      </ul>
      <p className={styles.stepText}>{stepText(body, at)}</p>
    </>
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
