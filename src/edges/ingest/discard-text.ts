/** Says in words what of a write was not kept. */
import type { WriteOutcome } from '../../domain/metrics/metrics.ts'

/** Worked: "3 of 200 samples were refused (out-of-order 2, too-old 1), the others kept". */
export function discardText(outcome: WriteOutcome, what: 'samples' | 'data points'): string {
  const reasons = Object.entries(outcome.discarded)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')
  const kept =
    outcome.discardedTotal === outcome.received ? 'none was kept' : 'the others were kept'
  const { discardedTotal, received } = outcome
  return `${discardedTotal} of ${received} ${what} were refused (${reasons}), ${kept}`
}
