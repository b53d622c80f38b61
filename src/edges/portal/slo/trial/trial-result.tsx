import { useMemo, type ReactNode } from 'react'
import type { SloBacktestBody } from '../../../http/api/slo-backtest.schema.ts'
import { formatMoment, formatSpan } from '../../format/time.ts'
import { BurndownPlot } from '../burndown-plot.tsx'
import { SPEED_WORDS } from '../burn-words.ts'
import { LegendLine } from '../legend-line.tsx'
import legend from '../../ui/legend.module.css'
import styles from '../slo.module.css'
import {
  resolutionWords,
  trialRows,
  trialScene,
  trialSentence,
  type TrialCell,
} from './trial-data.ts'
import tables from '../../ui/table.module.css'

/** Intervals that are listed: the newest. */
const LISTED = 20

const NO_CALLS = { onCursor: () => undefined, onZoom: () => undefined }

/** What a trial came to: in a sentence, drawn, and in numbers beside what is promised now. */
export function TrialResult({ body }: { body: SloBacktestBody }): ReactNode {
  const scene = useMemo(() => trialScene(body), [body])
  const said = trialSentence(body)
  return (
    <>
      <p className={styles.trialSaid} role="status">
        {said}
      </p>
      <ul className={legend.legend}>
        <LegendLine
          name="left"
          label="Left as tried"
          leftRatio={body.tried.leftRatio.at(-1) ?? null}
        />
        <LegendLine
          name="even"
          label="Left as promised now"
          leftRatio={body.current.leftRatio.at(-1) ?? null}
        />
      </ul>
      <BurndownPlot scene={scene} words={said} calls={NO_CALLS} />
      <p className={styles.under}>
        {resolutionWords(body)} Dot on the line, strip at the foot: what would have been raised as
        tried.
      </p>
      <TrialTable body={body} />
      <TrialRaisedList body={body} />
    </>
  )
}

function TrialTable({ body }: { body: SloBacktestBody }): ReactNode {
  return (
    <table className={`${tables.table} ${styles.trialTable}`} aria-label="Now and as tried">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">As promised now</th>
          <th scope="col">As tried</th>
        </tr>
      </thead>
      <tbody>
        {trialRows(body).map(({ label, now, tried, isOther }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td data-label="Now">
              <Cell cell={now} />
            </td>
            <td data-label="As tried">
              <Cell cell={tried} isOther={isOther} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ cell, isOther = false }: { cell: TrialCell; isOther?: boolean }): ReactNode {
  return (
    <>
      {isOther ? <strong>{cell.value}</strong> : cell.value}
      {cell.note !== null && <small>{cell.note}</small>}
    </>
  )
}

function TrialRaisedList({ body }: { body: SloBacktestBody }): ReactNode {
  const raised = body.tried.raised.toReversed()
  if (raised.length === 0) return null
  return (
    <div className={styles.trialRaised}>
      <h3>What would have been raised</h3>
      <ul>
        {raised.slice(0, LISTED).map(({ action, speed, fromMs, toMs, isOpen }) => (
          <li key={`${action}/${fromMs}`}>
            <strong>{action === 'page' ? 'Page' : 'Ticket'}</strong>,{' '}
            {SPEED_WORDS[speed].toLowerCase()}: {formatMoment(fromMs)},{' '}
            {isOpen ? 'goes on' : `for ${formatSpan((toMs - fromMs) / 1_000)}`}
          </li>
        ))}
      </ul>
      {raised.length > LISTED && <p>and {raised.length - LISTED} before them</p>}
    </div>
  )
}
