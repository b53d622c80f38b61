/**
 * Account ids, which VictoriaMetrics knows tenants by: given once, from 1 on, and never to another
 * tenant. 0 stays free, because what names no account lands there.
 */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Clock } from '../../core/ports.ts'
import type { Database } from '../../machinery/storage/database.ts'
import { AccountsStore } from './accounts-store.ts'
import { ENGINE_ERRORS } from './errors.ts'

export interface Accounts {
  /** Tells a tenant's id, and gives it one the first time, which must not be within a transaction.
   *  Throws ENGINE_ACCOUNTS. Cost: one lookup; a write the first time. */
  accountOf(tenantId: TenantId): number
  /** Tells whose an id is. */
  tenantOf(accountId: number): TenantId | undefined
  /** Shape: in the order in which they were given. */
  all(): readonly { readonly tenantId: TenantId; readonly accountId: number }[]
}

/** VictoriaMetrics keeps account ids in 32 bits. */
const HIGHEST = 0xffff_ffff

/** Opens the map over a control database. */
export function openAccounts({ db, clock }: { db: Database; clock: Clock }): Accounts {
  const store = new AccountsStore(db)
  const byTenant = new Map(store.allAcrossTenants())
  const byAccount = new Map([...byTenant].map(([tenantId, accountId]) => [accountId, tenantId]))
  return {
    accountOf(tenantId) {
      const known = byTenant.get(tenantId)
      if (known !== undefined) return known
      assert(!db.inTransaction, 'an account id is not taken back')
      if (byTenant.size >= HIGHEST)
        throw new TenantryError(ENGINE_ERRORS.accounts, `giving ${tenantId} an account id`)
      const accountId = store.insert(tenantId, clock.nowMs())
      byTenant.set(tenantId, accountId)
      byAccount.set(accountId, tenantId)
      return accountId
    },
    tenantOf: (accountId) => byAccount.get(accountId),
    all: () => [...byTenant].map(([tenantId, accountId]) => ({ tenantId, accountId })),
  }
}
