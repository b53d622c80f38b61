import { beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { SYSTEM, verifyAudit, type Access } from '../../../src/domain/access/access.ts'
import type { Database } from '../../../src/machinery/storage/database.ts'
import { openWorld, T0 } from './harness.ts'

const TENANTS = [tenantId('acme'), null, tenantId('bolt')]
const ENTRIES = 30
const TRIGGERS = [
  'audit_entry_refuse_update',
  'audit_entry_refuse_delete',
  'audit_entry_refuse_gap',
  'audit_head_refuse_other',
  'audit_head_refuse_delete',
]

let db: Database
let access: Access

beforeEach(() => {
  ;({ db, access } = openWorld())
  for (let number = 1; number <= ENTRIES; number += 1) {
    access.audit.record(
      {
        actor: SYSTEM,
        action: 'tenant.updated',
        target: `thing/${String(number)}`,
        tenantId: TENANTS[number % TENANTS.length] ?? null,
        details: { number, ratio: number / 7, text: 'é' },
      },
      T0 + number,
    )
  }
})

/** What somebody with the file in hand can do: the triggers are no hindrance to them. */
function tamper(sql: string): void {
  for (const trigger of TRIGGERS) db.exec(`DROP TRIGGER ${trigger}`)
  db.pragma('ignore_check_constraints = ON')
  db.exec(sql)
}

describe('the audit log', () => {
  it('holds', () => {
    expect(access.audit.verify()).toMatchObject({ ok: true, entries: ENTRIES, chains: 3 })
    expect(verifyAudit(db)).toEqual(access.audit.verify())
  })

  it.each([
    "UPDATE audit_entry SET target = 'x' WHERE sequence = 3",
    'DELETE FROM audit_entry WHERE sequence = 30',
    `INSERT OR REPLACE INTO audit_entry SELECT 3, tenant_id, 999, at_ms, actor_kind, actor_id, actor_name,
       action, target, details, hash, tenant_hash FROM audit_entry WHERE sequence = 1`,
    `INSERT INTO audit_entry SELECT 32, tenant_id, 999, at_ms, actor_kind, actor_id, actor_name,
       action, target, details, hash, tenant_hash FROM audit_entry WHERE sequence = 1`,
    "UPDATE audit_head SET hash = 'x' WHERE chain = ''",
    "DELETE FROM audit_head WHERE chain = ''",
  ])('refuses %s', (sql) => {
    expect(() => db.exec(sql)).toThrow('the audit log is append-only')
    expect(access.audit.verify()).toMatchObject({ ok: true })
  })

  it.each([
    ['at_ms', 'at_ms + 1'],
    ['actor_kind', "'key'"],
    ['actor_id', "'somebody'"],
    ['actor_name', "'Somebody'"],
    ['action', "'tenant.created'"],
    ['target', "'thing/else'"],
    ['details', "json_set(details, '$.number', 99)"],
    ['details', "'not JSON'"],
    ['hash', "printf('%064d', 1)"],
    ['tenant_id', "'cargo'"],
    ['tenant_sequence', '999'],
    ['tenant_hash', "printf('%064d', 1)"],
  ])('tells where %s was changed', (column, value) => {
    // Entry 12 is a tenant's: acme's.
    tamper(`UPDATE audit_entry SET ${column} = ${value} WHERE sequence = 12`)
    expect(access.audit.verify()).toMatchObject({ ok: false, brokenAt: 12 })
  })

  it('finds the first break whichever entry is changed', () => {
    tamper('SELECT 1')
    const change = db.prepare('UPDATE audit_entry SET target = ? WHERE sequence = ?')
    for (let sequence = ENTRIES; sequence >= 1; sequence -= 1) {
      change.run('changed', sequence)
      expect(access.audit.verify()).toMatchObject({ ok: false, brokenAt: sequence, chain: null })
    }
  })

  it('finds a missing entry whichever it is, the newest included', () => {
    tamper('SELECT 1')
    for (let sequence = ENTRIES; sequence >= 1; sequence -= 1) {
      db.prepare('DELETE FROM audit_entry WHERE sequence = ?').run(sequence)
      expect(access.audit.verify()).toMatchObject({ ok: false, brokenAt: sequence })
    }
  })

  it('is checked in steps, with what is written meanwhile', () => {
    const record = { actor: SYSTEM, action: 'tenant.updated', target: 'x', tenantId: null } as const
    for (let count = 0; count < 500; count += 1) access.audit.record(record, T0)
    const steps = access.audit.verification()
    let taken = 0
    let result = steps.next()
    while (result.done !== true) {
      taken += 1
      access.audit.record(record, T0)
      result = steps.next()
    }
    expect(taken).toBe(2)
    expect(result.value).toMatchObject({ ok: true, entries: ENTRIES + 502 })
  })

  it('says that the end was cut off', () => {
    tamper('DELETE FROM audit_entry WHERE sequence > 28')
    expect(access.audit.verify()).toEqual({
      ok: false,
      brokenAt: 29,
      chain: null,
      reason: 'the log was cut off after entry 28 of 30',
    })
  })

  it('notices two entries that changed places', () => {
    tamper(`UPDATE audit_entry SET sequence = -1 WHERE sequence = 7;`.replace('-1', '100'))
    db.exec('UPDATE audit_entry SET sequence = 7 WHERE sequence = 8')
    db.exec('UPDATE audit_entry SET sequence = 8 WHERE sequence = 100')
    expect(access.audit.verify()).toMatchObject({ ok: false, brokenAt: 7 })
  })

  it('is read newest first in pages, a tenant by its own numbering', () => {
    const first = access.audit.list({ limit: 4 })
    expect(first.items.map(({ sequence }) => sequence)).toEqual([30, 29, 28, 27])
    const second = access.audit.list({ limit: 4, cursor: first.nextCursor })
    expect(second.items.map(({ sequence }) => sequence)).toEqual([26, 25, 24, 23])
    const own = access.audit.list({ limit: 4, tenantId: tenantId('acme') })
    expect(own.items.map((entry) => entry.tenantSequence)).toEqual([10, 9, 8, 7])
    const rest = access.audit.list({ limit: 6, tenantId: tenantId('acme'), cursor: own.nextCursor })
    expect(rest.items.map((entry) => entry.tenantSequence)).toEqual([6, 5, 4, 3, 2, 1])
    expect(rest.nextCursor).toBeNull()
    expect(() => access.audit.list({ limit: 4, cursor: '1 OR 1' })).toThrow('cursor')
  })
})
