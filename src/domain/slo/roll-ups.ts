/** SLOs that are added up over tenants: the period's counts of one SLO, of all tenants of a tier or
 *  of the fleet, read when asked for; and how its pairs of windows stood in the last evaluation. */
import type { SloId, TenantId } from '../../core/ids.ts'
import { allowedPpm, budgetLeftEvents, budgetLeftRatio, type Counted } from './budget.ts'
import { versionAt } from './model/objective-history.ts'
import { SLO_TIERS, type SloTier } from './model/tiers.ts'
import type { Periods } from './periods.ts'
import { burnsOfGroup } from './roll-up-conditions.ts'
import type { RollUpSums } from './roll-up-sums.ts'
import type { BurnStatus } from './status.ts'
import { NO_SLOT, type Slots, type SloTenant } from './slots.ts'
import { appliesTo, type SloTemplate } from './template.ts'

export interface RollUpStatus {
  sloId: SloId
  title: string
  /** The SLO whose counts are added up. */
  of: SloId
  /** Null: the fleet. */
  tier: SloTier | null
  /** Null where tenants of several objectives are added up. */
  objectivePpm: number | null
  tenants: number
  sliRatio: number | null
  good: number
  bad: number
  total: number
  budgetLeftRatio: number | null
  budgetLeftEvents: number | null
  /** Those with the most bad events, at most five. */
  worst: { tenantId: TenantId; bad: number; total: number }[]
  /** By the counts of all its tenants. A pair holds by those of them that nothing narrower speaks
   *  for. */
  burns: BurnStatus[]
}

const WORST_TOLD = 5

/** Adds up every roll-up. Cost: reads the period of each tenant. */
export function rollUpsAcrossTenants(
  { slots, periods, sums }: RollUpParts,
  nowMs: number,
): RollUpStatus[] {
  return slots.templates.flatMap((template) => {
    if (template.counting.from !== 'tenants') return []
    const groups = template.counting.over === 'tier' ? SLO_TIERS : [null]
    return groups.map((tier) => {
      const tenants = slots.tenants.filter(
        (tenant) =>
          tenant.active && (tier === null || tenant.tier === tier) && appliesTo(template, tenant),
      )
      const burns = burnsOfGroup(sums, template, tier)
      return { ...rollUp(template, tier, { tenants, periods, nowMs }), burns }
    })
  })
}

export interface RollUpParts {
  readonly slots: Slots
  readonly periods: Pick<Periods, 'corrected'>
  readonly sums: RollUpSums
}

interface Rolled {
  readonly tenants: readonly SloTenant[]
  readonly periods: Pick<Periods, 'corrected'>
  readonly nowMs: number
}

function rollUp(
  template: SloTemplate,
  tier: SloTier | null,
  { tenants, periods, nowMs }: Rolled,
): Omit<RollUpStatus, 'burns'> {
  const of = template.counting.from === 'tenants' ? template.counting.of : template.sloId
  const counted = tenants.flatMap((tenant) => {
    const slo = tenant.slos.find(({ objective }) => objective.template.sloId === of)
    if (slo === undefined || (slo.upper === NO_SLOT && slo.sourced === null)) return []
    const { total, bad } = periods.corrected(slo)
    const { units } = slo.objective
    const { targetPpm } = versionAt(template.objectives[tenant.tier], nowMs)
    return [{ tenantId: tenant.tenantId, total: total / units, bad: bad / units, targetPpm }]
  })
  const isSourced = tenants.some(({ slos }) =>
    slos.some(({ objective, sourced }) => sourced !== null && objective.template.sloId === of),
  )
  const sum: Counted = {
    total: counted.reduce((all, { total }) => all + total, 0),
    bad: counted.reduce((all, { bad }) => all + bad, 0),
  }
  const allowed = counted.reduce((all, one) => all + allowedPpm(one.total, one.targetPpm), 0)
  const targets = new Set(counted.map(({ targetPpm }) => targetPpm))
  return {
    sloId: template.sloId,
    title: template.title,
    of,
    tier,
    objectivePpm: targets.size === 1 ? [...targets][0]! : null,
    tenants: counted.length,
    sliRatio: sum.total > 0 ? (sum.total - sum.bad) / sum.total : null,
    good: sum.total - sum.bad,
    bad: sum.bad,
    total: sum.total,
    // Where a source counted nothing, nothing failed.
    budgetLeftRatio: budgetLeftRatio(sum, allowed) ?? (isSourced ? 1 : null),
    budgetLeftEvents: budgetLeftEvents(sum, allowed),
    worst: counted
      .filter(({ bad }) => bad > 0)
      .toSorted((left, right) => right.bad - left.bad)
      .slice(0, WORST_TOLD)
      .map(({ tenantId, bad, total }) => ({ tenantId, bad, total })),
  }
}
