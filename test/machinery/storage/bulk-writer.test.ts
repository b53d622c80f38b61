/** Both forms of the writer are held to one contract; what only the thread can do wrong comes
 *  after it. */
import Sqlite from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BulkValue, BulkWriter } from '../../../src/core/ports.ts'
import { startBulkThread } from '../../../src/machinery/storage/bulk-thread.ts'
import {
  appliedPosition,
  openBulkInline,
  openBulkWorker,
} from '../../../src/machinery/storage/bulk-writer.ts'
import { memoryLog } from '../support/memory-log.ts'
import { temporaryDirectories } from '../support/temporary-directory.ts'

const temporary = temporaryDirectories()

/** A table of the tests' own: what a store writes is not the writer's business. */
const MAKE =
  'CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB) STRICT'
const WRITE = 'INSERT INTO note (id, text, bytes) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING'
const FAIL = 'INSERT INTO note (id, text) VALUES (?, ?)'

/** A table whose row ids are used up: SQLite then says the same as for a full disk. */
const MAKE_FULL = 'CREATE TABLE full (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT'
const FILL = 'INSERT INTO full (id) VALUES (?)'

const FORMS = {
  inline: (directory: string) => openBulkInline({ directory }),
  worker: (directory: string) => openBulkWorker({ directory, log: memoryLog() }),
} as const

function note(id: number, text: string, bytes: Uint8Array | null = null): readonly BulkValue[] {
  return [id, text, bytes]
}

async function withWriter(
  form: keyof typeof FORMS,
  call: (bulk: BulkWriter, directory: string) => Promise<void>,
): Promise<void> {
  const directory = temporary()
  const bulk = FORMS[form](directory)
  try {
    await bulk.commit({ file: 'shared', logPosition: 0, writes: [{ sql: MAKE, rows: [[]] }] })
    await call(bulk, directory)
  } finally {
    await bulk.close()
  }
}

function texts(bulk: BulkWriter): string[] {
  return bulk
    .read<{ text: string }>('shared', 'SELECT text FROM note ORDER BY id')
    .map(({ text }) => text)
}

describe.each(Object.keys(FORMS) as (keyof typeof FORMS)[])('the %s bulk writer', (form) => {
  it('writes a batch with its log position', () =>
    withWriter(form, async (bulk) => {
      expect(appliedPosition(bulk, 'shared')).toBe(0)
      await bulk.commit({
        file: 'shared',
        logPosition: 2 ** 40,
        writes: [{ sql: WRITE, rows: [note(1, 'one'), note(2, 'two')] }],
      })
      expect(texts(bulk)).toEqual(['one', 'two'])
      expect(appliedPosition(bulk, 'shared')).toBe(2 ** 40)
    }))

  it('writes nothing of a batch that fails, says so, and goes on', () =>
    withWriter(form, async (bulk) => {
      const failing = bulk.commit({
        file: 'shared',
        logPosition: 10,
        writes: [
          { sql: WRITE, rows: [note(1, 'one')] },
          { sql: FAIL, rows: [[1, 'again']] },
        ],
      })
      await expect(failing).rejects.toMatchObject({
        code: 'BULK_WRITE',
        retryable: true,
        message: 'writing the bulk file shared at log position 10',
        cause: expect.objectContaining({ message: expect.stringContaining('UNIQUE constraint') }),
      })
      expect(texts(bulk)).toEqual([])
      expect(appliedPosition(bulk, 'shared')).toBe(0)
      await bulk.commit({
        file: 'shared',
        logPosition: 11,
        writes: [{ sql: WRITE, rows: [note(1, 'one')] }],
      })
      expect(texts(bulk)).toEqual(['one'])
    }))

  it('refuses a batch that does not fit on the disk', () =>
    withWriter(form, async (bulk) => {
      const full = bulk.commit({
        file: 'shared',
        logPosition: 2,
        writes: [
          { sql: WRITE, rows: [note(1, 'one')] },
          { sql: MAKE_FULL, rows: [[]] },
          { sql: FILL, rows: [[2n ** 63n - 1n], [null]] },
        ],
      })
      await expect(full).rejects.toMatchObject({
        code: 'BULK_WRITE',
        cause: expect.objectContaining({ message: expect.stringContaining('disk is full') }),
      })
      expect(texts(bulk)).toEqual([])
      expect(appliedPosition(bulk, 'shared')).toBe(0)
    }))

  it('writes batches in the order in which they were given, without waiting between them', () =>
    withWriter(form, async (bulk) => {
      const rows = (from: number) =>
        Array.from({ length: 30_000 }, (_, id) => note(from + id, 'many'))
      await Promise.all([
        bulk.commit({ file: 'shared', logPosition: 1, writes: [{ sql: WRITE, rows: rows(0) }] }),
        bulk.commit({
          file: 'shared',
          logPosition: 2,
          writes: [{ sql: WRITE, rows: [note(29_999, 'late')] }],
        }),
        bulk.commit({
          file: 'shared',
          logPosition: 3,
          writes: [{ sql: WRITE, rows: [note(30_000, 'last')] }],
        }),
      ])
      expect(appliedPosition(bulk, 'shared')).toBe(3)
      expect(texts(bulk).slice(-2)).toEqual(['many', 'last'])
    }))

  it('never takes a file back to an earlier position', () =>
    withWriter(form, async (bulk) => {
      await bulk.commit({ file: 'shared', logPosition: 5, writes: [] })
      await bulk.commit({ file: 'shared', logPosition: 5, writes: [] })
      const back = bulk.commit({ file: 'shared', logPosition: 4, writes: [] })
      await expect(back).rejects.toMatchObject({ code: 'BULK_WRITE' })
      expect(appliedPosition(bulk, 'shared')).toBe(5)
    }))

  it('keeps each file apart', () =>
    withWriter(form, async (bulk) => {
      await bulk.commit({ file: 'acme', logPosition: 9, writes: [] })
      expect(appliedPosition(bulk, 'acme')).toBe(9)
      expect(appliedPosition(bulk, 'shared')).toBe(0)
      expect(appliedPosition(bulk, 'new')).toBe(0)
      expect(() => appliedPosition(bulk, '../x')).toThrow('a bulk file is called')
    }))

  it('takes every kind of value, bytes of a pooled buffer included', () =>
    withWriter(form, async (bulk) => {
      const large = new Uint8Array(50_000).fill(7)
      await bulk.commit({
        file: 'shared',
        logPosition: 1,
        writes: [
          {
            sql: WRITE,
            rows: [note(1, 'pooled', Buffer.from('abc')), note(2, 'large', large), note(3, 'none')],
          },
        ],
      })
      const read = bulk.read<{ bytes: Buffer | null }>(
        'shared',
        'SELECT bytes FROM note WHERE id <= ?',
        [3],
      )
      expect(read.map(({ bytes }) => bytes?.toString('latin1'))).toEqual([
        'abc',
        Buffer.alloc(50_000, 7).toString('latin1'),
        undefined,
      ])
    }))
})

