/** The table of scheduled work: what runs when. The calls are the domain's own. */
import type { Clock } from './core/ports.ts'
import type { Access } from './domain/access/access.ts'
import type { ForeignAlerts, Incidents } from './domain/incidents/incidents.ts'
import type { Metrics } from './domain/metrics/metrics.ts'
import type { Reports, ReviewSpan } from './domain/reports/reports.ts'
import type { Routing } from './domain/routing/routing.ts'
import type { BudgetPolicies } from './domain/slo/slo.ts'
import type { Tenants } from './domain/tenants/tenants.ts'
import type { Offboards } from './edges/engines/offboard/offboard.ts'
import type { RuleDesk } from './edges/engines/rules/rule-desk.ts'
import type { Engines } from './engines.ts'
import type { JobRow } from './machinery/jobs/jobs.ts'

export interface JobParts {
  readonly access: Access
  readonly metrics: Pick<Metrics, 'makeDays' | 'expire'>
  readonly policies: Pick<BudgetPolicies, 'prune'>
  readonly incidents: Incidents
  readonly foreign: Pick<ForeignAlerts, 'prune'>
  readonly reports: Pick<Reports, 'makeDueReviews' | 'prune'>
  /** Whose weeks, months and quarters are reviewed. */
  readonly reviewZone: string
  readonly routing: Routing
  readonly tenants: Tenants
  readonly engines: Pick<Engines, 'list'>
  readonly engineRules: Pick<RuleDesk, 'verify' | 'prune'>
  readonly offboards: Pick<Offboards, 'follow'>
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
        parts.foreign.prune(nowMs)
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
      name: 'prune-slo-reviews',
      schedule: { cron: '7 4 * * *', zone: 'UTC' },
      run: (nowMs) => {
        parts.reports.prune(nowMs)
      },
    },
    ...engineRows(parts),
    ...reviewRows(parts),
    {
      name: 'prune-deliveries',
      schedule: { cron: '37 3 * * *', zone: 'UTC' },
      run: (nowMs) => {
        routing.prune(nowMs)
      },
    },
  ]
}

/** Rules in engines may be changed by others, or be due after a change of what is promised. */
function engineRows({ engines, engineRules, offboards }: JobParts): JobRow[] {
  return [
    {
      name: 'verify-engine-rules',
      schedule: { cron: '*/10 * * * *', zone: 'UTC' },
      catchUp: 'skip',
      run: async () => {
        const told = await engineRules.verify(engines.list())
        return told.length === 0 ? { ok: true } : { ok: false, detail: told.join('; ') }
      },
    },
    {
      name: 'follow-engine-offboards',
      schedule: { cron: '5,15,25,35,45,55 * * * *', zone: 'UTC' },
      catchUp: 'skip',
      run: async () => {
        const failed = await offboards.follow()
        return failed.length === 0 ? { ok: true } : { ok: false, detail: failed.join('; ') }
      },
    },
    {
      name: 'prune-engine-pushes',
      schedule: { cron: '17 4 * * *', zone: 'UTC' },
      run: (nowMs) => {
        engineRules.prune(nowMs)
      },
    },
  ]
}

/** Six o'clock: the last hours have settled, and whoever comes to work finds the review. */
const REVIEW_CRONS: Readonly<Record<ReviewSpan, string>> = {
  week: '0 6 * * 1',
  month: '0 6 1 * *',
  quarter: '0 6 1 1,4,7,10 *',
}

/** A review that was missed is made as soon as possible, and of the period that it was due for. */
function reviewRows({ reports, reviewZone: zone, clock }: JobParts): JobRow[] {
  return Object.entries(REVIEW_CRONS).map(([name, cron]) => {
    const span = name as ReviewSpan
    return {
      name: `slo-reviews-of-the-${span}`,
      schedule: { cron, zone },
      run: async (nowMs) => {
        await inSteps(reports.makeDueReviews({ span, zone }, nowMs), clock)
      },
    }
  })
}

/** Takes the steps of long work, and gives other work a turn after each. */
async function inSteps<Result>(steps: Generator<void, Result>, clock: Clock): Promise<Result> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    await clock.sleep(0)
  }
}
