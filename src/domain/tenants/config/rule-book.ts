/**
 * The rules that hold for all tenants at once: whose series are that name no tenant, and what the
 * operator's own metrics mean. Both are replaced as a whole, each change with its audit entry.
 */
import { createHash } from 'node:crypto'
import type { TenantId } from '../../../core/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import { RuleBookStore, type RuleBookKind } from '../rule-book-store.ts'
import type { AttributionRule } from './attribution.ts'
import type { MappingRow } from './mapping-rows.ts'

export interface RuleBook {
  attribution(): readonly AttributionRule[]
  mapping(): readonly MappingRow[]
  /** Tells whether anything changed. */
  setAttribution(rules: readonly AttributionRule[], actor: Principal, nowMs: number): boolean
  setMapping(rows: readonly MappingRow[], actor: Principal, nowMs: number): boolean
  /** The same for the same rules. */
  digest(): string
}

export function openRuleBook({ db, access }: { db: Database; access: Access }): RuleBook {
  const store = new RuleBookStore(db)
  let rules = store.readAcrossTenants<AttributionRule>('attribution')
  let rows = store.readAcrossTenants<MappingRow>('mapping')
  let digest = digestOf(rules, rows)

  const write = (
    kind: RuleBookKind,
    before: readonly unknown[],
    entries: readonly unknown[],
    actor: Principal,
    nowMs: number,
  ): boolean => {
    if (JSON.stringify(before) === JSON.stringify(entries)) return false
    inTransaction(db, () => {
      store.writeAcrossTenants(kind, entries, nowMs)
      const details = { before: before.length, after: entries.length, entries }
      const tenantId: TenantId | null = null
      const entry = { actor, action: AUDIT[kind], target: kind, tenantId, details } as const
      access.audit.record(entry, nowMs)
    })
    return true
  }

  return {
    attribution: () => rules,
    mapping: () => rows,
    setAttribution(next, actor, nowMs) {
      if (!write('attribution', rules, next, actor, nowMs)) return false
      rules = next
      digest = digestOf(rules, rows)
      return true
    },
    setMapping(next, actor, nowMs) {
      if (!write('mapping', rows, next, actor, nowMs)) return false
      rows = next
      digest = digestOf(rules, rows)
      return true
    },
    digest: () => digest,
  }
}

function digestOf(...parts: readonly (readonly unknown[])[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

const AUDIT = { attribution: 'attribution.changed', mapping: 'mapping.changed' } as const
