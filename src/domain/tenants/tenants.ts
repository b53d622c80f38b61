/**
 * The door of tenants: the registry. Every change is one transaction with its entry in the audit
 * log. A tenant is active as soon as it is created.
 */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import type { Access, Principal } from '../access/access.ts'
import { openRuleBook, type RuleBook } from './config/rule-book.ts'
import { openDeploys, type Deploys } from './deploys/deploys.ts'
import { openRollOuts, type RollOuts } from './roll-outs/roll-outs.ts'
import { TENANT_ERRORS } from './errors.ts'
import { TENANT_LIMITS } from './limits.ts'
import { mergePatch } from './registry/merge-patch.ts'
import { Registry } from './registry/registry.ts'
import { readTenantConfig, type TenantConfig } from './registry/tenant-config.ts'
import { pageOfTenants, type TenantPage, type TenantQuery } from './registry/tenant-page.ts'
import type { IngestQuotas } from './registry/quotas.ts'
import { changesBetween, configOf, quotasOf, type Tenant } from './registry/tenant.ts'
import { TenantStore } from './store.ts'

export { Attribution, attributionSchema, type AttributionRule } from './config/attribution.ts'
export { mappingSchema, type MappingRow } from './config/mapping-rows.ts'
export type { RuleBook } from './config/rule-book.ts'
export type { Deploy, DeployEvent } from './deploys/deploy.ts'
export type { DeployPage, DeployQuery } from './deploys/deploys.ts'
export { sha256Of, type RolledOutFile, type RollOut, type RollOuts } from './roll-outs/roll-outs.ts'
export {
  readTenantFiles,
  type ConfigDocument,
  type ConfigKind,
  type ConfigProblem,
  type TenantFiles,
} from './config/tenant-file.ts'
export { DEPLOY_LIMITS, TENANT_LIMITS } from './limits.ts'
export type { IngestQuotas, ResourceQuotas } from './registry/quotas.ts'
export { ISOLATIONS, tenantConfigSchema, type TenantConfig } from './registry/tenant-config.ts'
export type { TenantPage, TenantQuery } from './registry/tenant-page.ts'
export { quotasOf, TENANT_STATES, type Tenant, type TenantState } from './registry/tenant.ts'
export { TIER_ROWS, TIERS, type Tier } from './registry/tiers.ts'

/** Tells which tenant an observed value means. */
export interface TenantResolver {
  /** Cost: one lookup, aliases included. */
  resolve(observed: string): TenantId | undefined
  /** Grows when the answers may have changed. */
  generation(): number
}

/** Tells how many metrics a tenant may send. */
export interface IngestQuotaReader {
  /** One that is not in the registry may send what the lowest tier may. Cost: one lookup. */
  of(tenantId: TenantId): IngestQuotas
  /** Grows when the answers may have changed. */
  generation(): number
}

export interface UpdateOptions {
  /** The generation that the change was made for. Another one by now is a conflict. */
  readonly expectedGeneration?: number | undefined
}

export interface Applied {
  readonly tenant: Tenant
  readonly change: 'created' | 'updated' | 'unchanged'
}

export interface Tenants {
  /** Throws TENANT_EXISTS, TENANT_ALIAS_TAKEN, TENANT_LIMIT. */
  create(config: TenantConfig, actor: Principal, nowMs: number): Tenant
  /**
   * Changes a tenant by a JSON merge patch. A patch that changes nothing leaves the generation as
   * it is. Throws TENANT_NOT_FOUND, TENANT_INVALID, TENANT_ALIAS_TAKEN, TENANT_CHANGED.
   */
  update(
    tenantId: TenantId,
    patch: unknown,
    actor: Principal,
    nowMs: number,
    options?: UpdateOptions,
  ): Tenant
  /**
   * Makes a tenant be what a configuration says, whatever it was before. Throws as `create`, and
   * TENANT_CHANGED.
   */
  apply(config: TenantConfig, actor: Principal, nowMs: number, options?: UpdateOptions): Applied
  get(tenantId: TenantId): Tenant | undefined
  /** Throws TENANT_CURSOR. */
  list(query: TenantQuery): TenantPage
  resolver(): TenantResolver
  ingestQuotas(): IngestQuotaReader
  /** Shape: sorted by id. */
  active(): readonly Tenant[]
  /** Grows with every change of any tenant. */
  generation(): number
  /** What holds for all of them: attribution, and what the operator's own metrics mean. */
  readonly rules: RuleBook
  /** What was put into service when, and for whom. */
  readonly deploys: Deploys
  /** What artefacts were when somebody rolled them out. */
  readonly rollOuts: RollOuts
}

/**
 * Says that there is no such tenant. Also for one that the asker may not see: nobody learns whether
 * it exists.
 */
export function tenantNotFound(tenantId: string): TenantryError {
  return new TenantryError(TENANT_ERRORS.notFound, `there is no tenant ${JSON.stringify(tenantId)}`)
}

