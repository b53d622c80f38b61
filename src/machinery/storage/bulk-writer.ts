/**
 * The one writer of the bulk files, in two forms that behave alike: in a worker thread for the
 * server, and on the calling thread for tests and simulation. A batch is one transaction that also
 * moves its file's log position.
 */
import { TenantryError } from '../../core/errors.ts'
import type { BulkBatch, BulkWriter, Log } from '../../core/ports.ts'
import { applyBatch, READ_POSITION } from './apply-batch.ts'
import { startBulkThread, type BulkThread } from './bulk-thread.ts'
import { STORAGE_ERRORS } from './errors.ts'
import { openFilePool, type FilePool } from './file-pool.ts'
import { STORAGE_LIMITS } from './limits.ts'

/** Tells up to which log position a file holds what the log says. Zero for a new file. */
export function appliedPosition(bulk: BulkWriter, file: string): number {
  return bulk.read<{ position: number }>(file, READ_POSITION)[0]?.position ?? 0
}

/** Opens a writer on the calling thread. `:memory:` as directory keeps the files in memory. */
export function openBulkInline({ directory }: { directory: string }): BulkWriter {
  const pool = openFilePool({ directory, readonly: false })
  return {
    async commit(batch) {
      try {
        applyBatch(pool, batch)
      } catch (cause) {
        throw refusal(batch, cause)
      }
    },
    read: readFrom(pool),
    close: async () => pool.close(),
  }
}

/** Opens a writer in a thread of its own. One that dies is started again, but not twice in a row
 *  without a batch written in between: then commits are refused, the log keeps what the files
 *  lack, and reads go on. */
export function openBulkWorker(options: {
  directory: string
  log: Log
  /** How a thread is started, for a test that lets it die. */
  startThread?: typeof startBulkThread
}): BulkWriter {
  const { directory, log, startThread = startBulkThread } = options
  const readers = openFilePool({ directory, readonly: true })
  let waiting = 0
  let handing: Promise<unknown> = Promise.resolve()
  let mayRestart = true

  const start = (): BulkThread =>
    startThread(directory, (cause) => {
      if (mayRestart) {
        log.error({ error: cause }, 'the bulk worker died and is started again')
        thread = start()
      } else {
        log.error({ error: cause }, 'the bulk worker died again: nothing is checkpointed any more')
      }
      mayRestart = false
    })
  let thread = start()

  const commit = async (batch: BulkBatch): Promise<void> => {
    // Batches are handed over one after the other, so that they are written in the order in which
    // they were given.
    const handed = handing.then(() => thread.hand(batch))
    handing = handed.catch(() => undefined)
    await (
      await handed
    ).answer
    mayRestart = true
  }
  return {
    async commit(batch) {
      if (waiting >= STORAGE_LIMITS.batchesWaiting)
        throw refusal(batch, new Error(`${waiting} batches wait already`))
      waiting += 1
      try {
        await commit(batch)
      } catch (cause) {
        throw refusal(batch, cause)
      } finally {
        waiting -= 1
      }
    },
    read: readFrom(readers),
    async close() {
      await handing
      await thread.close()
      readers.close()
    },
  }
}

function readFrom(pool: FilePool): BulkWriter['read'] {
  return <Row>(file: string, sql: string, parameters: Parameters<BulkWriter['read']>[2] = []) =>
    pool
      .use(file)
      .prepare(sql)
      .all(...parameters) as Row[]
}

function refusal({ file, logPosition }: BulkBatch, cause: unknown): TenantryError {
  return new TenantryError(
    STORAGE_ERRORS.bulkWrite,
    `writing the bulk file ${file} at log position ${logPosition ?? 'as it is'}`,
    { cause, details: { file, logPosition } },
  )
}
