/** Who writes, and what the tenants door is asked about it. */
import type { TenantId } from '../../core/ids.ts'
import type { AttributionRule, MappingRow } from '../tenants/tenants.ts'
import type { HaRules } from './ha-rules.ts'

export interface WriteContext {
  /** The tenant that the key is bound to. */
  readonly boundTenant: TenantId | null
  /** The tenant that `X-Scope-OrgID` names, where the key may name tenants. */
  readonly namedTenant: TenantId | null
  /** How it tells that another one sends the same, where that is not by the usual labels. */
  readonly ha?: HaRules
}

export interface TenantResolver {
  /** Tells the tenant that an observed value means: its id or one of its aliases. */
  resolve(observed: string): TenantId | undefined
  /** Rises when an answer of `resolve` may have changed. */
  generation(): number
}

/** What the operator says of series in general. */
export interface SeriesRules {
  /** Whose series are that name no tenant. */
  attribution(): readonly AttributionRule[]
  /** What metrics of the operator's own mean. */
  mapping(): readonly MappingRow[]
  /** Changes with every change, and is the same for the same rules after a restart. */
  digest(): string
}

export const NO_RULES: SeriesRules = {
  attribution: () => [],
  mapping: () => [],
  digest: () => '',
}
