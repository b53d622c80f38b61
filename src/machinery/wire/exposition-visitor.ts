/** What the readers of expositions tell, whatever the format. */
import type { WireLabel } from './labels.ts'

export interface ExpositionVisitor {
  /**
   * Takes the series of a line that was not met before and gives the number under which its samples
   * are to come, this time and whenever the same line comes again.
   * Shape: `__name__` first, then the labels as they stand; unique, values may be empty.
   */
  define(labels: readonly WireLabel[]): number
  /**
   * Units: milliseconds; NaN where the line has no timestamp, and where nothing says when the
   * series began. The start is as exposed: it may be any number.
   */
  sample(series: number, value: number, timestampMs: number, startMs: number): void
  /** An exemplar of a sample, checked. Units: milliseconds, NaN without a timestamp. */
  exemplar(labels: readonly WireLabel[], value: number, timestampMs: number): void
}

/** A reader of one format, which remembers the lines of one target. Not reentrant. */
export interface ExpositionReader {
  /**
   * Reads a body whole. Throws WireError, which names line and column; what the visitor was told
   * before must then be forgotten, but for the series that were defined.
   */
  read(bytes: Uint8Array, visitor: ExpositionVisitor): void
  /** How many different lines are remembered. */
  size(): number
}
