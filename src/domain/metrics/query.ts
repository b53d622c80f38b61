/**
 * Answers what a tenant's signals were over time, from a frame of its cells. Pure. A step in which
 * nothing was heard of has no value: gaps stay gaps. The step that goes on is told by the time that
 * has passed of it, so that it does not look low.
 */
import { SECOND_MS } from '../../core/time.ts'
import type { Cell, StatusClass } from './cell.ts'
import type { Frame } from './frame.ts'
import type { Layout } from './layout-counts.ts'
import { quantileOf } from './quantile.ts'
import {
  QUERY_SIGNALS,
  signalsRead,
  type QuerySignal,
  type SignalCalculation,
  type SignalGroup,
} from './query-signals.ts'
import { bucketsByLayout } from './rates.ts'

export interface SignalSeries {
  readonly signal: QuerySignal
  readonly unit: string
  /** The status class or source. Null where nothing is grouped. */
  readonly group: string | null
  /** One a step, oldest first. */
  readonly values: (number | null)[]
}

/** When the tenant was observed: rates are over that part of a step. */
export interface Observed {
  readonly fromMs: number
  readonly toMs: number
}

/** Tells one signal by step. Shape: a series a group, sorted; none where the tenant has no cell. */
export function seriesOf(
  frame: Frame,
  observed: Observed,
  signal: QuerySignal,
  group: SignalGroup,
): SignalSeries[] {
  const { unit, calculation } = QUERY_SIGNALS[signal]
  const groups = groupsOf(cellsOf(frame.cells, calculation), group)
  return groups.map(([name, cells]) => {
    const stepValue = calculator(frame, observed, calculation, cells)
    const values = Array.from({ length: frame.steps }, (_, step) => finite(stepValue(step)))
    return { signal, unit, group: name, values }
  })
}

/** Tells the cells that a signal is calculated from. */
export function cellsOf(cells: readonly Cell[], calculation: SignalCalculation): Cell[] {
  const read = signalsRead(calculation)
  return cells.filter((cell) => read.includes(cell.signal))
}

function groupsOf(cells: readonly Cell[], group: SignalGroup): [string | null, Cell[]][] {
  if (cells.length === 0) return []
  if (group === 'none') return [[null, [...cells]]]
  const nameOf = (cell: Cell): string =>
    group === 'source' ? cell.source : (cell.statusClass ?? 'unknown')
  const groups = Map.groupBy(cells, nameOf)
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

type StepValue = (step: number) => number | null

function calculator(
  frame: Frame,
  observed: Observed,
  calculation: SignalCalculation,
  cells: readonly Cell[],
): StepValue {
  switch (calculation.kind) {
    case 'count':
      return (step) => gainOf(frame, cells, step, calculation.classes)
    case 'rate':
      return (step) =>
        per(gainOf(frame, cells, step, calculation.classes), secondsOf(frame, observed, step))
    case 'error-ratio':
      return (step) => errorRatio(frame, cells, step)
    case 'quantile':
      return (step) =>
        quantileOf(layoutsOf(frame, cells, step), calculation.q)?.valueSeconds ?? null
    case 'mean-duration':
      return (step) => meanDuration(frame, cells, step)
    case 'gauge':
      return (step) => gaugeOf(frame, observed, step, cells, calculation.stat)
  }
}

/**
 * Null where no cell was heard of. Where one was, the others, and classes that never occurred,
 * count as zero.
 */
function gainOf(
  frame: Frame,
  cells: readonly Cell[],
  step: number,
  classes?: readonly StatusClass[],
): number | null {
  let sum: number | null = null
  for (const { cellId, statusClass } of cells) {
    const gain = frame.of(cellId).sums[step]!
    if (Number.isNaN(gain)) continue
    const counts = classes === undefined || classes.includes(statusClass ?? 'unknown')
    sum = (sum ?? 0) + (counts ? gain : 0)
  }
  return sum
}

function errorRatio(frame: Frame, cells: readonly Cell[], step: number): number | null {
  const total = gainOf(frame, cells, step)
  return total === null || total === 0 ? null : gainOf(frame, cells, step, ['5xx'])! / total
}

function layoutsOf(frame: Frame, cells: readonly Cell[], step: number): Layout[] {
  return bucketsByLayout(cells, (cell) => {
    const gain = frame.of(cell.cellId).sums[step]!
    return Number.isNaN(gain) ? 0 : gain
  })
}

function meanDuration(frame: Frame, cells: readonly Cell[], step: number): number | null {
  const sums = cells.filter((cell) => cell.signal === 'duration_sum')
  const counts = cells.filter((cell) => cell.leSeconds === Infinity)
  const count = gainOf(frame, counts, step)
  return count === null || count === 0 ? null : per(gainOf(frame, sums, step), count)
}

/**
 * Values that were there at the same time add up; those that followed each other, as one process or
 * source took over from another, share the time. So all values noted in a step are added up over
 * the time that they cover, which is never more than has passed of it. Worked: 300 bytes of one
 * process for half an hour and 300 of the next one after it -> 300; of both for an hour -> 600.
 */
function gaugeOf(
  frame: Frame,
  observed: Observed,
  step: number,
  cells: readonly Cell[],
  stat: 'mean' | 'max',
): number | null {
  const told = cells.map(({ cellId }) => frame.of(cellId)).filter(({ noted }) => noted[step]! > 0)
  if (told.length === 0) return null
  const noted = add(told.map((cell) => cell.noted[step]!))
  const passed = (secondsOf(frame, observed, step) * SECOND_MS) / frame.noteMs
  const covered = Math.min(noted, Math.max(1, Math.ceil(passed)))
  if (stat === 'mean') return add(told.map((cell) => cell.sums[step]!)) / covered
  const most = told.map((cell) => cell.max[step]!)
  return covered < noted ? add(most) : Math.max(...most)
}

/** Tells how many seconds of a step the tenant was observed. */
function secondsOf(frame: Frame, { fromMs, toMs }: Observed, step: number): number {
  const endMs = frame.endMs(step)
  const beginMs = Math.max(endMs - frame.stepMs, fromMs)
  return (Math.min(endMs, toMs) - beginMs) / SECOND_MS
}

function per(amount: number | null, count: number): number | null {
  return amount === null || count <= 0 ? null : amount / count
}

function add(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function finite(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : value
}
