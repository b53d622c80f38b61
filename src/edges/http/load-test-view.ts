/** What a list tells of a load test, out of its record. Pure. */
import { endedAtMs, whoseOf, type LoadTest } from '../../domain/reports/reports.ts'
import type { LoadTestBody } from './api/load-tests.schema.ts'

export function loadTestView({ runId, record, recordedAtMs }: LoadTest): LoadTestBody {
  const { test, shape, plan, startedAtMs, tenants, missed, thresholds, droppedIterations } = record
  const requests = tenants.reduce((sum, each) => sum + each.requests, 0)
  const failed = tenants.reduce((sum, each) => sum + each.requests * each.failedRatio, 0)
  const worst = (of: 'p95Ms' | 'p99Ms'): number | null =>
    tenants.length === 0 ? null : Math.max(...tenants.map((each) => each[of]))
  return {
    runId,
    test,
    shape,
    baseUrl: plan.baseUrl,
    tenants: plan.targets.map(({ tenant }) => tenant),
    startedAtMs,
    endedAtMs: endedAtMs(record),
    verdict: verdictOf(record),
    thresholds,
    missed: missed.length,
    droppedIterations,
    askedPerSecond: plan.rate * tenants.length,
    achievedPerSecond: tenants.reduce((sum, each) => sum + each.perSecond, 0),
    failedRatio: requests === 0 ? null : failed / requests,
    p95Ms: worst('p95Ms'),
    p99Ms: worst('p99Ms'),
    recordedAtMs,
  }
}

/** Where requests were left out because the generator had nobody free, the test says nothing of
 *  what it tested; what it missed for that reason alone is no fault of it. */
function verdictOf({ missed, droppedIterations }: LoadTest['record']): LoadTestBody['verdict'] {
  if (missed.length === 0) return 'kept'
  const isGenerators = (threshold: string): boolean =>
    threshold.startsWith('iterations') || (droppedIterations > 0 && whoseOf(threshold) === null)
  return droppedIterations > 0 && missed.some(isGenerators) ? 'unclear' : 'missed'
}
