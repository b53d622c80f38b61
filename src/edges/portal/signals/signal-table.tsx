import { useMemo, type ReactNode } from 'react'
import { formatInstant, formatMoment } from '../format/time.ts'
import type { ChartData } from './chart-data.ts'
import type { ChartRow } from './signal-charts.ts'
import { ScrollTable } from '../ui/scroll-table.tsx'
import { SIGNAL_HEIGHT } from './plot-options.ts'
import styles from './signals.module.css'

/** The numbers of a chart, newest first, for reading and copying. */
export function SignalTable({
  row,
  data,
  endsMs,
  stepSeconds,
  settledToMs,
}: {
  row: ChartRow
  data: ChartData
  endsMs: readonly number[]
  stepSeconds: number
  settledToMs: number
}): ReactNode {
  const steps = useMemo(() => endsMs.map((_, step) => step).toReversed(), [endsMs])
  return (
    <ScrollTable label={row.title} heightPx={SIGNAL_HEIGHT}>
      <thead>
        <tr>
          <th scope="col">From</th>
          {row.lines.map(({ signal, label }) => (
            <th key={signal} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => {
          const endMs = endsMs[step] ?? 0
          return (
            <tr key={endMs}>
              <th scope="row" title={formatInstant(endMs - stepSeconds * 1000)}>
                {formatMoment(endMs - stepSeconds * 1000)}
                {endMs > settledToMs && <span className={styles.soFar}> so far</span>}
              </th>
              {row.lines.map(({ signal }, line) => (
                <td key={signal}>{row.format(data.values[line]?.[step] ?? null)}</td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </ScrollTable>
  )
}
