/**
 * Which rules shall be in an engine, owner by owner. Where an engine keeps tenants apart every
 * tenant owns a whole set; where all are in one place one set is everybody's, and tenants own what
 * says who they are. Pure.
 */
import { groupId, type TenantId } from '../../../core/ids.ts'
import {
  decidedInRules,
  sharedRuleFiles,
  tenantConstants,
  tenantRuleFiles,
  type HandedOver,
} from '../../../codegen/alerts/handed-over.ts'
import type { RuleFile } from '../../../codegen/alerts/rule.ts'
import { groupsOf } from '../../../codegen/alerts/rules-yaml.ts'
import { DEFAULT_OPTIONS, type CodegenOptions } from '../../../codegen/input.ts'
import type { PromiseBook } from '../../../domain/slo/slo.ts'
import type { Tier } from '../../../domain/tenants/tenants.ts'
import { ENGINE_TYPES } from '../config-schema.ts'
import type { Engine, EngineRules } from '../engine.ts'
import { hashOfGroups, OWN_NAMESPACE, type GroupBody, type RuleGroup } from './rule-group.ts'

/** Owns what counts all tenants of one place. */
export const SHARED_OWNER = groupId(null)

export interface RuleSet {
  readonly owner: TenantId
  readonly groups: readonly RuleGroup[]
  readonly hash: string
}

export interface OwnerOfRules {
  readonly tenantId: TenantId
  readonly tier: Tier
}

export interface RuleSetInput {
  readonly engine: Engine
  readonly tenants: readonly OwnerOfRules[]
  readonly book: PromiseBook
  readonly accountOf: (tenantId: TenantId) => number
  readonly nowMs: number
}

/** Makes the sets. Shape: the shared one first, then in the order of tenants. */
export function ruleSetsOf(input: RuleSetInput): RuleSet[] {
  const { engine, tenants, book, nowMs } = input
  if (engine.rules === undefined) return []
  const options = optionsOf(engine, engine.rules)
  const handedOver = (tenant: OwnerOfRules): HandedOver => ({
    ...tenant,
    promises: book.of(tenant, nowMs),
  })
  if (ENGINE_TYPES[engine.type].tenancy !== 'none')
    return tenants.map((tenant) => {
      const files = tenantRuleFiles(handedOver(tenant), options)
      const added = withAccount(engine, () => input.accountOf(tenant.tenantId))
      return setOf(tenant.tenantId, files, added)
    })
  if (tenants.length === 0) return []
  const shared = setOf(SHARED_OWNER, sharedRuleFiles(book.specs, options))
  return [
    shared,
    ...tenants.map((tenant) =>
      setOf(tenant.tenantId, [tenantConstants(handedOver(tenant), options)]),
    ),
  ]
}

/** Tells which SLOs the rules of an engine decide on, and what goes wrong where they burn. */
export function decidedIn(engine: Engine, book: PromiseBook): ReturnType<typeof decidedInRules> {
  if (engine.rules === undefined) return { sloIds: new Set(), causes: new Set() }
  return decidedInRules(book.specs, optionsOf(engine, engine.rules))
}

function optionsOf(engine: Engine, rules: EngineRules): CodegenOptions {
  return {
    ...DEFAULT_OPTIONS,
    reads: rules.reads,
    platform: { ...DEFAULT_OPTIONS.platform, tenantLabel: engine.tenantLabel },
    maxRulesPerGroup: rules.maxRulesPerGroup,
    maxGroups: rules.maxGroups,
  }
}

function setOf(
  owner: TenantId,
  files: readonly RuleFile[],
  added: Readonly<Record<string, unknown>> = {},
): RuleSet {
  const groups = files.flatMap((file) =>
    groupsOf(file).map((body) => ({
      namespace: `${OWN_NAMESPACE}${file.name}`,
      body: { ...body, ...added } as unknown as GroupBody,
    })),
  )
  return { owner, groups, hash: hashOfGroups(groups) }
}

/**
 * Keeps a group of vmalert within one account of a cluster: what it reads by a parameter of its
 * queries, what it writes by labels that name the account. Source: VictoriaMetrics, "vmalert:
 * Multitenancy", "Cluster version: Multitenancy via labels".
 */
function withAccount(engine: Engine, accountOf: () => number): Readonly<Record<string, unknown>> {
  if (ENGINE_TYPES[engine.type].tenancy !== 'account') return {}
  const account = String(accountOf())
  return {
    params: { extra_label: [`vm_account_id=${account}`, 'vm_project_id=0'] },
    labels: { vm_account_id: account, vm_project_id: '0' },
  }
}

/** Says why an engine would not take a set, naming what is too much. Undefined where it does. */
export function whyTooMuch(
  { groups }: RuleSet,
  { maxGroups, maxRulesPerGroup }: EngineRules,
  foreignGroups: number,
): string | undefined {
  const wide = groups.find(({ body }) => body.rules.length > maxRulesPerGroup)
  if (wide !== undefined) {
    return `${sloOf(wide)}: group ${wide.body.name} has ${wide.body.rules.length} rules, and ${maxRulesPerGroup} are taken`
  }
  if (groups.length + foreignGroups <= maxGroups) return undefined
  const first = groups[Math.max(0, maxGroups - foreignGroups)]!
  const others = foreignGroups === 0 ? '' : ` and ${foreignGroups} that are not Tenantry's`
  return `${sloOf(first)}: does not fit: ${groups.length} groups${others}, and ${maxGroups} are taken`
}

function sloOf({ namespace }: RuleGroup): string {
  return namespace.slice(OWN_NAMESPACE.length)
}
