/** What a trial came to, as the page shows it. Pure. */
import type {
  JudgedTrialBody,
  SloBacktestBody,
  TriedRaisedBody,
} from '../../../http/api/slo-backtest.schema.ts'
import { formatAttained, formatBudget, formatBurn, formatObjective } from '../../format/format.ts'
import { formatMoment, formatSpan } from '../../format/time.ts'
import { burndownScale, type AlertSpan, type BurndownLines } from '../burndown-data.ts'
import { SPEED_WORDS } from '../burn-words.ts'

/** A value, and what stands below it. */
export interface TrialCell {
  readonly value: string
  readonly note: string | null
}

export interface TrialRow {
  readonly label: string
  readonly now: TrialCell
  readonly tried: TrialCell
  readonly isOther: boolean
}

/** Lists what is promised and what came of it, now and as it was tried. */
export function trialRows({ current, tried }: SloBacktestBody): TrialRow[] {
  const row = (label: string, of: (judged: JudgedTrialBody) => TrialCell | string): TrialRow => {
    const [now, then] = [cellOf(of(current)), cellOf(of(tried))]
    return { label, now, tried: then, isOther: now.value !== then.value || now.note !== then.note }
  }
  const speeds = [...new Set([...current.pairs, ...tried.pairs].map(({ speed }) => speed))]
  return [
    row('Objective', ({ objectivePpm }) => formatObjective(objectivePpm)),
    row('Period', ({ period }) => periodWords(period)),
    row('Attained', ({ sliRatio }) => formatAttained(sliRatio)),
    row('Budget left', ({ budgetLeftRatio }) => formatBudget(budgetLeftRatio)),
    row('Least that was left', ({ lowestLeftRatio }) => formatBudget(lowestLeftRatio)),
    row('Pages', ({ pages, pageSeconds }) => timesWords(pages, pageSeconds)),
    row('Tickets', ({ tickets, ticketSeconds }) => timesWords(tickets, ticketSeconds)),
    ...speeds.map((speed) =>
      row(`${SPEED_WORDS[speed]} pair held`, ({ pairs }) => {
        const pair = pairs.find((each) => each.speed === speed)
        if (pair === undefined) return 'left out'
        const { value, note } = timesWords(pair.fired, pair.firedSeconds)
        return { value: `${value} above ${formatBurn(pair.threshold)}`, note }
      }),
    ),
  ]
}

function cellOf(cell: TrialCell | string): TrialCell {
  return typeof cell === 'string' ? { value: cell, note: null } : cell
}

function timesWords(times: number, seconds: number): TrialCell {
  if (times === 0) return { value: 'none', note: null }
  return { value: String(times), note: `${formatSpan(seconds)} altogether` }
}

function periodWords(period: JudgedTrialBody['period']): string {
  return period.kind === 'rolling'
    ? formatSpan(period.seconds)
    : `Calendar ${period.unit}, ${period.zone}`
}

/** Says in which steps it was judged. */
export function resolutionWords({ resolutions, countedFromMs, fromMs }: SloBacktestBody): string {
  const steps = resolutions.map(
    ({ stepSeconds, fromMs: from }, i) =>
      `${i === 0 ? 'judged' : 'then'} every ${formatSpan(stepSeconds)} from ${formatMoment(from)}`,
  )
  const counted =
    countedFromMs === null
      ? ['nothing is stored']
      : countedFromMs > fromMs
        ? [`nothing is stored before ${formatMoment(countedFromMs)}`]
        : []
  const text = [...steps, ...counted].join(', ')
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`
}

/** Says what another promise would have changed. */
export function trialSentence({ current, tried }: SloBacktestBody): string {
  const left = `${formatBudget(tried.budgetLeftRatio)} of the budget would be left instead of ${formatBudget(current.budgetLeftRatio)}`
  const of = (judged: JudgedTrialBody): string =>
    `${count(judged.pages, 'page')} and ${count(judged.tickets, 'ticket')}`
  return of(current) === of(tried)
    ? `${left}; as now, ${of(tried)} would have been raised.`
    : `${left}; ${of(tried)} would have been raised instead of ${of(current)}.`
}

function count(times: number, noun: string): string {
  return `${times} ${noun}${times === 1 ? '' : 's'}`
}

/** What the chart of a budget draws of a trial. */
export interface TrialScene {
  readonly fromMs: number
  readonly toMs: number
  readonly scale: readonly [number, number]
  readonly lines: BurndownLines
  readonly excluded: []
  readonly alerts: readonly AlertSpan[]
  readonly marks: []
  readonly loads: []
}

/** Makes the drawing: what is left now as the dashed line, what was tried as the other one. */
export function trialScene(body: SloBacktestBody): TrialScene {
  const { fromMs, toMs, endsMs, current, tried } = body
  const lines: BurndownLines = {
    atSeconds: endsMs.map((atMs) => atMs / 1_000),
    even: current.leftRatio,
    uncorrected: null,
    left: tried.leftRatio,
  }
  const [low] = burndownScale({ ...lines, uncorrected: current.leftRatio })
  return {
    fromMs,
    toMs,
    scale: [low, 1.03],
    lines,
    excluded: [],
    alerts: tried.raised.map(spanOf),
    marks: [],
    loads: [],
  }
}

function spanOf({ fromMs, toMs, action }: TriedRaisedBody): AlertSpan {
  return { alertId: `${action}/${fromMs}`, fromMs, toMs, action }
}
