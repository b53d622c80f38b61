/** The traffic by which an SLO's rules are tested: what must raise something, and what must not. */
import { PPM } from '../../../core/units.ts'
import { budgetPpm } from '../../../domain/slo/burn.ts'
import { versionAt } from '../../../domain/slo/model/objective-history.ts'
import { sliceOf, type SloTemplate } from '../../../domain/slo/template.ts'
import type { TenantTraffic } from './traffic.ts'

/** How long every case lasts, and when alerts are looked at. */
export const CASE_MINUTES = 120
/** Before the outage, in it, when its hour has passed, at the end. */
export const CHECKED_MINUTES = [29, 43, 110, CASE_MINUTES] as const

const A_MINUTE = 600

/** Tells whether a tenant's traffic is the same all the time: what promtool makes of tiles that
 *  overlap is then what they are. */
export function isEven({ phases }: TenantTraffic): boolean {
  return phases.length === 1
}

/** Makes the tenants of an SLO's test. */
export function sloTraffic(template: SloTemplate): TenantTraffic[] {
  const { targetPpm } = versionAt(template.objectives.enterprise, 0)
  const budget = budgetPpm(targetPpm) / PPM
  const burning = (times: number): { good: number; bad: number } => {
    const bad = Math.min(1, times * budget) * A_MINUTE
    return { good: A_MINUTE - bad, bad }
  }
  const common = { tier: 'enterprise', promisedPpm: null } as const
  const steady = (minutes: number) => ({ minutes, good: A_MINUTE, bad: 0 })
  const cases: TenantTraffic[] = [
    {
      ...common,
      tenantId: 'outage',
      phases: [steady(30), { minutes: 15, good: 0, bad: A_MINUTE }, steady(75)],
    },
    { ...common, tenantId: 'idle', phases: [steady(30), { minutes: 90, good: 0, bad: 0 }] },
    { ...common, tenantId: 'perfect', tier: 'starter', phases: [steady(CASE_MINUTES)] },
  ]
  if (sliceOf(template) !== null) return cases
  return [
    ...cases,
    { ...common, tenantId: 'calm', phases: [{ minutes: CASE_MINUTES, ...burning(0.2) }] },
    { ...common, tenantId: 'slow', phases: [{ minutes: CASE_MINUTES, ...burning(8) }] },
    {
      ...common,
      tenantId: 'promised-less',
      promisedPpm: PPM - Math.min(PPM / 2, 10 * budgetPpm(targetPpm)),
      phases: [{ minutes: CASE_MINUTES, ...burning(8) }],
    },
    {
      ...common,
      tenantId: 'few',
      tier: 'starter',
      phases: [
        { minutes: 40, good: 1, bad: 0 },
        { minutes: 1, good: 0, bad: 1 },
        { minutes: 79, good: 1, bad: 0 },
      ],
    },
  ]
}
