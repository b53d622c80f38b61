import Sqlite from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inTransaction, openDatabase } from '../../../src/machinery/storage/database.ts'
import { migrate, readMigrations, type Migration } from '../../../src/machinery/storage/migrate.ts'
import { temporaryDirectories } from '../support/temporary-directory.ts'

const temporary = temporaryDirectories()

function migration(number: number, sql: string): Migration {
  return {
    number,
    name: `000${number}-step.sql`,
    sql,
    sha256: String(sql.length).padStart(64, String(number)),
  }
}

const FIRST = migration(1, 'CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT')
const SECOND = migration(2, 'CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT')

function tables(db: Sqlite.Database): unknown[] {
  return db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()
}

describe('opening a database', () => {
  it.each([
    ['control', 2],
    ['bulk', 1],
  ] as const)('keeps a %s file in WAL mode with synchronous %i', (kind, synchronous) => {
    const db = openDatabase({ path: join(temporary(), 'x.db'), kind })
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('synchronous', { simple: true })).toBe(synchronous)
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    db.close()
  })

  it('finds what was written before', () => {
    const path = join(temporary(), 'x.db')
    const before = openDatabase({ path, kind: 'bulk' })
    before.exec('INSERT INTO log_position (id, position) VALUES (1, 42)')
    before.close()
    const db = openDatabase({ path, kind: 'bulk', readonly: true })
    expect(db.prepare('SELECT position FROM log_position').pluck().get()).toBe(42)
    expect(() => db.exec('DELETE FROM log_position')).toThrow('readonly')
    db.close()
  })

  it('names the file that is none', () => {
    const path = join(temporary(), 'x.db')
    writeFileSync(path, 'not a database, but long enough to be looked at'.repeat(20))
    expect(() => openDatabase({ path, kind: 'control' })).toThrow(
      expect.objectContaining({
        code: 'DATABASE_OPEN',
        message: `opening the control database ${path}`,
        cause: expect.objectContaining({ code: 'SQLITE_NOTADB' }),
      }),
    )
  })
})

describe('a transaction', () => {
  const open = () => {
    const db = new Sqlite(':memory:')
    db.exec('CREATE TABLE t (n INTEGER)')
    return db
  }
  const rows = (db: Sqlite.Database) => db.prepare('SELECT n FROM t ORDER BY n').pluck().all()

  it('is written whole, and gives back what the call gives', () => {
    const db = open()
    expect(inTransaction(db, () => db.exec('INSERT INTO t VALUES (1), (2)') && 'done')).toBe('done')
    expect(rows(db)).toEqual([1, 2])
  })

  it('is not written at all when the call throws', () => {
    const db = open()
    expect(() =>
      inTransaction(db, () => {
        db.exec('INSERT INTO t VALUES (1)')
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(rows(db)).toEqual([])
    expect(db.inTransaction).toBe(false)
  })

  it('says that a full disk is in the way, and that it may pass', () => {
    const db = openDatabase({ path: ':memory:', kind: 'bulk' })
    db.exec('CREATE TABLE t (body BLOB)')
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
    db.pragma(`max_page_count = ${String(pages)}`)
    const insert = db.prepare('INSERT INTO t VALUES (?)')
    expect(() => inTransaction(db, () => insert.run(Buffer.alloc(100_000)))).toThrow(
      expect.objectContaining({
        code: 'DATABASE_WRITE',
        status: 503,
        retryable: true,
        message: expect.stringContaining('database or disk is full'),
      }),
    )
    expect(db.inTransaction).toBe(false)
    expect(() => inTransaction(db, () => db.exec('INSERT INTO nowhere VALUES (1)'))).toThrow(
      'no such table',
    )
  })

  it('takes in a nested one, which is undone with it', () => {
    const db = open()
    expect(() =>
      inTransaction(db, () => {
        inTransaction(db, () => db.exec('INSERT INTO t VALUES (1)'))
        throw new Error('on second thoughts')
      }),
    ).toThrow('on second thoughts')
    expect(rows(db)).toEqual([])
  })

  it('refuses a call that waits', () => {
    const db = open()
    expect(() => inTransaction(db, async () => db.exec('INSERT INTO t VALUES (1)'))).toThrow(
      'a transaction does not wait',
    )
    expect(rows(db)).toEqual([])
  })
})

describe('reading migrations', () => {
  function folder(files: Readonly<Record<string, string>>): string {
    const directory = temporary()
    for (const [name, sql] of Object.entries(files)) writeFileSync(join(directory, name), sql)
    return directory
  }

  it('takes them in order of their numbers, and line ends for what they are', () => {
    const unix = readMigrations(folder({ '0002-b.sql': 'B\n', '0001-a.sql': 'A\n' }))
    const dos = readMigrations(folder({ '0002-b.sql': 'B\r\n', '0001-a.sql': 'A\r\n' }))
    expect(unix.map(({ number, name }) => [number, name])).toEqual([
      [1, '0001-a.sql'],
      [2, '0002-b.sql'],
    ])
    expect(dos).toEqual(unix)
  })

  it('refuses two of one number, and a file that has none', () => {
    expect(() => readMigrations(folder({ '0001-a.sql': '', '0001-b.sql': '' }))).toThrow(
      'one migration a number',
    )
    expect(() => readMigrations(folder({ 'a.sql': '' }))).toThrow('called NNNN-name.sql: a.sql')
  })
})

describe('migrating', () => {
  it('applies what is lacking, in order, once', () => {
    const db = new Sqlite(':memory:')
    migrate(db, 'control', [FIRST])
    migrate(db, 'control', [FIRST, SECOND])
    migrate(db, 'control', [FIRST, SECOND])
    expect(tables(db)).toEqual(['one', 'schema_migration', 'two'])
  })

  it('refuses a file of a newer version, and names the migration', () => {
    const db = new Sqlite(':memory:')
    migrate(db, 'control', [FIRST, SECOND])
    expect(() => migrate(db, 'control', [FIRST])).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_NEWER',
        message: expect.stringContaining('it has migration 0002-step.sql'),
      }),
    )
  })

  it.each([
    ['changed', [{ ...FIRST, sha256: 'f'.repeat(64) }, SECOND]],
    ['put in front', [migration(1, 'SELECT 1'), { ...SECOND }]],
  ])('refuses a file whose migration was %s', (_, migrations) => {
    const db = new Sqlite(':memory:')
    migrate(db, 'control', [FIRST])
    expect(() => migrate(db, 'control', migrations)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_CHANGED' }),
    )
    expect(tables(db)).toEqual(['one', 'schema_migration'])
  })

  it('refuses a migration that comes before one that was applied', () => {
    const db = new Sqlite(':memory:')
    migrate(db, 'control', [SECOND])
    expect(() => migrate(db, 'control', [FIRST, SECOND])).toThrow(
      expect.objectContaining({ code: 'SCHEMA_CHANGED' }),
    )
  })

  it('leaves the file as it was when a migration fails', () => {
    const db = new Sqlite(':memory:')
    expect(() => migrate(db, 'control', [FIRST, migration(2, 'CREATE TABLE')])).toThrow(
      'incomplete input',
    )
    expect(tables(db)).toEqual([])
    migrate(db, 'control', [FIRST, SECOND])
    expect(tables(db)).toEqual(['one', 'schema_migration', 'two'])
  })
})
