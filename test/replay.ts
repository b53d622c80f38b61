/** Replays a history that a test writes down as samples, and collects what each step said. */
import { openBacktest, type BacktestOptions, type BacktestStep } from '../src/backtest.ts'
import { bookOfSlos, type SloSpec } from '../src/domain/slo/slo.ts'

export interface ReplaySample {
  /** Without the name: `http_requests_total` unless `__name__` is given. */
  readonly labels: Readonly<Record<string, string>>
  readonly atMs: number
  readonly value: number
  /** When it came; at its own time by default. */
  readonly arrivesMs?: number
}

/** Shape: in the order of arrival; steps by time. */
export async function replay(
  samples: Iterable<ReplaySample>,
  slos: readonly SloSpec[],
  options: Partial<BacktestOptions> = {},
): Promise<BacktestStep[]> {
  const steps: BacktestStep[] = []
  const backtest = openBacktest({
    book: bookOfSlos(slos),
    tier: 'enterprise',
    stepSeconds: 60,
    settleSeconds: 0,
    onStep: (step) => void steps.push(step),
    ...options,
  })
  const series = new Map<string, number>()
  try {
    for (const { labels, atMs, value, arrivesMs = atMs } of samples) {
      const all = { __name__: 'http_requests_total', ...labels }
      const key = JSON.stringify(all)
      const wire = Object.entries(all).map(([name, text]) => ({ name, value: text }))
      const number = series.get(key) ?? backtest.define(wire, -1)
      series.set(key, number)
      await backtest.sample(arrivesMs, number, atMs, value)
    }
    await backtest.finish()
    return steps
  } finally {
    await backtest.close()
  }
}

/** Finds the last step of an SLO that ended by a time. */
export function stepAt(steps: readonly BacktestStep[], atMs: number, sloId: string): BacktestStep {
  const found = steps.findLast((step) => step.atMs <= atMs && step.sloId === sloId)
  if (found === undefined) throw new Error(`no step of ${sloId} up to ${String(atMs)}`)
  return found
}
