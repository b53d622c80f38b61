import { useMemo, type ReactNode } from 'react'
import type { SignalAnswerBody } from '../../http/api/signals.schema.ts'
import { formatInstant, formatMoment, formatSpan } from '../format/time.ts'
import { chartData, hasValues, isKnown, lastStep, scaleTop, settledData } from './chart-data.ts'
import type { Mark, PlotCalls, Threshold } from './plot-scene.ts'
import { Plot } from './plot.tsx'
import type { ChartRow } from './signal-charts.ts'
import { SignalTable } from './signal-table.tsx'
import legend from '../ui/legend.module.css'
import { Panel, Toggle } from '../ui/panel.tsx'
import styles from './signals.module.css'

/** One chart: its lines with the numbers under the cursor, or the newest; a table behind it. */
export function SignalChart({
  row,
  answer,
  threshold,
  marks,
  step,
  isTable,
  onTable,
  calls,
}: {
  row: ChartRow
  answer: SignalAnswerBody
  threshold: Threshold | null
  marks: readonly Mark[]
  /** The step under the cursor. Null for none. */
  step: number | null
  isTable: boolean
  onTable: () => void
  calls: PlotCalls
}): ReactNode {
  const data = useMemo(() => chartData(row, answer), [row, answer])
  const settled = useMemo(() => settledData(data, answer), [data, answer])
  const scene = useMemo(
    () => ({
      fromMs: answer.fromMs,
      toMs: answer.toMs,
      settledToMs: answer.settledToMs,
      top: scaleTop(settled, threshold?.value ?? null),
      threshold,
      marks,
    }),
    [answer, settled, threshold, marks],
  )
  const shownStep = step ?? lastStep(data, answer)
  const drawn = hasValues(data)
  return (
    <Panel
      label={row.title}
      head={
        <h3>
          {row.title} <span className={styles.unit}>{row.unit}</span>
        </h3>
      }
      actions={
        drawn && (
          <Toggle isOn={isTable} onClick={onTable}>
            Table
          </Toggle>
        )
      }
    >
      <Figures row={row} values={data.values} step={shownStep} />
      {drawn && !isTable && <Plot row={row} data={settled} scene={scene} calls={calls} />}
      {drawn && isTable && (
        <SignalTable
          row={row}
          data={data}
          endsMs={answer.endsMs}
          stepSeconds={answer.stepSeconds}
          settledToMs={answer.settledToMs}
        />
      )}
      {!drawn && <Nothing row={row} answer={answer} />}
      <p className={styles.under}>{underText(answer, shownStep, step !== null)}</p>
    </Panel>
  )
}

function Figures({
  row,
  values,
  step,
}: {
  row: ChartRow
  values: readonly (readonly (number | null)[])[]
  step: number | null
}): ReactNode {
  return (
    <ul className={legend.legend}>
      {row.lines.map(({ signal, label, colour, dash }, line) => (
        <li key={signal}>
          <svg
            className={`${legend.key} ${styles.key}`}
            data-colour={colour}
            width="16"
            height="8"
            aria-hidden="true"
          >
            <line x1="0" x2="16" y1="4" y2="4" strokeDasharray={dash?.join(' ')} />
          </svg>
          {label}
          <strong>{row.format(step === null ? null : (values[line]?.[step] ?? null))}</strong>
        </li>
      ))}
    </ul>
  )
}

/** Says why there is nothing to draw, and what to do. */
function Nothing({ row, answer }: { row: ChartRow; answer: SignalAnswerBody }): ReactNode {
  const { lastSampleAtMs } = answer
  if (!isKnown(row, answer)) {
    return (
      <p className={styles.nothing}>
        Nothing of this was ever received from this tenant. Send {row.needs}.
      </p>
    )
  }
  return (
    <p className={styles.nothing}>
      Nothing in this range
      {lastSampleAtMs === null
        ? '.'
        : `; the last sample is of ${formatInstant(lastSampleAtMs)}.`}{' '}
      Choose another range, or see whether the sender still runs.
    </p>
  )
}

function underText(
  { endsMs, stepSeconds, settledToMs }: SignalAnswerBody,
  step: number | null,
  isPointed: boolean,
): string {
  const endMs = step === null ? undefined : endsMs[step]
  if (endMs === undefined) return '\u00a0'
  const soFar = endMs > settledToMs ? ', so far' : ''
  const span = `${formatSpan(stepSeconds)} from ${formatMoment(endMs - stepSeconds * 1000)}${soFar}`
  return isPointed ? span : `Newest: ${span}`
}
