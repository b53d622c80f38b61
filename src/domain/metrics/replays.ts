/**
 * Which requests were kept whole, so that one that is sent again is known. A sender that heard no
 * answer repeats the same bytes, and of a series with several samples all but the last would seem
 * to be out of order. Nothing is counted by this, only called by its name.
 *
 * A request is known by its count of entries and by what stands in some of them, spread over all: a
 * repeat names the same series and is the same in each; another request is not. The last ones are
 * remembered, over a restart too.
 */
import { floatColumn } from './columns.ts'
import type { Entries } from './entries.ts'

/** The retries of a few hundred senders over some seconds. */
export const REMEMBERED_REQUESTS = 8_191
const LOOKED_AT = 64

/** One entry seen as whole numbers. */
const numbers = new Float64Array(3)
const halves = new Int32Array(numbers.buffer)

export class Replays {
  /** The first row says how many there were; the others are a ring. */
  readonly column = floatColumn(1)

  isKnown(fingerprint: number): boolean {
    const { data, rows } = this.column
    for (let row = 1; row < rows; row += 1) if (data[row] === fingerprint) return true
    return false
  }

  remember(fingerprint: number): void {
    const { column } = this
    if (column.rows === 0) column.reserve(1)
    const row = 1 + (column.data[0]! % REMEMBERED_REQUESTS)
    if (row === column.rows) column.reserve(1)
    column.data[0] = column.data[0]! + 1
    column.data[row] = fingerprint
    column.mark(0)
    column.mark(row)
  }
}

/** Tells the fingerprint of a staged request, a whole number of 52 bits. Cost: 64 entries. */
export function fingerprintOf({ count, slots, timesMs, values }: Entries): number {
  let first = count | 0
  let second = ~count
  const step = Math.max(1, Math.floor(count / LOOKED_AT))
  for (let entry = 0; entry < count; entry += step) {
    numbers[0] = slots[entry]!
    numbers[1] = timesMs[entry]!
    numbers[2] = values[entry]!
    for (const half of halves) {
      first = Math.imul(first ^ half, 0x9e37_79b1)
      first ^= first >>> 15
      second = Math.imul(second ^ first ^ half, 0x85eb_ca6b)
      second ^= second >>> 13
    }
  }
  return (first >>> 0) * 2 ** 20 + (second >>> 12)
}
