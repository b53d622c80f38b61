/**
 * Packs rollups into bytes: one minute of all cells, and one hour of a tenant's cells by minute.
 * NaN stands for "nothing was counted" and takes no room. Cell ids rise and are written as
 * differences.
 */
import { PackReader, PackWriter } from './packed-numbers.ts'

export const MINUTES_PER_HOUR = 60

/** One hour of one cell: a value a minute. */
export interface HourRow {
  readonly cellId: number
  readonly minutes: Float64Array
}

/** Packs one value for each cell. Shape: `values[cellId]`, NaN for none. */
export function packValues(values: Float64Array, count: number): Uint8Array {
  const writer = new PackWriter()
  let last = 0
  for (let cellId = 0; cellId < count; cellId += 1) {
    const value = values[cellId]!
    if (Number.isNaN(value)) continue
    writer.varint(cellId - last)
    writer.number(value)
    last = cellId
  }
  return writer.bytes()
}

/** Calls with each cell and value that `packValues` packed. */
export function unpackValues(bytes: Uint8Array, each: (cellId: number, value: number) => void) {
  const reader = new PackReader(bytes)
  let cellId = 0
  while (!reader.done()) {
    cellId += reader.varint()
    each(cellId, reader.number())
  }
}

/** Packs hours of cells. Shape: cell ids rise. */
export function packHour(rows: readonly HourRow[]): Uint8Array {
  const writer = new PackWriter()
  let last = 0
  for (const { cellId, minutes } of rows) {
    writer.varint(cellId - last)
    last = cellId
    for (let half = 0; half < MINUTES_PER_HOUR; half += 30) writer.varint(presence(minutes, half))
    for (const value of minutes) if (!Number.isNaN(value)) writer.number(value)
  }
  return writer.bytes()
}

/** Reads what `packHour` packed. */
export function unpackHour(bytes: Uint8Array): HourRow[] {
  const reader = new PackReader(bytes)
  const rows: HourRow[] = []
  let cellId = 0
  while (!reader.done()) {
    cellId += reader.varint()
    const present = [reader.varint(), reader.varint()]
    const minutes = new Float64Array(MINUTES_PER_HOUR).fill(NaN)
    for (let minute = 0; minute < MINUTES_PER_HOUR; minute += 1) {
      if (((present[minute < 30 ? 0 : 1]! >>> (minute % 30)) & 1) === 1) {
        minutes[minute] = reader.number()
      }
    }
    rows.push({ cellId, minutes })
  }
  return rows
}

/** A bit for each of 30 minutes that has a value. */
function presence(minutes: Float64Array, from: number): number {
  let bits = 0
  for (let minute = 0; minute < 30; minute += 1) {
    if (!Number.isNaN(minutes[from + minute]!)) bits |= 1 << minute
  }
  return bits
}
