/** What a chart draws of an answer, and what is said about it in words. Pure. */
import type { SignalAnswerBody } from '../../http/api/signals.schema.ts'
import { NOTHING } from '../format/format.ts'
import type { ChartRow } from './signal-charts.ts'

export interface ChartData {
  /** The middle of each step. Units: seconds, as uPlot takes them. */
  readonly atSeconds: number[]
  /** By line, then by step. */
  readonly values: (number | null)[][]
}

type StepEnds = Pick<SignalAnswerBody, 'endsMs' | 'settledToMs'>

/** Picks a chart's lines out of an answer. A line that never came has no value anywhere. */
export function chartData(row: ChartRow, answer: SignalAnswerBody): ChartData {
  const { endsMs, stepSeconds, series } = answer
  return {
    atSeconds: endsMs.map((endMs) => endMs / 1000 - stepSeconds / 2),
    values: row.lines.map(
      ({ signal }) =>
        series.find((each) => each.signal === signal)?.values ?? endsMs.map(() => null),
    ),
  }
}

/**
 * Leaves out the steps that may still grow: a part of a step drawn as a whole one looks like a fall
 * or a leap. They stay where nothing else is there to draw.
 */
export function settledData(data: ChartData, { endsMs, settledToMs }: StepEnds): ChartData {
  const isSettled = (step: number): boolean => (endsMs[step] ?? Infinity) <= settledToMs
  const values = data.values.map((line) =>
    line.map((value, step) => (isSettled(step) ? value : null)),
  )
  return hasValues({ ...data, values }) ? { ...data, values } : data
}

/** Tells whether anything of a chart ever came, whenever that was. */
export function isKnown(row: ChartRow, answer: SignalAnswerBody): boolean {
  return row.lines.some(({ signal }) => answer.series.some((each) => each.signal === signal))
}

export function hasValues({ values }: ChartData): boolean {
  return values.some((line) => line.some((value) => value !== null))
}

/**
 * Tells the newest step with a value in any line that is over; one that goes on where no other has
 * a value. Null for none.
 */
export function lastStep({ values }: ChartData, answer: StepEnds): number | null {
  const isSettled = (step: number) => (answer.endsMs[step] ?? Infinity) <= answer.settledToMs
  const lastOf = (counts: (step: number) => boolean): number =>
    Math.max(
      ...values.map((line) => line.findLastIndex((value, step) => value !== null && counts(step))),
    )
  const settled = lastOf(isSettled)
  const last = settled < 0 ? lastOf(() => true) : settled
  return last < 0 ? null : last
}

/**
 * Tells the greatest value that the scale has to hold, the threshold among them. One where all is
 * zero, so that zero is drawn at the bottom.
 */
export function scaleTop({ values }: ChartData, threshold: number | null): number {
  const top = Math.max(0, threshold ?? 0, ...values.flat().map((value) => value ?? 0))
  return top === 0 ? 1 : top * 1.08
}

/**
 * Says a chart in a sentence, for whoever does not see it. Worked: "Traffic: Requests last 12 /s,
 * 3 /s to 40 /s".
 */
export function inWords(row: ChartRow, data: ChartData): string {
  const parts = row.lines.map(({ label }, line) => {
    const known = (data.values[line] ?? []).filter((value) => value !== null)
    if (known.length === 0) return `${label} ${NOTHING}`
    const [least, most] = [Math.min(...known), Math.max(...known)]
    return `${label} last ${row.format(known.at(-1) ?? null)}, ${row.format(least)} to ${row.format(most)}`
  })
  return `${row.title}: ${parts.join('; ')}`
}

/** Tells the steps that stand alone between gaps: a line does not show them, a dot does. */
export function lonelySteps(values: readonly (number | null | undefined)[]): number[] {
  return values.flatMap((value, step) => {
    const isKnown = (each: number | null | undefined) => each !== null && each !== undefined
    const isLonely = isKnown(value) && !isKnown(values[step - 1]) && !isKnown(values[step + 1])
    return isLonely ? [step] : []
  })
}
