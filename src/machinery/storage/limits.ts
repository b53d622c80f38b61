/** How much storage takes at once. Each limit has its reason; what exceeds one is refused by
 *  name. */
import { KIB, MIB } from '../../core/units.ts'

export const STORAGE_LIMITS = {
  /** Bulk files open at once on one side. Each costs three descriptors and up to 2 MiB of cache. */
  openFiles: 128,
  /** Statements prepared for one bulk file. Stores own a few dozen texts. */
  statementsPerFile: 512,
  /** Batches that wait for the bulk worker. A checkpoint is one a file; more means that the
   *  worker does not keep up. */
  batchesWaiting: 256,
  /** Values handed to the bulk worker in one turn of the event loop. Copying them takes about
   *  half a millisecond. */
  valuesPerTurn: 20_000,
  /** Bytes of long values handed over in one turn: making and moving them takes about as long. */
  bytesPerTurn: 256 * KIB,
  /** Parts of a batch that were handed over and are not written. */
  partsAhead: 4,
  /** One record's body. A write request is refused long before, by the limits of ingest. */
  logBodyBytes: 64 * MIB,
  /** One record's context: who sent it and how it is to be read. */
  logContextBytes: 4 * KIB,
  /** A segment is the unit in which the log is read and deleted. */
  logSegmentBytes: 64 * MIB,
  /** What the log leaves free on its disk: a checkpoint of some 200,000 changed series fits. */
  logReserveBytes: 128 * MIB,
  /** But no more of a small disk than this share. */
  logReserveRatio: 1 / 8,
} as const
