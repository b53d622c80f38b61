/**
 * What some cells came to in each step of a range, added up from whatever resolution it is read in.
 * Steps are left-open and named by their end.
 */
import type { TimeRange } from '../../core/time.ts'
import type { Cell } from './cell.ts'
import { isGauge } from './series-kind.ts'
import type { Span } from './span.ts'

/** One cell by step. A step without a value has NaN. */
export interface CellSteps {
  /** Of a counter its gain; of a gauge all its noted values added up. */
  readonly sums: Float64Array
  /** Of a gauge only: how many values were noted, and the greatest of them. */
  readonly noted: Float64Array
  readonly max: Float64Array
}

const NONE = new Float64Array(0)

export class Frame {
  readonly range: TimeRange
  readonly stepMs: number
  readonly steps: number
  readonly cells: readonly Cell[]
  /** How long a noted value of a gauge stands for. */
  readonly noteMs: number
  readonly #byCell = new Map<number, CellSteps>()

  /** Takes a range of whole steps. */
  constructor(cells: readonly Cell[], range: TimeRange, stepMs: number, noteMs: number) {
    this.cells = cells
    this.noteMs = noteMs
    this.range = range
    this.stepMs = stepMs
    this.steps = Math.round((range.toMs - range.fromMs) / stepMs)
    for (const { cellId, signal } of cells) {
      const column = (gauge: boolean) => (gauge ? new Float64Array(this.steps).fill(NaN) : NONE)
      const gauge = isGauge(signal)
      this.#byCell.set(cellId, {
        sums: column(true),
        noted: column(gauge),
        max: column(gauge),
      })
    }
  }

  of(cellId: number): CellSteps {
    return this.#byCell.get(cellId)!
  }

  endMs(step: number): number {
    return this.range.fromMs + (step + 1) * this.stepMs
  }

  /** Adds a value of a short bucket that ends at an instant. Passes over cells it does not hold. */
  add(cellId: number, endMs: number, value: number): void {
    const cell = this.#byCell.get(cellId)
    if (cell === undefined) return
    const step = this.#step(endMs)
    cell.sums[step] = plus(cell.sums[step]!, value)
    if (cell.noted !== NONE) note(cell, step, 1, value)
  }

  /** Adds what a cell came to over an hour or a day that ends at an instant. */
  addSpan({ cellId, sum, gauge }: Span, endMs: number): void {
    const cell = this.#byCell.get(cellId)
    if (cell === undefined) return
    const step = this.#step(endMs)
    cell.sums[step] = plus(cell.sums[step]!, sum)
    if (gauge !== null && cell.noted !== NONE) note(cell, step, gauge.minutes, gauge.max)
  }

  #step(endMs: number): number {
    return Math.ceil((endMs - this.range.fromMs) / this.stepMs) - 1
  }
}

function note(cell: CellSteps, step: number, noted: number, max: number): void {
  cell.noted[step] = plus(cell.noted[step]!, noted)
  cell.max[step] = Number.isNaN(cell.max[step]!) ? max : Math.max(cell.max[step]!, max)
}

function plus(before: number, value: number): number {
  return Number.isNaN(before) ? value : before + value
}
