/**
 * All tenants in memory: by id, by any name that metrics report, and in order. Rows are the truth;
 * what a transaction changed is looked at again once it has ended, so that one that was rolled back
 * leaves nothing behind.
 */
import type { TenantId } from '../../../core/ids.ts'
import type { Tenant } from './tenant.ts'

export interface RegistryRows {
  find(tenantId: TenantId): Tenant | undefined
  allAcrossTenants(): Tenant[]
}

export class Registry {
  readonly #rows: RegistryRows
  readonly #isInTransaction: () => boolean
  readonly #byId = new Map<TenantId, Tenant>()
  readonly #byName = new Map<string, TenantId>()
  readonly #unsettled = new Set<TenantId>()
  #sorted: readonly Tenant[] | null = null
  #generation = 1

  constructor(rows: RegistryRows, isInTransaction: () => boolean) {
    this.#rows = rows
    this.#isInTransaction = isInTransaction
    for (const tenant of rows.allAcrossTenants()) this.#put(tenant)
  }

  get(tenantId: TenantId): Tenant | undefined {
    this.#settle()
    return this.#byId.get(tenantId)
  }

  /**
   * Tells which tenant a reported name means: its id or one of its aliases. A deleted tenant has no
   * name. Cost: one lookup.
   */
  resolve(name: string): TenantId | undefined {
    this.#settle()
    return this.#byName.get(name)
  }

  /** Shape: sorted by id. */
  all(): readonly Tenant[] {
    this.#settle()
    this.#sorted ??= [...this.#byId.values()].sort((left, right) =>
      left.tenantId < right.tenantId ? -1 : 1,
    )
    return this.#sorted
  }

  get size(): number {
    this.#settle()
    return this.#byId.size
  }

  /** Grows with every change, so that others know when what they derived is old. */
  generation(): number {
    this.#settle()
    return this.#generation
  }

  /** Says that a tenant's row was written. */
  changed(tenantId: TenantId): void {
    this.#unsettled.add(tenantId)
  }

  #settle(): void {
    if (this.#unsettled.size === 0) return
    for (const tenantId of this.#unsettled) {
      this.#drop(tenantId)
      const tenant = this.#rows.find(tenantId)
      if (tenant !== undefined) this.#put(tenant)
    }
    this.#sorted = null
    this.#generation += 1
    if (!this.#isInTransaction()) this.#unsettled.clear()
  }

  #put(tenant: Tenant): void {
    this.#byId.set(tenant.tenantId, tenant)
    if (tenant.status.state === 'deleted') return
    for (const name of [tenant.tenantId, ...tenant.aliases]) {
      this.#byName.set(name, tenant.tenantId)
    }
  }

  #drop(tenantId: TenantId): void {
    const before = this.#byId.get(tenantId)
    if (before === undefined) return
    this.#byId.delete(tenantId)
    for (const name of [tenantId, ...before.aliases]) this.#byName.delete(name)
  }
}
