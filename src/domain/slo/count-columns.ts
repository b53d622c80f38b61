/**
 * The counts of a ring's buckets: whole numbers, exact, in as few bytes as most of them need.
 * Column-major: `at` is column x PAGE_SLOTS + slot. The greatest value of a cell stands for "see
 * the map". How wide cells are in memory says nothing of how they are stored.
 */
export const PAGE_SLOTS = 256

export interface CellWidth {
  /** In memory. */
  readonly bytes: 1 | 2 | 4
  readonly storedBytes: 2 | 4
}

type Cells = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

const CELLS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const

export class CountColumns {
  readonly storedBytes: 2 | 4
  readonly #cells: Cells
  readonly #escape: number
  readonly #storedEscape: number
  readonly #large = new Map<number, number>()

  constructor(columns: number, { bytes, storedBytes }: CellWidth) {
    this.storedBytes = storedBytes
    this.#cells = new CELLS[bytes](columns * PAGE_SLOTS)
    this.#escape = greatest(bytes)
    this.#storedEscape = greatest(storedBytes)
  }

  at(at: number): number {
    const value = this.#cells[at]!
    return value === this.#escape ? this.#large.get(at)! : value
  }

  /** Asks for a whole number; it may be below zero. */
  put(at: number, value: number): void {
    if (value >= 0 && value < this.#escape) {
      this.#cells[at] = value
      if (this.#large.size > 0) this.#large.delete(at)
      return
    }
    this.#cells[at] = this.#escape
    this.#large.set(at, value)
  }

  clear(): void {
    this.#cells.fill(0)
    this.#large.clear()
  }

  clearColumn(column: number): void {
    const from = column * PAGE_SLOTS
    this.#cells.fill(0, from, from + PAGE_SLOTS)
    for (const at of this.#large.keys()) {
      if (at >= from && at < from + PAGE_SLOTS) this.#large.delete(at)
    }
  }

  /** Lists what of a column does not fit its stored cells. Shape: slot, count, flat. */
  beyondStored(column: number): number[] {
    if (this.#large.size === 0) return NONE
    const from = column * PAGE_SLOTS
    return [...this.#large].flatMap(([at, value]) => {
      const isHere = at >= from && at < from + PAGE_SLOTS
      return isHere && !this.#fitsStored(value) ? [at - from, value] : NONE
    })
  }

  /** Writes the cells of a column's first `used` slots, little-endian. */
  pack(column: number, used: number, into: Uint8Array): void {
    const from = column * PAGE_SLOTS
    const { BYTES_PER_ELEMENT: bytes, buffer } = this.#cells
    if (bytes === this.storedBytes) {
      into.set(new Uint8Array(buffer, from * bytes, used * bytes))
      return
    }
    const wider = scratch[this.storedBytes]
    for (let slot = 0; slot < used; slot += 1) {
      const value = this.at(from + slot)
      wider[slot] = this.#fitsStored(value) ? value : this.#storedEscape
    }
    into.set(new Uint8Array(wider.buffer, 0, used * this.storedBytes))
  }

  /** Reads what `pack` wrote, and what was beyond it. */
  load(column: number, cells: Uint8Array, beyond: ReadonlyMap<number, number>): void {
    const stored = new CELLS[this.storedBytes](cells.slice().buffer)
    const from = column * PAGE_SLOTS
    if (this.#cells.BYTES_PER_ELEMENT === this.storedBytes) this.#cells.set(stored, from)
    else for (let slot = 0; slot < stored.length; slot += 1) this.put(from + slot, stored[slot]!)
    for (const [slot, value] of beyond) this.put(from + slot, value)
  }

  #fitsStored(value: number): boolean {
    return value >= 0 && value < this.#storedEscape
  }
}

function greatest(bytes: number): number {
  return 256 ** bytes - 1
}

const scratch = { 2: new Uint16Array(PAGE_SLOTS), 4: new Uint32Array(PAGE_SLOTS) }

const NONE: number[] = []
