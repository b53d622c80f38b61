/** Who writes, and what the tenants door is asked about it. */
import type { TenantId } from '../../core/ids.ts'
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
