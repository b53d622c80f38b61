/** Rows of the rule book: one a kind, its entries as JSON. */
import type { Statement } from 'better-sqlite3'
import type { Database } from '../../machinery/storage/database.ts'

export type RuleBookKind = 'attribution' | 'mapping'

export class RuleBookStore {
  readonly #write: Statement<[Record<string, string | number>]>
  readonly #read: Statement<[Record<string, string>], { entries: string }>

  constructor(db: Database) {
    this.#write = db.prepare(WRITE)
    this.#read = db.prepare('SELECT entries FROM rule_book WHERE kind = :kind')
  }

  writeAcrossTenants(kind: RuleBookKind, entries: readonly unknown[], updatedAtMs: number): void {
    this.#write.run({ kind, entries: JSON.stringify(entries), updatedAtMs })
  }

  /** Reads what `writeAcrossTenants` was given, in its order. */
  readAcrossTenants<Entry>(kind: RuleBookKind): readonly Entry[] {
    const row = this.#read.get({ kind })
    return row === undefined ? [] : (JSON.parse(row.entries) as Entry[])
  }
}

const WRITE = `
  INSERT INTO rule_book (kind, entries, updated_at_ms)
  VALUES (:kind, :entries, :updatedAtMs)
  ON CONFLICT (kind) DO UPDATE SET entries = excluded.entries, updated_at_ms = excluded.updated_at_ms`
