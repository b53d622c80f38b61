/** What stands behind the lines of a chart, and what the reader does to it: types only. */

/** A line across the chart with its name. */
export interface Threshold {
  readonly value: number
  readonly name: string
}

/** Something that happened at an instant. */
export interface Mark {
  readonly atMs: number
  readonly name: string
}

/** What changes while the chart stays; read at every drawing. */
export interface PlotScene {
  readonly fromMs: number
  readonly toMs: number
  /** Later steps may still grow. */
  readonly settledToMs: number
  readonly top: number
  readonly threshold: Threshold | null
  readonly marks: readonly Mark[]
}

export interface PlotCalls {
  readonly onCursor: (step: number | null) => void
  readonly onZoom: (fromMs: number, toMs: number) => void
}
