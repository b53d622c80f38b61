/** One run of the bulk worker, from start to death: hands batches over and matches the answers.
 *  Errors are plain; the caller names them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { BulkBatch } from '../../core/ports.ts'
import { modulePath } from '../runtime/paths.ts'
import { batchParts } from './batch-parts.ts'
import type { BulkWorkerData, FromBulkWorker, ToBulkWorker } from './bulk-protocol.ts'
import { STORAGE_LIMITS } from './limits.ts'

export interface BulkThread {
  /** Hands a batch over. Resolves when the worker has it all, to the promise of its answer.
   *  Rejects when a part of it could not be written: then nothing of it is. One at a time. */
  hand(batch: BulkBatch): Promise<{ answer: Promise<void> }>
  /** Lets the worker finish what it has and end. */
  close(): Promise<void>
}

interface Waiting {
  resolve(): void
  reject(error: Error): void
}

/** Starts a worker. `onDeath` is called when it ends without having been told to, after its
 *  waiting batches were rejected. */
export function startBulkThread(directory: string, onDeath: (cause: Error) => void): BulkThread {
  const worker = new Worker(modulePath('machinery/storage/bulk-worker'), {
    workerData: { directory } satisfies BulkWorkerData,
  })
  /** Batches whose commit was posted. */
  const waiting = new Map<number, Waiting>()
  /** Of the batch that is handed over now. */
  const handing = { batchId: 0, untaken: 0, failure: null as string | null, wake: () => {} }
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let death: Error | null = null
  let closing = false

  worker.on('message', ({ kind, batchId, failure }: FromBulkWorker) => {
    if (kind === 'part') {
      if (batchId !== handing.batchId) return
      handing.untaken -= 1
      handing.failure = failure
      handing.wake()
      return
    }
    const batch = waiting.get(batchId)
    waiting.delete(batchId)
    if (failure === null) batch?.resolve()
    else batch?.reject(new Error(failure))
  })
  worker.once(
    'error',
    (error) => (death = error instanceof Error ? error : new Error(String(error))),
  )
  worker.once('exit', (code) => {
    death ??= new Error(`the bulk worker ended with code ${code}`)
    for (const batch of waiting.values()) batch.reject(death)
    waiting.clear()
    handing.wake()
    if (!closing) onDeath(death)
  })

  const post = (message: ToBulkWorker, transfer: Iterable<ArrayBuffer> = []): void => {
    if (death !== null) throw death
    worker.postMessage(message, [...transfer])
  }
  const untilTaken = async (): Promise<void> => {
    while (handing.untaken >= STORAGE_LIMITS.partsAhead && death === null) {
      await new Promise<void>((resolve) => (handing.wake = resolve))
    }
    if (handing.failure !== null) throw new Error(handing.failure)
  }
  return {
    async hand({ file, logPosition, writes }) {
      const batchId = handing.batchId + 1
      Object.assign(handing, { batchId, untaken: 0, failure: null })
      let parts = 0
      for (const part of batchParts(writes)) {
        post({ kind: 'part', batchId, file, writes: part.writes }, part.transfer)
        parts += 1
        handing.untaken += 1
        await nextTurn()
        await untilTaken()
      }
      const answer = new Promise<void>((resolve, reject) =>
        waiting.set(batchId, { resolve, reject }),
      )
      // Whoever awaits the answer hears of a failure; until then it must not count as unhandled.
      answer.catch(() => undefined)
      post({ kind: 'commit', batchId, file, logPosition, parts })
      return { answer }
    },
    async close() {
      closing = true
      if (death === null) worker.postMessage({ kind: 'close' } satisfies ToBulkWorker)
      await ended
    },
  }
}
