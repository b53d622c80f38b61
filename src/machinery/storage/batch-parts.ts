/** Cuts a batch into parts that are quick to copy to another thread, and says which buffers move
 *  without being copied. */
import type { BulkValue, BulkWrite } from '../../core/ports.ts'
import { STORAGE_LIMITS } from './limits.ts'

export interface PartWrite extends BulkWrite {
  readonly rows: readonly (readonly BulkValue[])[]
}

export interface BatchPart {
  readonly writes: PartWrite[]
  readonly transfer: Set<ArrayBuffer>
}

/** Below this a copy is cheaper than a transfer. */
const TRANSFER_MIN_BYTES = 1_024

/** Cuts writes into parts of a bounded number of values and bytes, in order; rows that are made
 *  late are made part by part. Shape: none for no rows; a row is never cut. Ownership: buffers in
 *  `transfer` are lost to the sender once they are posted. */
export function* batchParts(
  writes: readonly BulkWrite[],
  valuesMax: number = STORAGE_LIMITS.valuesPerTurn,
  bytesMax: number = STORAGE_LIMITS.bytesPerTurn,
): Generator<BatchPart> {
  let part: BatchPart = { writes: [], transfer: new Set() }
  let values = 0
  let bytes = 0
  for (const { sql, rows } of writes) {
    let portable: (readonly BulkValue[])[] = []
    for (const row of rows) {
      if (portable.length === 0) part.writes.push({ sql, rows: portable })
      portable.push(portableRow(row, part.transfer))
      values += row.length
      for (const value of row) bytes += longBytes(value)
      if (values < valuesMax && bytes < bytesMax) continue
      yield part
      part = { writes: [], transfer: new Set() }
      portable = []
      values = 0
      bytes = 0
    }
  }
  if (part.writes.length > 0) yield part
}

function longBytes(value: BulkValue): number {
  return value instanceof Uint8Array || typeof value === 'string' ? value.length : 0
}

/** Copying a view would copy its whole buffer, which for Node's pooled buffers is another's
 *  data: such a value is cut out first. */
function portableRow(row: readonly BulkValue[], transfer: Set<ArrayBuffer>): readonly BulkValue[] {
  if (!row.some((value) => value instanceof Uint8Array)) return row
  return row.map((value) => {
    if (!(value instanceof Uint8Array)) return value
    const { buffer } = value
    const whole = buffer instanceof ArrayBuffer && value.byteLength === buffer.byteLength
    if (!whole) return new Uint8Array(value)
    if (buffer.byteLength >= TRANSFER_MIN_BYTES) transfer.add(buffer)
    return value
  })
}
