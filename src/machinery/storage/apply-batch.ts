import { assert } from '../../core/assert.ts'
import type { BulkBatch, BulkWrite } from '../../core/ports.ts'
import { beginTransaction } from './database.ts'
import type { FilePool } from './file-pool.ts'

export const READ_POSITION = 'SELECT position FROM log_position WHERE id = 1'

const WRITE_POSITION = `
  INSERT INTO log_position (id, position)
  VALUES (1, ?)
  ON CONFLICT (id) DO UPDATE
  SET position = excluded.position
  WHERE excluded.position >= position`

/** A batch on its way into its file, which holds nothing of it before the commit. Methods throw
 *  what SQLite throws; then nothing of the batch is written any more. */
export interface OpenBatch {
  write(writes: readonly BulkWrite[]): void
  /** Moves the file's log position, where one is given, and makes the batch last. */
  commit(logPosition: number | null): void
  giveUp(): void
}

/** Begins a batch. One at a time in a file. */
export function openBatch(pool: FilePool, file: string): OpenBatch {
  const { db, prepare } = pool.use(file)
  const transaction = beginTransaction(db)
  return {
    write(writes) {
      transaction.run(() => {
        for (const { sql, rows } of writes) {
          const statement = prepare(sql)
          for (const row of rows) statement.run(...row)
        }
      })
    },
    commit(logPosition) {
      transaction.run(() => {
        if (logPosition === null) return
        const { changes } = prepare(WRITE_POSITION).run(logPosition)
        assert(changes === 1, 'a batch that stands at or after the position of its file')
      })
      transaction.commit()
    },
    giveUp: transaction.rollBack,
  }
}

/** Writes a batch and the log position that it stands for, whole or not at all. Throws what
 *  SQLite throws. */
export function applyBatch(pool: FilePool, { file, logPosition, writes }: BulkBatch): void {
  const batch = openBatch(pool, file)
  batch.write(writes)
  batch.commit(logPosition)
}
