import { describe, expect, it } from 'vitest'
import {
  openDatabase,
  type Database,
  type DatabaseKind,
} from '../../../src/machinery/storage/database.ts'
import { TABLES } from '../../../src/machinery/storage/tables.ts'

const KINDS = ['control', 'bulk'] as const

interface SchemaEntry {
  readonly type: string
  readonly name: string
  readonly sql: string
}

function withDatabase<T>(kind: DatabaseKind, call: (db: Database) => T): T {
  const db = openDatabase({ path: ':memory:', kind })
  try {
    return call(db)
  } finally {
    db.close()
  }
}

/** The schema that the migrations make, as one SQL text: a table, then what hangs on it. */
function renderSchema(): string {
  const parts = KINDS.map((kind) => {
    const entries = withDatabase(kind, (db) =>
      db
        .prepare<[], SchemaEntry>(
          `SELECT type, name, sql
           FROM sqlite_schema
           WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
           ORDER BY tbl_name, type <> 'table', type, name`,
        )
        .all(),
    )
    return [`-- ${kind}.db`, ...entries.map(({ sql }) => `${sql};`)].join('\n\n')
  })
  return `-- What the migrations make. Written by \`npm run golden\`; not to be edited.\n\n${parts.join('\n\n')}\n`
}

function tablesOf(kind: DatabaseKind): { name: string; strict: number }[] {
  return withDatabase(kind, (db) =>
    db
      .prepare<[], { name: string; strict: number; schema: string; type: string }>(
        `SELECT name, strict, schema, type
         FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
         ORDER BY name`,
      )
      .all(),
  )
}

/** The columns of the primary key, in order. */
function keyOf(kind: DatabaseKind, table: string): string[] {
  return withDatabase(kind, (db) =>
    db
      .prepare<[string], { name: string }>(
        'SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk',
      )
      .all(table)
      .map(({ name }) => name),
  )
}

function columnsOf(kind: DatabaseKind, table: string): string[] {
  return withDatabase(kind, (db) =>
    db
      .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name),
  )
}

describe('the schema', () => {
  it('is the golden one', async () => {
    await expect(renderSchema()).toMatchFileSnapshot('../../../src/machinery/storage/schema.sql')
  })

  it.each(KINDS)('has every %s table in the list of tables, and no other', (kind) => {
    const listed = TABLES.filter(({ file }) => file === kind).map(({ name }) => name)
    expect(listed.toSorted()).toEqual(tablesOf(kind).map(({ name }) => name))
  })

  it.each(KINDS)('has only STRICT tables in the %s file', (kind) => {
    expect(tablesOf(kind).filter(({ strict }) => strict === 0)).toEqual([])
  })

  it.each(TABLES.map((row) => [row.file, row.name, row] as const))(
    'keys %s table %s by its scope',
    (kind, name, { scope }) => {
      if (scope === 'tenant') expect(keyOf(kind, name)[0]).toBe('tenant_id')
      else if (scope === 'either') expect(columnsOf(kind, name)).toContain('tenant_id')
      else expect(columnsOf(kind, name)).not.toContain('tenant_id')
    },
  )
})
