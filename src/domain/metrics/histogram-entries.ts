/**
 * Pushes histograms as entries: the count, which decides for all, then its parts, the sum and the
 * buckets, each with all below it.
 */
import type { OtlpHistogramPoint } from '../../machinery/wire/otlp.ts'
import type {
  ExponentialHistogram,
  NativeHistogram,
} from '../../machinery/wire/native-histogram.ts'
import { COARSE, PART, RESET, SAMPLE, STALE, type Entries } from './entries.ts'
import type { MetricLimits } from './limits.ts'
import {
  cumulateCustom,
  cumulateExponential,
  CUSTOM_BUCKETS,
  EXPONENTIAL_BOUNDS,
  isPower,
  resolutionOf,
} from './native-layout.ts'
import type { Registrar } from './registrar.ts'

export class HistogramEntries {
  readonly #entries: Entries
  readonly #registrar: Pick<Registrar, 'partsAt'>
  readonly #cumulative: Float64Array

  constructor(
    entries: Entries,
    registrar: Pick<Registrar, 'partsAt'>,
    { bucketsPerHistogram }: MetricLimits,
  ) {
    this.#entries = entries
    this.#registrar = registrar
    const mostBounds = Math.max(bucketsPerHistogram, EXPONENTIAL_BOUNDS.length)
    this.#cumulative = new Float64Array(mostBounds)
  }

  pushClassic(slot: number, timeMs: number, startMs: number, point: OtlpHistogramPoint): void {
    const parts = this.#registrar.partsAt(slot)
    this.#entries.push(slot, timeMs, point.count, startMs, SAMPLE)
    this.pushSum(slot, timeMs, point.sum)
    let cumulative = 0
    for (let bucket = 0; bucket < parts - 1; bucket += 1) {
      cumulative += point.bucketCounts[bucket]!
      this.#entries.push(slot + 2 + bucket, timeMs, cumulative, 0, PART)
    }
  }

  pushNative(slot: number, given: NativeHistogram): void {
    const { timestampMs, count } = given
    const startMs = given.startMs > 0 && given.startMs <= timestampMs ? given.startMs : 0
    if (given.isStale) this.#entries.push(slot, timestampMs, NaN, startMs, STALE)
    else if (given.schema !== CUSTOM_BUCKETS) {
      this.pushExponential(slot, timestampMs, startMs, given, given.isReset ? RESET : 0)
    } else {
      this.#entries.push(slot, timestampMs, count, startMs, SAMPLE | (given.isReset ? RESET : 0))
      if (this.#registrar.partsAt(slot) === 0) return
      this.pushSum(slot, timestampMs, given.sum)
      const bounds = cumulateCustom(given, this.#cumulative)
      for (let bound = 0; bound < bounds; bound += 1) {
        this.#entries.push(slot + 2 + bound, timestampMs, this.#cumulative[bound]!, 0, PART)
      }
      this.#entries.push(slot + 2 + bounds, timestampMs, count, 0, PART)
    }
  }

  pushExponential(
    slot: number,
    timeMs: number,
    startMs: number,
    given: ExponentialHistogram,
    reset: 0 | typeof RESET = 0,
  ): void {
    const hasParts = this.#registrar.partsAt(slot) > 0
    const resolution = resolutionOf(given)
    const isCoarse = hasParts && resolution === 'powers'
    this.#entries.push(slot, timeMs, given.count, startMs, (isCoarse ? COARSE : SAMPLE) | reset)
    if (!hasParts) return
    this.pushSum(slot, timeMs, given.sum)
    if (resolution !== 'full') this.#entries.native.coarse += 1
    if (resolution === 'none') return
    const bounds = cumulateExponential(given, this.#cumulative)
    for (let bound = 0; bound < bounds; bound += 1) {
      if (isCoarse && !isPower(bound)) continue
      this.#entries.push(slot + 2 + bound, timeMs, this.#cumulative[bound]!, 0, PART)
    }
    this.#entries.push(slot + 2 + bounds, timeMs, given.count, 0, PART)
  }

  /** Of a series that has parts, and where the sender knows it. */
  pushSum(slot: number, timeMs: number, sum: number): void {
    if (this.#registrar.partsAt(slot) <= 0 || Number.isNaN(sum)) return
    this.#entries.push(slot + 1, timeMs, sum, 0, PART)
  }
}
