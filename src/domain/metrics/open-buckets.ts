/**
 * Gains that wait to be drained: two open buckets a row, since the series of one row are rarely
 * more than two buckets apart. A gain of a third bucket pushes the older one out.
 */
import { BUCKET_MS } from './cell.ts'

const STRIDE = 4
/** Halves of a row: bucket end (0 for none) and amount, twice. */
const FIRST = 0
const SECOND = 2

/** Taken between two looks at the clock: about 0.3 ms. */
const ROWS_A_PIECE = 2_048

/** Takes one bucket's amount out. */
export interface Flush {
  (row: number, bucketEndMs: number, amount: number): void
}

export class OpenBuckets {
  #pending = new Float64Array(STRIDE * 1024)
  /** Rows with something pending. */
  #touched: number[] = []
  /** Those of them that are being taken. */
  #taking: number[] = []
  readonly #flush: Flush

  constructor(flush: Flush) {
    this.#flush = flush
  }

  /** Makes room for rows. */
  reserve(rows: number): void {
    if (rows * STRIDE <= this.#pending.length) return
    const grown = new Float64Array(2 * this.#pending.length)
    grown.set(this.#pending)
    this.#pending = grown
  }

  /** Adds what a row gained at a time. Hot. */
  book(row: number, atMs: number, amount: number): void {
    const pending = this.#pending
    const at = row * STRIDE
    const bucket = Math.ceil(atMs / BUCKET_MS) * BUCKET_MS
    if (pending[at] === bucket) pending[at + 1] = pending[at + 1]! + amount
    else if (pending[at + SECOND] === bucket) pending[at + 3] = pending[at + 3]! + amount
    else this.#open(row, bucket, amount)
  }

  /** Takes all that is pending. */
  flush(): void {
    while (!this.isEmpty) for (const _ of this.pieces());
  }

  /**
   * Takes what is pending now. Shape: each yield is a place to pause; of what is booked meanwhile
   * some may be taken too.
   */
  *pieces(): Generator<void, void> {
    if (this.#taking.length === 0) {
      this.#taking = this.#touched
      this.#touched = []
    }
    for (let rows = 1; this.#taking.length > 0; rows += 1) {
      this.flushRow(this.#taking.pop()!)
      if (rows % ROWS_A_PIECE === 0) yield
    }
  }

  flushRow(row: number): void {
    this.#flushAt(row, row * STRIDE + FIRST)
    this.#flushAt(row, row * STRIDE + SECOND)
  }

  has(row: number): boolean {
    const at = row * STRIDE
    return this.#pending[at] !== 0 || this.#pending[at + SECOND] !== 0
  }

  get isEmpty(): boolean {
    return this.#touched.length === 0 && this.#taking.length === 0
  }

  #open(row: number, bucket: number, amount: number): void {
    const pending = this.#pending
    const at = row * STRIDE
    if (pending[at] === 0 && pending[at + SECOND] === 0) this.#touched.push(row)
    const older = at + (pending[at]! <= pending[at + SECOND]! ? FIRST : SECOND)
    this.#flushAt(row, older)
    pending[older] = bucket
    pending[older + 1] = amount
  }

  #flushAt(row: number, at: number): void {
    const pending = this.#pending
    const bucket = pending[at]!
    if (bucket === 0) return
    const amount = pending[at + 1]!
    pending[at] = 0
    pending[at + 1] = 0
    this.#flush(row, bucket, amount)
  }
}
