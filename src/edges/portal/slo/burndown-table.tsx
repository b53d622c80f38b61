import { useMemo, type ReactNode } from 'react'
import type { SloBurndownBody } from '../../http/api/slo-burndown.schema.ts'
import { formatBudget, NOTHING } from '../format/format.ts'
import { formatAmount } from '../format/slo-units.ts'
import { formatInstant, formatMoment } from '../format/time.ts'
import { ScrollTable } from '../ui/scroll-table.tsx'
import { BURNDOWN_HEIGHT } from './burndown-options.ts'

/** The steps of a budget, newest first, for reading and copying. */
export function BurndownTable({
  body,
  range,
}: {
  body: SloBurndownBody
  range: { readonly fromMs: number; readonly toMs: number }
}): ReactNode {
  const { endsMs, uncorrectedLeftRatio } = body
  const steps = useMemo(
    () =>
      [...endsMs.keys()]
        .filter((step) => endsMs[step]! > range.fromMs && endsMs[step]! <= range.toMs)
        .toReversed(),
    [endsMs, range],
  )
  return (
    <ScrollTable label="Budget over the period" heightPx={BURNDOWN_HEIGHT}>
      <thead>
        <tr>
          <th scope="col">Until</th>
          <th scope="col">Bad</th>
          <th scope="col">Of</th>
          {uncorrectedLeftRatio !== null && <th scope="col">Excluded</th>}
          <th scope="col">Left</th>
          <th scope="col">Even</th>
          {uncorrectedLeftRatio !== null && <th scope="col">Uncorrected</th>}
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => (
          <tr key={endsMs[step]}>
            <th scope="row" title={formatInstant(endsMs[step]!)}>
              {formatMoment(endsMs[step]!)}
            </th>
            <td>{formatAmount(body.bad[step]!)}</td>
            <td>{formatAmount(body.total[step]!)}</td>
            {uncorrectedLeftRatio !== null && <td>{excludedText(body, step)}</td>}
            <td>{formatBudget(body.budgetLeftRatio[step]!)}</td>
            <td>{formatBudget(body.evenLeftRatio[step]!)}</td>
            {uncorrectedLeftRatio !== null && (
              <td>{formatBudget(uncorrectedLeftRatio[step] ?? null)}</td>
            )}
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  )
}

function excludedText({ excludedBad, excludedTotal }: SloBurndownBody, step: number): string {
  if (excludedTotal[step]! <= 0) return NOTHING
  return `${formatAmount(excludedBad[step]!)} of ${formatAmount(excludedTotal[step]!)}`
}
