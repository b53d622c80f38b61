/** One run of the forwarding worker, seen from the main thread. */
import { Worker } from 'node:worker_threads'
import { modulePath } from '../../../machinery/runtime/paths.ts'
import type { ForwardWorkerData, FromForwardWorker, ToForwardWorker } from './forward-protocol.ts'

export interface ForwardThread {
  tell(message: ToForwardWorker): void
  /** Lets what is under way end, then ends. What it reports last comes before it resolves. */
  close(): Promise<void>
}

export interface ForwardThreadEvents {
  readonly onMessage: (message: FromForwardWorker) => void
  /** It ended without having been told to. */
  readonly onDeath: (cause: Error) => void
}

/** The thread's own module, at the top: it reads records as ingest wrote them. */
const MODULE = 'forward-worker'

export function startForwardThread(
  workerData: ForwardWorkerData,
  { onMessage, onDeath }: ForwardThreadEvents,
): ForwardThread {
  const worker = new Worker(modulePath(MODULE), { workerData })
  let death: Error | null = null
  let isClosing = false
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.on('message', onMessage)
  worker.once('error', (error) => {
    death = error instanceof Error ? error : new Error(String(error))
  })
  worker.once('exit', (code) => {
    if (!isClosing) onDeath(death ?? new Error(`the forwarding worker ended with code ${code}`))
  })
  return {
    tell: (message) => worker.postMessage(message),
    async close() {
      isClosing = true
      worker.postMessage({ kind: 'close' } satisfies ToForwardWorker)
      await ended
    },
  }
}
