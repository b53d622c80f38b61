import { assert } from '../../core/assert.ts'
import type { BulkBatch } from '../../core/ports.ts'
import { inTransaction } from './database.ts'
import type { FilePool } from './file-pool.ts'

export const READ_POSITION = 'SELECT position FROM log_position WHERE id = 1'

const WRITE_POSITION = `
  INSERT INTO log_position (id, position)
  VALUES (1, ?)
  ON CONFLICT (id) DO UPDATE
  SET position = excluded.position
  WHERE excluded.position >= position`

/** Writes a batch and the log position that it stands for, whole or not at all. Throws what
 *  SQLite throws. */
export function applyBatch(pool: FilePool, { file, logPosition, writes }: BulkBatch): void {
  const { db, prepare } = pool.use(file)
  inTransaction(db, () => {
    for (const { sql, rows } of writes) {
      const statement = prepare(sql)
      for (const row of rows) statement.run(...row)
    }
    if (logPosition === null) return
    const { changes } = prepare(WRITE_POSITION).run(logPosition)
    assert(changes === 1, 'a batch that stands at or after the position that its file has reached')
  })
}
