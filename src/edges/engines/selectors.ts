/**
 * Whose engine an engine is: all tenants', or those of tiers and those that are named. A tenant has
 * at most one engine a purpose; one that names it goes before that of its tier, so that a tenant
 * can be moved alone. Pure.
 */
import type { TenantId } from '../../core/ids.ts'
import type { PathProblem } from '../../machinery/runtime/placed-yaml.ts'
import type { Tier } from '../../domain/tenants/tenants.ts'
import type { EngineFields } from './config-schema.ts'
import { PURPOSES, type Engine, type Purpose } from './engine.ts'

export interface TenantOfEngine {
  readonly tenantId: TenantId
  readonly tier: Tier
}

/** Finds the engine that serves a tenant for a purpose. Cost: one look at each engine. */
export function engineFor(
  engines: readonly Engine[],
  purpose: Purpose,
  { tenantId, tier }: TenantOfEngine,
): Engine | undefined {
  const serving = engines.filter((engine) => engine[purpose] !== undefined)
  return (
    serving.find(({ tenants }) => tenants?.ids.includes(tenantId)) ??
    serving.find(({ tenants }) => tenants === undefined || tenants.tiers.includes(tier))
  )
}

type Selecting = Pick<EngineFields, 'name' | 'tenants' | Purpose>

/** Finds engines that ask for the same tenants for the same purpose; names both. */
export function selectorProblems(engines: readonly Selecting[]): PathProblem[] {
  return engines.flatMap((engine, index) =>
    engines.slice(0, index).flatMap((earlier) => {
      const shared = PURPOSES.filter(
        (purpose) => engine[purpose] !== undefined && earlier[purpose] !== undefined,
      )
      const whose = shared.length === 0 ? undefined : overlapOf(earlier.tenants, engine.tenants)
      if (whose === undefined) return []
      const path = ['engines', index, engine.tenants === undefined ? 'name' : 'tenants']
      const purposes = new Intl.ListFormat('en-GB').format(shared)
      const message = `${engine.name} and ${earlier.name} both ask for ${whose}, for ${purposes}`
      return [{ path, message }]
    }),
  )
}

function overlapOf(
  left: EngineFields['tenants'],
  right: EngineFields['tenants'],
): string | undefined {
  if (left === undefined && right === undefined) return 'all tenants'
  if (left === undefined || right === undefined) {
    const named = left ?? right
    return named === undefined || named.tiers.length === 0
      ? undefined
      : `the tier ${named.tiers[0]!}`
  }
  const tier = left.tiers.find((each) => right.tiers.includes(each))
  if (tier !== undefined) return `the tier ${tier}`
  const id = left.ids.find((each) => right.ids.includes(each))
  return id === undefined ? undefined : `the tenant ${id}`
}
