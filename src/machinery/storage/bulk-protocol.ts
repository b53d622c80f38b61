/** What the main thread and the bulk worker say to each other. A batch comes in parts, so that
 *  handing over a large one holds up nobody. */
import type { BulkWrite } from '../../core/ports.ts'

export interface BulkWorkerData {
  readonly directory: string
}

/** Batches follow each other: the parts of one, then its commit. One whose commit never comes was
 *  given up. */
export type ToBulkWorker =
  | { readonly kind: 'part'; readonly batchId: number; readonly writes: readonly BulkWrite[] }
  | {
      readonly kind: 'commit'
      readonly batchId: number
      readonly file: string
      readonly logPosition: number | null
      /** How many parts came before: a batch that lost one must not be written. */
      readonly parts: number
    }
  | { readonly kind: 'close' }

/** The answer to a commit. */
export interface FromBulkWorker {
  readonly batchId: number
  /** Why nothing of the batch was written, or null. */
  readonly failure: string | null
}
