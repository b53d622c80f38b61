/** The table of scheduled work: what runs when. The calls are the domain's own. */
import type { Clock } from './core/ports.ts'
import type { Access } from './domain/access/access.ts'
import type { Incidents } from './domain/incidents/incidents.ts'
import type { Metrics } from './domain/metrics/metrics.ts'
import type { Routing } from './domain/routing/routing.ts'
import type { BudgetPolicies } from './domain/slo/slo.ts'
import type { Tenants } from './domain/tenants/tenants.ts'
import type { JobRow } from './machinery/jobs/jobs.ts'

export interface JobParts {
  readonly access: Access
  readonly metrics: Pick<Metrics, 'makeDays' | 'expire'>
  readonly policies: Pick<BudgetPolicies, 'prune'>
  readonly incidents: Incidents
  readonly routing: Routing
  readonly tenants: Tenants
  readonly clock: Clock
  /** Brings to disk what the stages know. */
  readonly checkpoint: () => Promise<void>
}

export function jobRows(parts: JobParts): readonly JobRow[] {
  const { access, metrics, policies, incidents, routing, tenants, clock, checkpoint } = parts
  return [
    {
      name: 'verify-audit-log',
      schedule: { cron: '17 3 * * *', zone: 'UTC' },
      run: async () => {
        const verdict = await inSteps(access.audit.verification(), clock)
        return verdict.ok ? { ok: true } : { ok: false, detail: verdict.reason }
      },
    },
    {
      name: 'make-days-of-signals',
      schedule: { cron: '7 * * * *', zone: 'UTC' },
      run: async (nowMs) => {
        await inSteps(metrics.makeDays(nowMs), clock)
      },
    },
    {
      name: 'expire-signals',
      schedule: { cron: '47 * * * *', zone: 'UTC' },
      run: async (nowMs) => {
        // A day is made of its hours, and on disk, before they go.
        if ((await inSteps(metrics.makeDays(nowMs), clock)) > 0) await checkpoint()
        for await (const _ of metrics.expire(nowMs)) await clock.sleep(0)
      },
    },
    {
      name: 'prune-alerts',
      schedule: { cron: '27 3 * * *', zone: 'UTC' },
      run: (nowMs) => {
        incidents.prune(nowMs)
      },
    },
    {
      name: 'prune-deploys',
      schedule: { cron: '47 3 * * *', zone: 'UTC' },
      run: (nowMs) => {
        tenants.deploys.prune(nowMs)
      },
    },
    {
      name: 'prune-budget-policies',
      schedule: { cron: '57 3 * * *', zone: 'UTC' },
      run: (nowMs) => {
        policies.prune(nowMs)
      },
    },
    {
      name: 'prune-deliveries',
      schedule: { cron: '37 3 * * *', zone: 'UTC' },
      run: (nowMs) => {
        routing.prune(nowMs)
      },
    },
  ]
}

/** Takes the steps of long work, and gives other work a turn after each. */
async function inSteps<Result>(steps: Generator<void, Result>, clock: Clock): Promise<Result> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    await clock.sleep(0)
  }
}