/** Opens the registry over a control database. */
export function openTenants({ db, access }: { db: Database; access: Access }): Tenants {
  const store = new TenantStore(db)
  const registry = new Registry(store, () => db.inTransaction)

  const need = (tenantId: TenantId): Tenant => {
    const tenant = registry.get(tenantId)
    if (tenant === undefined) throw tenantNotFound(tenantId)
    return tenant
  }

  const create: Tenants['create'] = (config, actor, nowMs) => {
    const { tenantId } = config
    if (registry.get(tenantId) !== undefined) {
      throw refused('exists', 'creating', tenantId, [
        { field: 'tenantId', message: `there is a tenant ${tenantId} already` },
      ])
    }
    if (registry.size >= TENANT_LIMITS.tenants) {
      const message = `there are ${String(registry.size)} tenants already`
      throw refused('limit', 'creating', tenantId, [{ field: '', message }])
    }
    refuseTakenNames(registry, 'creating', config)
    const tenant: Tenant = {
      ...config,
      generation: 1,
      status: { state: 'active', observedGeneration: 1 },
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    }
    inTransaction(db, () => {
      store.insert(tenantId, tenant)
      registry.changed(tenantId)
      const target = `tenant/${tenantId}`
      const details = { generation: 1, config }
      access.audit.record({ actor, action: 'tenant.created', target, tenantId, details }, nowMs)
    })
    return tenant
  }

  const replace = (
    before: Tenant,
    config: TenantConfig,
    actor: Principal,
    nowMs: number,
    { expectedGeneration }: UpdateOptions,
  ): Applied => {
    assert(config.tenantId === before.tenantId, 'a tenant keeps its id')
    const { tenantId } = before
    refuseStale(before, expectedGeneration)
    const changes = changesBetween(configOf(before), config)
    if (Object.keys(changes).length === 0) return { tenant: before, change: 'unchanged' }
    refuseTakenNames(registry, 'changing', config)
    const generation = before.generation + 1
    const status = { ...before.status, observedGeneration: generation }
    const tenant = { ...before, ...config, generation, status, updatedAtMs: nowMs }
    inTransaction(db, () => {
      store.update(tenantId, tenant)
      registry.changed(tenantId)
      const target = `tenant/${tenantId}`
      const details = { generation, changes }
      access.audit.record({ actor, action: 'tenant.updated', target, tenantId, details }, nowMs)
    })
    return { tenant, change: 'updated' }
  }

  return {
    create,
    update(tenantId, patch, actor, nowMs, options = {}) {
      const before = need(tenantId)
      const config = patched(before, patch)
      return replace(before, config, actor, nowMs, options).tenant
    },
    apply(config, actor, nowMs, options = {}) {
      const before = registry.get(config.tenantId)
      if (before !== undefined) return replace(before, config, actor, nowMs, options)
      return { tenant: create(config, actor, nowMs), change: 'created' }
    },
    get: (tenantId) => registry.get(tenantId),
    list: (query) => pageOfTenants(registry.all(), query),
    resolver: () => ({
      resolve: (observed) => registry.resolve(observed),
      generation: () => registry.generation(),
    }),
    ingestQuotas: () => ({
      of: (tenantId) => quotasOf(registry.get(tenantId) ?? UNKNOWN_TENANT).ingest,
      generation: () => registry.generation(),
    }),
    active: () => registry.all().filter(({ status }) => status.state === 'active'),
    generation: () => registry.generation(),
    rules: openRuleBook({ db, access }),
    rollOuts: openRollOuts({ db, access }),
    deploys: openDeploys({ db, access, resolve: (name) => registry.resolve(name) }),
  }
}

const UNKNOWN_TENANT = { tier: 'starter', quotas: {} } as const

/** Applies a patch to the configuration and checks the result as a whole. */
function patched(before: Tenant, patch: unknown): TenantConfig {
  const read = readTenantConfig(mergePatch(configOf(before), patch))
  if (!read.ok) throw refused('invalid', 'changing', before.tenantId, read.problems)
  if (read.config.tenantId === before.tenantId) return read.config
  throw refused('invalid', 'changing', before.tenantId, [
    { field: 'tenantId', message: 'cannot be changed' },
  ])
}

function refuseStale({ tenantId, generation }: Tenant, expected: number | undefined): void {
  if (expected === undefined || expected === generation) return
  const message = `changing tenant ${tenantId}: it is at generation ${String(generation)} by now, not ${String(expected)}`
  throw new TenantryError(TENANT_ERRORS.changed, message, { details: { generation } })
}

/**
 * A reported name means one tenant: no alias is the id or an alias of another, and no new id is an
 * alias.
 */
function refuseTakenNames(registry: Registry, doing: string, config: TenantConfig): void {
  const { tenantId, aliases } = config
  const problems = [
    { field: 'tenantId', name: tenantId as string },
    ...aliases.map((name, index) => ({ field: `aliases.${String(index)}`, name })),
  ].flatMap(({ field, name }) => {
    const owner = registry.resolve(name)
    if (owner === undefined || owner === tenantId) return []
    const what = owner === name ? 'is the id of another tenant' : `means tenant ${owner} already`
    return [{ field, message: `${JSON.stringify(name)} ${what}` }]
  })
  if (problems.length > 0) throw refused('aliasTaken', doing, tenantId, problems)
}

function refused(
  row: keyof typeof TENANT_ERRORS,
  doing: string,
  tenantId: TenantId,
  problems: readonly { readonly field: string; readonly message: string }[],
): TenantryError {
  const said = problems.map(({ field, message }) =>
    field === '' ? message : `${field}: ${message}`,
  )
  return new TenantryError(TENANT_ERRORS[row], `${doing} tenant ${tenantId}: ${said.join('; ')}`, {
    details: { errors: problems.map(({ field, message }) => ({ field, message })) },
  })
}
