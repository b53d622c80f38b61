/**
 * Which intervals of a delta series were counted, so that a repeat counts nothing and an overlap is
 * seen. A delta's identity is (series, start, end). The last 32 intervals are remembered, sorted;
 * what lies before those that were forgotten cannot be judged and is refused as out of order.
 */
import { floatColumn } from './columns.ts'

export const REMEMBERED_INTERVALS = 32

const COUNT = 0
/** Nothing that starts before this can be judged. */
const FLOOR_MS = 1
const FIRST = 2
const STRIDE = FIRST + 2 * REMEMBERED_INTERVALS

export type IntervalVerdict = 'new' | 'duplicate' | 'overlap' | 'out-of-order'

export class Intervals {
  readonly column = floatColumn(STRIDE)
  /** Rows of series that are no more. */
  readonly #free: number[] = []

  /** Adds a series and returns its row. */
  add(): number {
    return this.#free.pop() ?? this.column.reserve(1)
  }

  /** Forgets a series. */
  remove(row: number): void {
    this.column.data.fill(0, row * STRIDE, (row + 1) * STRIDE)
    this.column.mark(row)
    this.#free.push(row)
  }

  /** Tells after a restart which rows are still some series'. */
  restoreUse(used: ReadonlySet<number>): void {
    for (let row = 0; row < this.column.rows; row += 1) if (!used.has(row)) this.#free.push(row)
  }

  /**
   * Judges an interval and remembers it when it is new. Shape: (startMs, endMs]; a start that is
   * not known equals the end.
   */
  book(row: number, startMs: number, endMs: number): IntervalVerdict {
    const data = this.column.data
    const base = row * STRIDE
    const count = data[base + COUNT]!
    let after = count
    while (after > 0 && endAt(data, base, after - 1) >= endMs) after -= 1
    // `after` is the first remembered interval that ends at or after this one's end
    for (let index = after; index < count && endAt(data, base, index) === endMs; index += 1) {
      if (startAt(data, base, index) === startMs) return 'duplicate'
    }
    if (overlapsNext(data, base, after, count, startMs, endMs)) return 'overlap'
    if (after > 0 && endAt(data, base, after - 1) > startMs) return 'overlap'
    if (startMs < data[base + FLOOR_MS]!) return 'out-of-order'
    if (count === REMEMBERED_INTERVALS && after === 0) return 'out-of-order'
    insert(data, base, after, startMs, endMs)
    this.column.mark(row)
    return 'new'
  }
}

function overlapsNext(
  data: Float64Array,
  base: number,
  after: number,
  count: number,
  startMs: number,
  endMs: number,
): boolean {
  if (after === count) return false
  if (endAt(data, base, after) === endMs) return true
  return startAt(data, base, after) < endMs && startMs < endAt(data, base, after)
}

/** Puts an interval at its place; a full memory forgets its oldest. */
function insert(data: Float64Array, base: number, after: number, startMs: number, endMs: number) {
  const count = data[base + COUNT]!
  let place = after
  if (count === REMEMBERED_INTERVALS) {
    data[base + FLOOR_MS] = endAt(data, base, 0)
    place -= 1
    data.copyWithin(base + FIRST, base + FIRST + 2, base + FIRST + 2 * after)
  } else {
    const from = base + FIRST + 2 * place
    data.copyWithin(from + 2, from, base + FIRST + 2 * count)
    data[base + COUNT] = count + 1
  }
  data[base + FIRST + 2 * place] = startMs
  data[base + FIRST + 2 * place + 1] = endMs
}

function startAt(data: Float64Array, base: number, index: number): number {
  return data[base + FIRST + 2 * index]!
}

function endAt(data: Float64Array, base: number, index: number): number {
  return data[base + FIRST + 2 * index + 1]!
}