describe('the bulk worker', () => {
  it('finishes what it was given before it ends', async () => {
    const directory = temporary()
    const bulk = FORMS.worker(directory)
    const committed = bulk.commit({ file: 'shared', logPosition: 7, writes: [] })
    await bulk.close()
    await committed
    const db = new Sqlite(join(directory, 'shared.db'))
    expect(db.prepare('SELECT position FROM log_position').pluck().get()).toBe(7)
    db.close()
  })

  it('rejects what waits and reports when its thread dies, and is started again once', async () => {
    const log = memoryLog()
    const threads: { die(): void }[] = []
    const bulk = openBulkWorker({
      directory: temporary(),
      log,
      startThread: (directory, onDeath) => {
        const thread = startBulkThread(directory, onDeath)
        let dead = false
        threads.push({
          die() {
            dead = true
            void thread.close()
            onDeath(new Error('killed'))
          },
        })
        return {
          hand: (batch) => (dead ? Promise.reject(new Error('killed')) : thread.hand(batch)),
          close: () => thread.close(),
        }
      },
    })
    const commit = (logPosition: number) => bulk.commit({ file: 'shared', logPosition, writes: [] })
    await commit(1)
    threads[0]?.die()
    await commit(2)
    threads[1]?.die()
    await commit(3)
    threads[2]?.die()
    threads[3]?.die()
    await expect(commit(4)).rejects.toMatchObject({ code: 'BULK_WRITE' })
    expect(threads).toHaveLength(4)
    expect(log.lines.map(({ message }) => message)).toEqual([
      ...Array.from({ length: 3 }, () => 'the bulk worker died and is started again'),
      'the bulk worker died again: nothing is checkpointed any more',
    ])
    expect(appliedPosition(bulk, 'shared')).toBe(3)
    await bulk.close()
  })

  it('dies of a directory that cannot be one, and tells why to those who wait', async () => {
    const path = join(temporary(), 'file')
    writeFileSync(path, '')
    const reason = `making the directory of the bulk databases ${path}`
    const deaths: Error[] = []
    const thread = startBulkThread(path, (cause) => deaths.push(cause))
    const { answer } = await thread.hand({ file: 'shared', logPosition: 1, writes: [] })
    await expect(answer).rejects.toThrow(reason)
    expect(deaths.map(({ message }) => message)).toEqual([reason])
    const later = thread.hand({ file: 'shared', logPosition: 1, writes: [] })
    await expect(later).rejects.toThrow(reason)
    await thread.close()
  })
})
