/** The thread that owns the bulk files: writes the parts of a batch as they come, in one
 *  transaction, and answers. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../core/assert.ts'
import type { BulkValue } from '../../core/ports.ts'
import { releaseBytes } from '../runtime/release-bytes.ts'
import { openBatch, type OpenBatch } from './apply-batch.ts'
import type { BulkWorkerData, FromBulkWorker, ToBulkWorker } from './bulk-protocol.ts'
import { openFilePool } from './file-pool.ts'

interface Coming {
  readonly batchId: number
  parts: number
  /** Null where it could not be begun. */
  batch: OpenBatch | null
  failure: string | null
}

assert(parentPort !== null, 'the bulk worker runs in a worker thread')
const port = parentPort
const pool = openFilePool({ directory: (workerData as BulkWorkerData).directory, readonly: false })
let coming: Coming | null = null

port.on('message', (message: ToBulkWorker) => {
  switch (message.kind) {
    case 'part': {
      const current = batchOf(message)
      current.parts += 1
      current.failure ??= failureOf(() => current.batch?.write(message.writes))
      answer('part', current)
      for (const { rows } of message.writes) for (const row of rows) releaseLong(row)
      return
    }
    case 'commit': {
      const current = batchOf(message)
      current.failure ??= failureOf(() => {
        assert(current.parts === message.parts, 'every part of a batch arrived')
        current.batch?.commit(message.logPosition)
      })
      if (current.failure !== null) current.batch?.giveUp()
      coming = null
      answer('commit', current)
      return
    }
    case 'close':
      coming?.batch?.giveUp()
      pool.close()
      port.close()
  }
})

/** The batch that a message belongs to; the one before was given up when its commit never came. */
function batchOf({ batchId, file }: { batchId: number; file: string }): Coming {
  if (coming?.batchId === batchId) return coming
  coming?.batch?.giveUp()
  const begun: Coming = { batchId, parts: 0, batch: null, failure: null }
  begun.failure = failureOf(() => (begun.batch = openBatch(pool, file)))
  coming = begun
  return begun
}

/** What came in a part is this thread's own; its collector would let it pile up. */
function releaseLong(row: readonly BulkValue[]): void {
  for (const value of row) if (value instanceof Uint8Array) releaseBytes(value)
}

function answer(kind: FromBulkWorker['kind'], { batchId, failure }: Coming): void {
  port.postMessage({ kind, batchId, failure } satisfies FromBulkWorker)
}

function failureOf(call: () => void): string | null {
  try {
    call()
    return null
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : ''
    return code + (error instanceof Error ? error.message : String(error))
  }
}
