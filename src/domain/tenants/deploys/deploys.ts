/**
 * Records deploys and lists them: marks on charts, and the first suspects when something breaks.
 * The same event told again changes nothing.
 */
import { createHash } from 'node:crypto'
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import { TENANT_ERRORS } from '../errors.ts'
import { DEPLOY_LIMITS } from '../limits.ts'
import { differingFields, type Deploy, type DeployEvent } from './deploy.ts'
import { DeployStore, type DeployPosition } from './deploy-store.ts'

export interface DeployQuery {
  /** Those that concern this tenant. */
  readonly tenantId?: TenantId | undefined
  readonly service?: string | undefined
  /** Half-open. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly cursor?: string | null | undefined
  readonly limit: number
}

export interface DeployPage {
  /** Newest first. */
  readonly items: readonly Deploy[]
  readonly nextCursor: string | null
}

export interface Deploys {
  /**
   * Records an event, with its entry in the audit log. One that is known already is told as it is
   * kept. Throws DEPLOY_INVALID, naming the fields, and DEPLOY_CHANGED for a known source and id
   * with other facts.
   */
  record(
    event: DeployEvent,
    actor: Principal,
    nowMs: number,
  ): { readonly deploy: Deploy; readonly isNew: boolean }
  /** Throws TENANT_CURSOR. */
  list(query: DeployQuery): DeployPage
  /** Deletes what is older or more than is kept. Answers how many. */
  prune(nowMs: number): number
}

export function openDeploys(parts: {
  db: Database
  access: Access
  resolve: (name: string) => TenantId | undefined
}): Deploys {
  const { db, access, resolve } = parts
  const store = new DeployStore(db)
  return {
    record(event, actor, nowMs) {
      const { source, eventId, service, version } = event
      const deployId = deployIdOf(source, eventId)
      const known = store.findAcrossTenants(deployId)
      const atMs = event.atMs ?? known?.atMs ?? nowMs
      const tenants = tenantsOf({ tenants: event.tenants, atMs }, nowMs, resolve)
      const facts = { deployId, source, eventId, service, version, atMs }
      const deploy = { ...facts, tenants, recordedAtMs: nowMs }
      if (known !== undefined) {
        refuseChanged(known, deploy)
        return { deploy: known, isNew: false }
      }
      inTransaction(db, () => {
        store.insertAcrossTenants(deploy)
        const target = `deploy/${deployId}`
        const details = { source, eventId, service, version, atMs, tenants }
        const [tenantId = null] = tenants === 'all' || tenants.length > 1 ? [] : tenants
        access.audit.record({ actor, action: 'deploy.recorded', target, tenantId, details }, nowMs)
      })
      return { deploy, isNew: true }
    },
    list(query) {
      const limit = Math.min(query.limit, DEPLOY_LIMITS.pageSize)
      const { tenantId, service = null, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = query
      const before = readCursor(query.cursor) ?? { atMs: toMs, deployId: '' }
      const page = { service, fromMs, before, limit: limit + 1 }
      const items =
        tenantId === undefined ? store.pageAcrossTenants(page) : store.page(tenantId, page)
      if (items.length <= limit) return { items, nextCursor: null }
      const last = items[limit - 1]!
      return { items: items.slice(0, limit), nextCursor: `${String(last.atMs)}-${last.deployId}` }
    },
    prune: (nowMs) =>
      store.deleteAcrossTenants(nowMs - DEPLOY_LIMITS.keptMs, DEPLOY_LIMITS.deploys),
  }
}

/** Finds the tenants of an event, and refuses what cannot be. Throws DEPLOY_INVALID. */
function tenantsOf(
  { tenants, atMs }: { tenants: DeployEvent['tenants']; atMs: number },
  nowMs: number,
  resolve: (name: string) => TenantId | undefined,
): Deploy['tenants'] {
  const problems: { field: string; message: string }[] = []
  if (atMs > nowMs + DEPLOY_LIMITS.aheadMs) {
    problems.push({ field: 'time', message: 'expected an instant that is not in the future' })
  }
  if (atMs < nowMs - DEPLOY_LIMITS.keptMs) {
    problems.push({ field: 'time', message: 'is longer ago than deploys are kept' })
  }
  const found = tenants === 'all' ? [] : tenants.map(resolve)
  found.forEach((tenantId, index) => {
    if (tenantId !== undefined) return
    const name = JSON.stringify(tenants[index])
    problems.push({ field: `tenants.${String(index)}`, message: `there is no tenant ${name}` })
  })
  if (problems.length > 0) {
    const said = problems.map(({ field, message }) => `${field}: ${message}`).join('; ')
    throw new TenantryError(TENANT_ERRORS.deployInvalid, `recording a deploy: ${said}`, {
      details: { errors: problems },
    })
  }
  return tenants === 'all' ? 'all' : [...new Set(found as TenantId[])].toSorted()
}

function refuseChanged(known: Deploy, deploy: Deploy): void {
  const fields = differingFields(known, deploy)
  if (fields.length === 0) return
  const { source, eventId } = known
  const message = `recording a deploy: ${JSON.stringify(eventId)} of ${source} is known with another ${fields.join(', ')}`
  const errors = fields.map((field) => ({ field, message: 'is not what was recorded before' }))
  throw new TenantryError(TENANT_ERRORS.deployChanged, message, { details: { errors } })
}

function deployIdOf(source: string, eventId: string): string {
  const hash = createHash('sha256').update(JSON.stringify([source, eventId]))
  return `dep_${hash.digest('hex').slice(0, 24)}`
}

function readCursor(cursor: string | null | undefined): DeployPosition | null {
  if (cursor === null || cursor === undefined) return null
  const match = /^(\d{1,16})-(dep_[0-9a-f]{24})$/.exec(cursor)
  if (match !== null) return { atMs: Number(match[1]), deployId: match[2] ?? '' }
  throw new TenantryError(TENANT_ERRORS.cursor, 'listing deploys: cursor is not one of ours')
}
