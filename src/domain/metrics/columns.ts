/**
 * Columns of numbers that grow, know which of their chunks changed, and go to disk chunk by chunk.
 * Everything that has to survive a restart and is not a name or a key lies in one of these. A row
 * is `stride` numbers; a chunk is `CHUNK_ROWS` rows.
 */
const CHUNK_ROW_BITS = 10
const CHUNK_ROWS = 1 << CHUNK_ROW_BITS

/** A chunk as it was when it was taken. */
export interface TakenChunk {
  readonly index: number
  /** Gives what is in it, once: it may be copied only now. */
  bytes(): Uint8Array
}

type Numbers = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>

export class Column<A extends Numbers> {
  /** Replaced when the column grows: take it anew after `reserve`. */
  data: A
  #rows = 0
  /** One byte a chunk, so that marking is one store. */
  #dirty = new Uint8Array(16)
  readonly #make: (length: number) => A
  readonly stride: number

  constructor(make: (length: number) => A, stride: number) {
    this.#make = make
    this.stride = stride
    this.data = make(CHUNK_ROWS * stride)
  }

  get rows(): number {
    return this.#rows
  }

  /** Adds rows of zeros and returns the first one's number. */
  reserve(rows: number): number {
    const first = this.#rows
    if (rows === 0) return first
    this.#rows += rows
    if (this.#rows * this.stride > this.data.length) {
      const grown = this.#make(2 ** Math.ceil(Math.log2(this.#rows)) * this.stride)
      grown.set(this.data)
      this.data = grown
    }
    this.#markRange(first, this.#rows)
    return first
  }

  /** Says that a row changed. */
  mark(row: number): void {
    this.#dirty[row >>> CHUNK_ROW_BITS] = 1
  }

  /** Takes the chunks that changed since the last call, as copies. */
  takeChanged(): TakenChunk[] {
    const taken: TakenChunk[] = []
    this.#dirty.forEach((flag, index) => {
      if (flag === 1) taken.push(takenChunk(index, this.#copy(index)))
    })
    this.#dirty.fill(0)
    return taken
  }

  /** Says that a chunk that `takeChanged` gave did not reach the disk. */
  markChunk(index: number): void {
    this.#dirty[index] = 1
  }

  /** Puts back a chunk that `takeChanged` gave to an earlier process. Chunks come in order. */
  restoreChunk(index: number, bytes: Uint8Array): void {
    const values = this.#make(bytes.length / this.data.BYTES_PER_ELEMENT)
    new Uint8Array(values.buffer).set(bytes)
    this.reserve(Math.max(0, index * CHUNK_ROWS + values.length / this.stride - this.#rows))
    this.data.set(values, index * CHUNK_ROWS * this.stride)
    this.#dirty.fill(0)
  }

  #copy(index: number): Uint8Array {
    const from = index * CHUNK_ROWS
    const to = Math.min(this.#rows, from + CHUNK_ROWS)
    return new Uint8Array(this.data.slice(from * this.stride, to * this.stride).buffer)
  }

  #markRange(fromRow: number, toRow: number): void {
    const last = (toRow - 1) >>> CHUNK_ROW_BITS
    while (last >= this.#dirty.length) {
      const grown = new Uint8Array(2 * this.#dirty.length)
      grown.set(this.#dirty)
      this.#dirty = grown
    }
    this.#dirty.fill(1, fromRow >>> CHUNK_ROW_BITS, last + 1)
  }
}

/** A chunk that was copied at once. */
export function takenChunk(index: number, copy: Uint8Array): TakenChunk {
  return { index, bytes: () => copy }
}

export type FloatColumn = Column<Float64Array<ArrayBuffer>>
export type IntColumn = Column<Int32Array<ArrayBuffer>>

export function floatColumn(stride: number): FloatColumn {
  return new Column((length) => new Float64Array(length), stride)
}

export function intColumn(stride: number): IntColumn {
  return new Column((length) => new Int32Array(length), stride)
}
