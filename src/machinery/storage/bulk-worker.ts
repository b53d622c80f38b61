/** The thread that owns the bulk files: gathers the parts of a batch, writes it in one
 *  transaction, answers. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../core/assert.ts'
import type { BulkWrite } from '../../core/ports.ts'
import { applyBatch } from './apply-batch.ts'
import type { BulkWorkerData, FromBulkWorker, ToBulkWorker } from './bulk-protocol.ts'
import { openFilePool } from './file-pool.ts'

assert(parentPort !== null, 'the bulk worker runs in a worker thread')
const port = parentPort
const pool = openFilePool({ directory: (workerData as BulkWorkerData).directory, readonly: false })
let gathered: { readonly batchId: number; readonly parts: (readonly BulkWrite[])[] } | null = null

port.on('message', (message: ToBulkWorker) => {
  switch (message.kind) {
    case 'part':
      partsOf(message.batchId).push(message.writes)
      return
    case 'commit': {
      const parts = partsOf(message.batchId)
      gathered = null
      const failure = failureOf(() => {
        assert(parts.length === message.parts, 'every part of a batch arrived')
        applyBatch(pool, { ...message, writes: parts.flat() })
      })
      port.postMessage({ batchId: message.batchId, failure } satisfies FromBulkWorker)
      return
    }
    case 'close':
      pool.close()
      port.close()
  }
})

function partsOf(batchId: number): (readonly BulkWrite[])[] {
  if (gathered?.batchId !== batchId) gathered = { batchId, parts: [] }
  return gathered.parts
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
