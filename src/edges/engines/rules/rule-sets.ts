/**
 * Which rules shall be in an engine, owner by owner. Where an engine keeps tenants apart every
 * tenant owns a whole set; where all are in one place one set is everybody's, and tenants own what
 * says who they are. Pure.
 */
import { groupId, type TenantId } from '../../../core/ids.ts'
import {
  commonKey,
  commonRules,
  decidedInRules,
  sharedRuleFiles,
  tenantConstants,
  tenantFile,
  type CommonRules,
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

/** Makes the sets, one a step. Shape: the shared one first, then in the order of tenants. Cost:
 *  what tenants have in common is made once. */
export function* ruleSetSteps(input: RuleSetInput): Generator<void, RuleSet[]> {
  const { engine, tenants, book, nowMs } = input
  if (engine.rules === undefined || tenants.length === 0) return []
  const options = optionsOf(engine, engine.rules)
  const isApart = ENGINE_TYPES[engine.type].tenancy !== 'none'
  const sets = isApart ? [] : [setOf(SHARED_OWNER, groupsIn(sharedRuleFiles(book.specs, options)))]
  const common = new Map<string, { rules: CommonRules; groups: readonly RuleGroup[] }>()
  for (const tenant of tenants) {
    yield
    const handedOver = { ...tenant, promises: book.of(tenant, nowMs) }
    if (!isApart) {
      sets.push(setOf(tenant.tenantId, groupsIn([tenantConstants(handedOver, options)])))
      continue
    }
    const key = commonKey(handedOver.promises)
    const known = common.get(key) ?? commonOf(handedOver, options)
    common.set(key, known)
    const own = groupsIn([tenantFile(handedOver, known.rules, options)])
    const all = [...own, ...known.groups]
    sets.push(
      setOf(
        tenant.tenantId,
        withAccount(engine, all, () => input.accountOf(tenant.tenantId)),
      ),
    )
  }
  return sets
}

/** Makes the sets at once. */
export function ruleSetsOf(input: RuleSetInput): RuleSet[] {
  const steps = ruleSetSteps(input)
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value
}

function commonOf(
  { promises }: HandedOver,
  options: CodegenOptions,
): { rules: CommonRules; groups: readonly RuleGroup[] } {
  const rules = commonRules(promises, options)
  return { rules, groups: groupsIn(rules.files) }
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

function groupsIn(files: readonly RuleFile[]): RuleGroup[] {
  return files.flatMap((file) =>
    groupsOf(file).map((body) => ({
      namespace: `${OWN_NAMESPACE}${file.name}`,
      body: body as unknown as GroupBody,
    })),
  )
}

function setOf(owner: TenantId, groups: readonly RuleGroup[]): RuleSet {
  return { owner, groups, hash: hashOfGroups(groups) }
}

/**
 * Keeps groups of vmalert within one account of a cluster: what they read by a parameter of their
 * queries, what they write by labels that name the account. Source: VictoriaMetrics, "vmalert:
 * Multitenancy", "Cluster version: Multitenancy via labels".
 */
function withAccount(
  engine: Engine,
  groups: readonly RuleGroup[],
  accountOf: () => number,
): readonly RuleGroup[] {
  if (ENGINE_TYPES[engine.type].tenancy !== 'account') return groups
  const account = String(accountOf())
  const params = { extra_label: [`vm_account_id=${account}`, 'vm_project_id=0'] }
  const labels = { vm_account_id: account, vm_project_id: '0' }
  return groups.map(({ namespace, body }) => ({ namespace, body: { ...body, params, labels } }))
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
