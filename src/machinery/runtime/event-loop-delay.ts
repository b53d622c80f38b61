import { monitorEventLoopDelay } from 'node:perf_hooks'
import { SECOND_MS } from '../../core/time.ts'

export interface EventLoopDelay {
  /** Names each quantile that is kept, and how to read it: seconds, as of the last `collect`. */
  gaugesInto(register: (quantile: string, read: () => number) => void): void
  /** Takes the quantiles of the time since the collection before. */
  collect(): void
  /** Tells a quantile as of the last `collect`. Units: seconds. */
  read(quantile: DelayQuantile): number
  close(): void
}

const RESOLUTION_MS = 10
const QUANTILES = [0.5, 0.99, 0.999, 1] as const
export type DelayQuantile = (typeof QUANTILES)[number]
const NANOSECONDS_PER_MS = 1_000_000

/** Watches how late the event loop is. What is measured is the span between two timers, so their
 *  distance is taken off. A collection begins anew: whoever collects has one of its own. */
export function openEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  const seconds = new Map<number, number>(QUANTILES.map((quantile) => [quantile, 0]))
  return {
    gaugesInto(register) {
      for (const quantile of QUANTILES) register(String(quantile), () => seconds.get(quantile) ?? 0)
    },
    collect() {
      for (const quantile of QUANTILES) {
        const spanMs =
          histogram.count === 0 ? 0 : histogram.percentile(quantile * 100) / NANOSECONDS_PER_MS
        seconds.set(quantile, Math.max(0, spanMs - RESOLUTION_MS) / SECOND_MS)
      }
      histogram.reset()
    },
    read: (quantile) => seconds.get(quantile) ?? 0,
    close: () => void histogram.disable(),
  }
}
