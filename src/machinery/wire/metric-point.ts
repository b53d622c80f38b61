/**
 * Holds the samples of one metric point back until it is whole: the line that says when the metric
 * began comes behind the samples that it is about.
 */
import type { ExpositionVisitor } from './exposition-visitor.ts'

export class MetricPoint {
  readonly #series: number[] = []
  readonly #values: number[] = []
  #count = 0
  #timestampMs = NaN
  /** Units: milliseconds; NaN where the point does not say. */
  startMs = NaN

  add(series: number, value: number, timestampMs: number): void {
    this.#series[this.#count] = series
    this.#values[this.#count] = value
    this.#timestampMs = timestampMs
    this.#count += 1
  }

  /** Tells the samples in their order, with the start of their metric, and begins anew. */
  tell(visitor: ExpositionVisitor): void {
    for (let index = 0; index < this.#count; index += 1) {
      const value = this.#values[index]!
      visitor.sample(this.#series[index]!, value, this.#timestampMs, this.startMs)
    }
    this.clear()
  }

  clear(): void {
    this.#count = 0
    this.startMs = NaN
  }
}
