/** What the main thread and the bulk worker say to each other. A batch comes in parts, of which
 *  only a few are under way at a time: so handing over a large one holds up nobody, and neither
 *  side has it in memory whole. */
import type { BulkWrite } from '../../core/ports.ts'

export interface BulkWorkerData {
  readonly directory: string
}

/** Batches follow each other: the parts of one, then its commit. One whose commit never comes was
 *  given up. */
export type ToBulkWorker =
  | {
      readonly kind: 'part'
      readonly batchId: number
      readonly file: string
      readonly writes: readonly BulkWrite[]
    }
  | {
      readonly kind: 'commit'
      readonly batchId: number
      readonly file: string
      readonly logPosition: number | null
      /** How many parts came before: a batch that lost one must not be written. */
      readonly parts: number
    }
  | { readonly kind: 'close' }

/** The answer to each part, and to the commit. */
export interface FromBulkWorker {
  readonly kind: 'part' | 'commit'
  readonly batchId: number
  /** Why nothing of the batch is written, or null. */
  readonly failure: string | null
}
