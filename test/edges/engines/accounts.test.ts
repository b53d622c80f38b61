import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openAccounts } from '../../../src/edges/engines/accounts.ts'
import { systemClock } from '../../../src/machinery/runtime/clock.ts'
import { inTransaction, openDatabase } from '../../../src/machinery/storage/database.ts'

const [ACME, BOLT, CORE] = ['acme', 'bolt', 'core'].map(tenantId) as [never, never, never]
const clock = systemClock()
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-accounts-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

describe('account ids', () => {
  it('begin at 1, stay, and outlive a restart', () => {
    const path = join(directory, 'control.db')
    const first = openDatabase({ path, kind: 'control' })
    const accounts = openAccounts({ db: first, clock })
    expect([BOLT, ACME, BOLT].map((id) => accounts.accountOf(id))).toEqual([1, 2, 1])
    first.close()

    const again = openDatabase({ path, kind: 'control' })
    const read = openAccounts({ db: again, clock })
    expect(read.all()).toEqual([
      { tenantId: 'bolt', accountId: 1 },
      { tenantId: 'acme', accountId: 2 },
    ])
    expect([read.tenantOf(2), read.tenantOf(0), read.tenantOf(3)]).toEqual([
      'acme',
      undefined,
      undefined,
    ])
    expect([read.accountOf(CORE), read.accountOf(ACME)]).toEqual([3, 2])
    again.close()
  })

  it('are never given again, even where the last row was erased', () => {
    const db = openDatabase({ path: ':memory:', kind: 'control' })
    openAccounts({ db, clock }).accountOf(ACME)
    db.exec('DELETE FROM engine_account')
    expect(openAccounts({ db, clock }).accountOf(BOLT)).toBe(2)
  })

  it('are not given within a transaction, which might be taken back', () => {
    const db = openDatabase({ path: ':memory:', kind: 'control' })
    const accounts = openAccounts({ db, clock })
    expect(() => inTransaction(db, () => accounts.accountOf(ACME))).toThrow('not taken back')
    expect(accounts.all()).toEqual([])
  })
})
