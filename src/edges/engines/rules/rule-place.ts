/** Where an engine has its rules. Each kind of place is a file beside this one. */
import type { TenantId } from '../../../core/ids.ts'
import type { RuleGroup } from './rule-group.ts'

export interface OwnRules {
  /** Tenantry's, in the order in which the place tells them. */
  readonly groups: readonly RuleGroup[]
  /** How many there are that are not. */
  readonly foreignGroups: number
}

export interface RulePlace {
  /** Reads what an owner has. Rejects with ENGINE_* and OUTBOUND_*. */
  read(owner: TenantId): Promise<OwnRules>
  /** Brings groups into the form in which the place tells them. */
  placed(owner: TenantId, groups: readonly RuleGroup[]): readonly RuleGroup[]
  /** Puts wanted groups in place of those that were read; may fail half-way. */
  replace(owner: TenantId, before: OwnRules, wanted: readonly RuleGroup[]): Promise<void>
  /** Finds owners that have something of Tenantry's there, as far as the place can tell. */
  owners(): Promise<readonly TenantId[]>
  /** Has the engine take over what changed, and makes sure that it did. */
  settle(): Promise<void>
}
