/** Cuts a batch into parts that are quick to copy to another thread, and says which buffers move
 *  without being copied. */
import type { BulkValue, BulkWrite } from '../../core/ports.ts'
import { STORAGE_LIMITS } from './limits.ts'

export interface BatchPart {
  readonly writes: BulkWrite[]
  readonly transfer: Set<ArrayBuffer>
}

/** Below this a copy is cheaper than a transfer. */
const TRANSFER_MIN_BYTES = 1_024

/** Cuts writes into parts of a bounded number of values, in order. Shape: none for no rows; a
 *  row is never cut. Ownership: buffers in `transfer` are lost to the sender once they are
 *  posted. */
export function* batchParts(
  writes: readonly BulkWrite[],
  valuesMax: number = STORAGE_LIMITS.valuesPerTurn,
): Generator<BatchPart> {
  let part: BatchPart = { writes: [], transfer: new Set() }
  let values = 0
  for (const { sql, rows } of writes) {
    let portable: (readonly BulkValue[])[] = []
    for (const row of rows) {
      if (portable.length === 0) part.writes.push({ sql, rows: portable })
      portable.push(portableRow(row, part.transfer))
      values += row.length
      if (values < valuesMax) continue
      yield part
      part = { writes: [], transfer: new Set() }
      portable = []
      values = 0
    }
  }
  if (part.writes.length > 0) yield part
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
