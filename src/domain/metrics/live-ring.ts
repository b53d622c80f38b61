/**
 * The last half hour by ten seconds, in memory only, for charts that move. Buckets of the last
 * minute are one number a cell; then they are packed, with an index so that one tenant's cells are
 * found without reading all. What comes later still is kept beside. Memory is bounded: past the
 * budget the oldest buckets go, and the ring tells from when on it is whole.
 */
import { bucketEndMs, MINUTE_MS, SECOND_MS, type TimeRange } from '../../core/time.ts'
import { MIB } from '../../core/units.ts'
import { BUCKET_MS, type Cell, type Increments } from './cell.ts'
import { PackReader, PackWriter } from './packed-numbers.ts'

export interface LiveLimits {
  readonly keptSeconds: number
  /** All buckets together. Worked: 300,000 cells that gain all the time fill it in 11 minutes. */
  readonly bytes: number
}

export const DEFAULT_LIVE_LIMITS: LiveLimits = { keptSeconds: 1_800, bytes: 64 * MIB }

/** How long a bucket takes gains as they come: senders report within a minute. */
const OPEN_MS = MINUTE_MS
/** Cells between two entries of a packed bucket's index. */
const CELLS_AN_ENTRY = 128
const LATE_BYTES = 48
const SPARE_CELLS = 1_024

interface Packed {
  readonly bytes: Uint8Array
  /** Of every 128th cell: its id, and where it is written. */
  readonly ids: Int32Array
  readonly places: Int32Array
}

interface Bucket {
  /** By cell, NaN for none. Null once packed. */
  open: Float64Array | null
  packed: Packed | null
  readonly late: Map<number, number>
}

export class LiveRing {
  readonly #cells: readonly Cell[]
  readonly #limits: LiveLimits
  readonly #buckets = new Map<number, Bucket>()
  #wholeFromMs = Infinity
  #sealedToMs = 0

  constructor(cells: readonly Cell[], limits: Partial<LiveLimits> = {}) {
    this.#cells = cells
    this.#limits = { ...DEFAULT_LIVE_LIMITS, ...limits }
  }

  /** Tells from when on nothing is missing. Infinity before the first gains were booked. */
  wholeFromMs(): number {
    return this.#wholeFromMs
  }

  bytes(): number {
    let bytes = 0
    for (const { open, packed, late } of this.#buckets.values()) {
      const packedBytes = packed === null ? 0 : packed.bytes.length + 8 * packed.ids.length
      bytes += (open?.byteLength ?? 0) + packedBytes + LATE_BYTES * late.size
    }
    return bytes
  }

