/** What k6 hands over at the end, as `run.ts` reads it: what was measured of each tenant, and which threshold did not hold. */
import type { Plan, Target } from './plan.ts'
import { scenarioOf, tagsOf } from './promised.ts'

/** The part of k6's summary that is read. */
export interface Summary {
  readonly metrics: Readonly<Record<string, SummaryMetric | undefined>>
  readonly state: { readonly testRunDurationMs: number }
}

interface SummaryMetric {
  readonly values: Readonly<Record<string, number>>
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>
}

export interface TenantResult {
  readonly tenant: string
  readonly tier: string
  readonly requests: number
  readonly perSecond: number
  readonly failedRatio: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface LoadResult {
  readonly test: string
  readonly shape: string
  readonly plan: Plan
  readonly testSeconds: number
  readonly droppedIterations: number
  readonly tenants: readonly TenantResult[]
  /** What was asked for and is not so, as k6 writes it: metric, then condition. */
  readonly missed: readonly string[]
  readonly thresholds: number
}

export function resultOf(
  { test, shape, plan }: Pick<LoadResult, 'test' | 'shape' | 'plan'>,
  { metrics, state }: Summary,
): LoadResult {
  const missed: string[] = []
  let thresholds = 0
  for (const [name, metric] of Object.entries(metrics)) {
    for (const [condition, { ok }] of Object.entries(metric?.thresholds ?? {})) {
      thresholds += 1
      if (!ok) missed.push(`${name} ${condition}`)
    }
  }
  return {
    test,
    shape,
    plan,
    testSeconds: state.testRunDurationMs / 1_000,
    droppedIterations: metrics['dropped_iterations']?.values['count'] ?? 0,
    tenants: plan.targets.flatMap((target) => tenantResult(target, plan, metrics)),
    missed,
    thresholds,
  }
}

/** Nothing of a tenant that no threshold looks at: k6 keeps no figures of it. */
function tenantResult(
  target: Target,
  { durationSeconds }: Plan,
  metrics: Summary['metrics'],
): TenantResult[] {
  const tags = tagsOf(target)
  const duration = metrics[`http_req_duration{${tags}}`]?.values
  if (duration === undefined) return []
  const requests = metrics[`http_reqs{${tags}}`]?.values['count'] ?? 0
  const iterations = metrics[`iterations{scenario:${scenarioOf(target)}}`]?.values['count']
  return [
    {
      tenant: target.tenant,
      tier: target.tier,
      requests,
      perSecond: (iterations ?? requests) / durationSeconds,
      failedRatio: metrics[`http_req_failed{${tags}}`]?.values['rate'] ?? 0,
      medianMs: duration['med'] ?? 0,
      p95Ms: duration['p(95)'] ?? 0,
      p99Ms: duration['p(99)'] ?? 0,
      maxMs: duration['max'] ?? 0,
    },
  ]
}
