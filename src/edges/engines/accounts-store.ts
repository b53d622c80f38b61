/** Rows of account ids, which VictoriaMetrics knows tenants by. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../core/ids.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'

export class AccountsStore {
  readonly #db: Database
  readonly #next: Statement<[], { account_id: number }>
  readonly #insert: Statement<[Record<string, string | number>]>
  readonly #all: Statement<[], { tenant_id: string; account_id: number }>

  constructor(db: Database) {
    this.#db = db
    this.#next = db.prepare(NEXT)
    this.#insert = db.prepare(INSERT)
    this.#all = db.prepare('SELECT tenant_id, account_id FROM engine_account ORDER BY account_id')
  }

  /** Gives a tenant the next id. */
  insert(tenantId: TenantId, givenAtMs: number): number {
    return inTransaction(this.#db, () => {
      const accountId = this.#next.get()!.account_id
      this.#insert.run({ tenantId, accountId, givenAtMs })
      return accountId
    })
  }

  /** Shape: in the order in which ids were given. */
  allAcrossTenants(): [tenantId: TenantId, accountId: number][] {
    return this.#all.all().map((row) => [row.tenant_id as TenantId, row.account_id])
  }
}

const NEXT = `
  UPDATE engine_account_last
  SET account_id = account_id + 1
  RETURNING account_id`

const INSERT = `
  INSERT INTO engine_account (tenant_id, account_id, given_at_ms)
  VALUES (:tenantId, :accountId, :givenAtMs)`
