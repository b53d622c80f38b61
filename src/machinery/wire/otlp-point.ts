/** What the readers of OTLP data points share: scattered attributes, fields that are not read. */
import type { Cursor } from './cursor.ts'
import { wrongType } from './cursor.ts'
import { append, clear, openScratch, type Scratch } from './scratch.ts'

/** Bit 0 of the flags: there is no recorded value. */
export const NO_RECORDED_VALUE = 1

const scratch = openScratch()

/** Puts the attributes of a point together that other fields lie between. */
export function gather(cursor: Cursor, attributes: number, start: number, end: number): Scratch {
  clear(scratch)
  cursor.position = start
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    cursor.skip(tag, end)
    if (tag === attributes) append(scratch, cursor.bytes, at, cursor.position)
  }
  return scratch
}

/** Skips a field that is not read, or refuses one that is read but came with another wire type. */
export function skipUnread(
  cursor: Cursor,
  tag: number,
  end: number,
  message: string,
  readFields: number,
): void {
  const field = tag >>> 3
  if (field < 32 && ((readFields >>> field) & 1) === 1) {
    throw wrongType(message, tag, cursor.position)
  }
  cursor.skip(tag, end)
}

/** Field numbers as bits. */
export function bits(...fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum | (1 << field), 0)
}

export function doubled(column: Float64Array): Float64Array {
  const larger = new Float64Array(2 * column.length)
  larger.set(column)
  return larger
}
