/** Which tenants a list shows. Pure: tenants sorted by id in, a page out. Cost: one pass. */
import { parseTenantId } from '../../../core/ids.ts'
import { TenantryError } from '../../../core/errors.ts'
import { TENANT_ERRORS } from '../errors.ts'
import { TENANT_LIMITS } from '../limits.ts'
import type { Tenant, TenantState } from './tenant.ts'
import type { Tier } from './tiers.ts'

export interface TenantQuery {
  readonly tier?: Tier | undefined
  readonly region?: string | undefined
  readonly state?: TenantState | undefined
  /** Found in the id, the name or an alias, whatever the case. */
  readonly text?: string | undefined
  /** The nextCursor of the page before. */
  readonly cursor?: string | null | undefined
  readonly limit: number
}

export interface TenantPage {
  /** Sorted by id. */
  readonly items: readonly Tenant[]
  readonly nextCursor: string | null
}

/** Picks the page. Throws TENANT_CURSOR. */
export function pageOfTenants(tenants: readonly Tenant[], query: TenantQuery): TenantPage {
  const limit = Math.min(query.limit, TENANT_LIMITS.pageSize)
  const after = readCursor(query.cursor)
  const needle = query.text?.toLowerCase()
  const items: Tenant[] = []
  for (const tenant of tenants) {
    if (after !== null && tenant.tenantId <= after) continue
    if (!matches(tenant, query, needle)) continue
    if (items.length === limit) return { items, nextCursor: items.at(-1)?.tenantId ?? null }
    items.push(tenant)
  }
  return { items, nextCursor: null }
}

function matches(tenant: Tenant, query: TenantQuery, needle: string | undefined): boolean {
  if (query.tier !== undefined && tenant.tier !== query.tier) return false
  if (query.region !== undefined && tenant.region !== query.region) return false
  if (query.state !== undefined && tenant.status.state !== query.state) return false
  if (needle === undefined) return true
  return [tenant.tenantId, tenant.name, ...tenant.aliases].some((name) =>
    name.toLowerCase().includes(needle),
  )
}

function readCursor(cursor: string | null | undefined): string | null {
  if (cursor === null || cursor === undefined) return null
  const tenantId = parseTenantId(cursor)
  if (tenantId !== undefined) return tenantId
  throw new TenantryError(TENANT_ERRORS.cursor, 'listing tenants: cursor is not one of ours')
}