  /** Adds what counters gained since the last call. What came before the first call is not here. */
  book({ count, cellIds, bucketEndsMs, amounts }: Increments, nowMs: number): void {
    if (this.#wholeFromMs === Infinity) this.#wholeFromMs = bucketEndMs(nowMs, BUCKET_MS)
    for (let index = 0; index < count; index += 1) {
      this.#add(bucketEndsMs[index]!, cellIds[index]!, amounts[index]!, nowMs)
    }
    this.#seal(nowMs)
    this.#evict(nowMs)
  }

  /** Notes the present value of a gauge. */
  note(cellId: number, value: number, nowMs: number): void {
    const bucket = this.#bucket(bucketEndMs(nowMs, BUCKET_MS), nowMs)
    const open = bucket.open === null ? null : this.#widened(bucket)
    if (open === null) bucket.late.set(cellId, value)
    else open[cellId] = value
  }

  /** Calls with every value of cells in (fromMs, toMs], each cell's times rising. */
  read(
    cells: readonly Cell[],
    { fromMs, toMs }: TimeRange,
    each: (cellId: number, bucketEndMs: number, value: number) => void,
  ): void {
    const ids = cells.map(({ cellId }) => cellId).toSorted((a, b) => a - b)
    const ends = [...this.#buckets.keys()].filter((endMs) => endMs > fromMs && endMs <= toMs)
    for (const endMs of ends.toSorted((a, b) => a - b)) {
      const { open, packed, late } = this.#buckets.get(endMs)!
      const tell = (cellId: number, value: number) => each(cellId, endMs, value)
      if (packed !== null) readPacked(packed, ids, tell)
      for (const cellId of ids) {
        const value = open?.[cellId] ?? NaN
        if (!Number.isNaN(value)) tell(cellId, value)
        const lateValue = late.get(cellId)
        if (lateValue !== undefined) tell(cellId, lateValue)
      }
    }
  }

  #add(endMs: number, cellId: number, amount: number, nowMs: number): void {
    if (endMs <= this.#wholeFromMs - BUCKET_MS) return
    const bucket = this.#bucket(endMs, nowMs)
    if (bucket.open === null) {
      bucket.late.set(cellId, (bucket.late.get(cellId) ?? 0) + amount)
      return
    }
    const open = this.#widened(bucket)
    const before = open[cellId]!
    open[cellId] = (Number.isNaN(before) ? 0 : before) + amount
  }

  /** A bucket far ahead or long past takes its few gains one by one. */
  #bucket(endMs: number, nowMs: number): Bucket {
    let bucket = this.#buckets.get(endMs)
    if (bucket === undefined) {
      const isNear = endMs > this.#sealedToMs && endMs <= nowMs + 2 * BUCKET_MS
      bucket = { open: isNear ? new Float64Array(0) : null, packed: null, late: new Map() }
      this.#buckets.set(endMs, bucket)
    }
    return bucket
  }

  #widened(bucket: Bucket): Float64Array {
    const open = bucket.open!
    if (open.length >= this.#cells.length) return open
    const wider = new Float64Array(this.#cells.length + SPARE_CELLS).fill(NaN)
    wider.set(open)
    bucket.open = wider
    return wider
  }

  #seal(nowMs: number): void {
    this.#sealedToMs = Math.max(this.#sealedToMs, nowMs - OPEN_MS)
    for (const [endMs, bucket] of this.#buckets) {
      if (bucket.open === null || endMs > this.#sealedToMs) continue
      bucket.packed = pack(bucket.open)
      bucket.open = null
    }
  }

  #evict(nowMs: number): void {
    const keptFromMs = nowMs - this.#limits.keptSeconds * SECOND_MS
    const ends = [...this.#buckets.keys()].toSorted((a, b) => a - b)
    let bytes = this.bytes()
    for (const endMs of ends) {
      if (endMs > keptFromMs && bytes <= this.#limits.bytes) break
      this.#buckets.delete(endMs)
      this.#wholeFromMs = Math.max(this.#wholeFromMs, endMs)
      bytes = this.bytes()
    }
    this.#wholeFromMs = Math.max(this.#wholeFromMs, bucketEndMs(keptFromMs, BUCKET_MS))
  }
}

function pack(values: Float64Array): Packed {
  const writer = new PackWriter()
  const ids: number[] = []
  const places: number[] = []
  let lastId = 0
  let entries = 0
  for (let cellId = 0; cellId < values.length; cellId += 1) {
    const value = values[cellId]!
    if (Number.isNaN(value)) continue
    if (entries % CELLS_AN_ENTRY === 0) {
      ids.push(cellId)
      places.push(writer.length)
      lastId = cellId
    }
    writer.varint(cellId - lastId)
    writer.number(value)
    lastId = cellId
    entries += 1
  }
  return { bytes: writer.bytes(), ids: Int32Array.from(ids), places: Int32Array.from(places) }
}

/** Shape: `wanted` rises. */
function readPacked(
  { bytes, ids, places }: Packed,
  wanted: readonly number[],
  each: (cellId: number, value: number) => void,
): void {
  let next = 0
  let entry = 0
  while (next < wanted.length && entry < ids.length) {
    while (entry + 1 < ids.length && ids[entry + 1]! <= wanted[next]!) entry += 1
    const endPlace = places[entry + 1] ?? bytes.length
    const reader = new PackReader(bytes, places[entry]!)
    let cellId = ids[entry]!
    for (let at = places[entry]!; at < endPlace && next < wanted.length; at = reader.place) {
      cellId += reader.varint()
      const value = reader.number()
      while (next < wanted.length && wanted[next]! < cellId) next += 1
      if (wanted[next] === cellId) each(cellId, value)
    }
    while (next < wanted.length && wanted[next]! <= cellId) next += 1
    entry += 1
  }
}
