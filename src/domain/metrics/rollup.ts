/**
 * Sums of each cell by minute: two hours of them in memory for rates and quantiles, older ones
 * packed by tenant and hour. A minute is named by its end and holds (end - 60 s, end]; an hour
 * likewise. A late increment goes to the minute that it belongs to: an hour that was packed before
 * is packed again together with what came late.
 */
import { floorToStep, HOUR_MS, MINUTE_MS, bucketEndMs, type TimeRange } from '../../core/time.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Cell, Increments } from './cell.ts'
import { MINUTES_PER_HOUR, packHour, packValues, unpackValues, type HourRow } from './pack.ts'
import { isGauge } from './series-kind.ts'
import { packSpans, spanOf } from './span.ts'

/** Minutes younger than this stay in memory. */
export const MEMORY_MS = 2 * HOUR_MS
/** Cells packed in one call, so that closing an hour never holds the loop for long. */
const CELLS_A_SLICE = 4_000

interface Minute {
  /** By cell; NaN where nothing was counted. */
  values: Float64Array
  changed: boolean
}

/** One tenant's hour, ready to be written. */
export interface PackedHour {
  readonly tenantId: TenantId
  readonly hourEndMs: number
  /** By minute, see pack.ts. */
  readonly minutes: Uint8Array
  /** What each cell came to, see span.ts. */
  readonly hour: Uint8Array
}

/** Reads an hour that was packed before, as rows. */
export interface PackedHourReader {
  (tenantId: TenantId, hourEndMs: number): readonly HourRow[]
}

export interface OpenMinute {
  readonly minuteEndMs: number
  readonly body: Uint8Array
}

export class Rollup {
  readonly #minutes = new Map<number, Minute>()
  readonly #cells: readonly Cell[]
  readonly #ofTenant: (tenantId: TenantId) => readonly Cell[]
  readonly #readPacked: PackedHourReader
  #closing: { hourEndMs: number; tenants: TenantId[]; packed: PackedHour[] } | null = null

  constructor(
    cells: { list: readonly Cell[]; ofTenant(tenantId: TenantId): readonly Cell[] },
    readPacked: PackedHourReader,
  ) {
    this.#cells = cells.list
    this.#ofTenant = (tenantId) => cells.ofTenant(tenantId)
    this.#readPacked = readPacked
  }

  /** Adds what counters gained. */
  book({ count, cellIds, bucketEndsMs, amounts }: Increments): void {
    let minuteEndMs = -1
    let values: Float64Array = new Float64Array(0)
    for (let index = 0; index < count; index += 1) {
      const endMs = bucketEndMs(bucketEndsMs[index]!, MINUTE_MS)
      if (endMs !== minuteEndMs) {
        minuteEndMs = endMs
        values = this.#open(endMs).values
      }
      const cellId = cellIds[index]!
      const before = values[cellId]!
      values[cellId] = (Number.isNaN(before) ? 0 : before) + amounts[index]!
    }
  }

  /**
   * Notes the value of a gauge for a minute, NaN for none; a later one in the same minute replaces
   * it.
   */
  noteGauge(minuteEndMs: number, cellId: number, value: number): void {
    if (Number.isNaN(value) && Number.isNaN(this.value(cellId, minuteEndMs))) return
    this.#open(minuteEndMs).values[cellId] = value
  }

  /** Says that a counter was heard of in a minute, so that no gain is zero and not unknown. */
  noteHeard(minuteEndMs: number, cellId: number): void {
    if (Number.isNaN(this.value(cellId, minuteEndMs))) this.#open(minuteEndMs).values[cellId] = 0
  }

  /** Tells the value of a cell in a minute, NaN for none. Only of minutes in memory. */
  value(cellId: number, minuteEndMs: number): number {
    return this.#minutes.get(minuteEndMs)?.values[cellId] ?? NaN
  }

  /** Calls with every value that cells have in the minutes in memory in (fromMs, toMs]. */
  read(
    cells: readonly Cell[],
    { fromMs, toMs }: TimeRange,
    each: (cellId: number, minuteEndMs: number, value: number) => void,
  ): void {
    const ends = [...this.#minutes.keys()].filter((endMs) => endMs > fromMs && endMs <= toMs)
    for (const endMs of ends.toSorted((a, b) => a - b)) {
      const { values } = this.#minutes.get(endMs)!
      for (const { cellId } of cells) {
        const value = values[cellId] ?? NaN
        if (!Number.isNaN(value)) each(cellId, endMs, value)
      }
    }
  }

  /**
   * Packs hours that left memory's span, a slice a call. Returns them when a whole hour is packed;
   * it is then out of memory.
   */
  packOldHours(nowMs: number): { packed: PackedHour[]; minuteEndsMs: number[] } | null {
    this.#closing ??= this.#nextClosing(nowMs)
    const closing = this.#closing
    if (closing === null) return null
    for (let cells = 0; cells < CELLS_A_SLICE && closing.tenants.length > 0;) {
      const tenantId = closing.tenants.pop()!
      cells += this.#ofTenant(tenantId).length
      const packed = this.#pack(tenantId, closing.hourEndMs)
      if (packed !== null) closing.packed.push(packed)
    }
    if (closing.tenants.length > 0) return null
    this.#closing = null
    const minuteEndsMs = this.#minutesOf(closing.hourEndMs)
    for (const minuteEndMs of minuteEndsMs) this.#minutes.delete(minuteEndMs)
    return { packed: closing.packed, minuteEndsMs }
  }

  /** Takes the minutes in memory that changed since the last call. */
  takeChanged(): OpenMinute[] {
    const taken: OpenMinute[] = []
    for (const [minuteEndMs, minute] of this.#minutes) {
      if (!minute.changed) continue
      minute.changed = false
      taken.push({ minuteEndMs, body: packValues(minute.values, this.#cells.length) })
    }
    return taken
  }

  /** Says that a minute that `takeChanged` gave did not reach the disk. */
  markChanged(minuteEndMs: number): void {
    const minute = this.#minutes.get(minuteEndMs)
    if (minute !== undefined) minute.changed = true
  }

  restore({ minuteEndMs, body }: OpenMinute): void {
    const minute = this.#open(minuteEndMs)
    unpackValues(body, (cellId, value) => {
      minute.values[cellId] = value
    })
    minute.changed = false
  }

  #open(minuteEndMs: number): Minute {
    let minute = this.#minutes.get(minuteEndMs)
    const cells = this.#cells.length
    if (minute === undefined) {
      minute = { values: new Float64Array(cells + SPARE_CELLS).fill(NaN), changed: true }
      this.#minutes.set(minuteEndMs, minute)
    } else if (minute.values.length < cells) {
      const wider = new Float64Array(cells + SPARE_CELLS).fill(NaN)
      wider.set(minute.values)
      minute.values = wider
    }
    minute.changed = true
    // An hour that is being packed must be packed with this: start over
    if (this.#closing !== null && hourOf(minuteEndMs) === this.#closing.hourEndMs) {
      this.#closing = null
    }
    return minute
  }

  #nextClosing(nowMs: number) {
    const firstKeptMs = floorToStep(nowMs - MEMORY_MS, HOUR_MS)
    let hourEndMs = Infinity
    for (const minuteEndMs of this.#minutes.keys()) {
      hourEndMs = Math.min(hourEndMs, hourOf(minuteEndMs))
    }
    if (hourEndMs > firstKeptMs) return null
    const tenants = [...new Set(this.#cells.map((cell) => cell.tenantId))]
    return { hourEndMs, tenants, packed: [] }
  }

  #pack(tenantId: TenantId, hourEndMs: number): PackedHour | null {
    const rows = new Map<number, Float64Array>()
    for (const minuteEndMs of this.#minutesOf(hourEndMs)) {
      const { values } = this.#minutes.get(minuteEndMs)!
      const place = MINUTES_PER_HOUR - 1 - (hourEndMs - minuteEndMs) / MINUTE_MS
      for (const { cellId } of this.#ofTenant(tenantId)) {
        const value = values[cellId] ?? NaN
        if (!Number.isNaN(value)) rowOf(rows, cellId)[place] = value
      }
    }
    if (rows.size === 0) return null
    for (const { cellId, minutes } of this.#readPacked(tenantId, hourEndMs)) {
      this.#merge(rowOf(rows, cellId), minutes, cellId)
    }
    const sorted = [...rows].toSorted(([a], [b]) => a - b)
    const hourRows = sorted.map(([cellId, minutes]) => ({ cellId, minutes }))
    return { tenantId, hourEndMs, minutes: packHour(hourRows), hour: this.#packSpans(hourRows) }
  }

  /** Late counts are added to those that were packed; a gauge's late value replaces. */
  #merge(row: Float64Array, packed: Float64Array, cellId: number): void {
    const adds = !isGauge(this.#cells[cellId]!.signal)
    packed.forEach((value, minute) => {
      if (Number.isNaN(value)) return
      if (Number.isNaN(row[minute]!)) row[minute] = value
      else if (adds) row[minute] = row[minute]! + value
    })
  }

  #packSpans(rows: readonly HourRow[]): Uint8Array {
    const spans = rows.map(({ cellId, minutes }) =>
      spanOf(cellId, minutes, isGauge(this.#cells[cellId]!.signal)),
    )
    return packSpans(spans.filter((span) => span !== null))
  }

  #minutesOf(hourEndMs: number): number[] {
    return [...this.#minutes.keys()].filter((minuteEndMs) => hourOf(minuteEndMs) === hourEndMs)
  }
}

/** Room for cells that come within the minute. */
const SPARE_CELLS = 1_024

function hourOf(minuteEndMs: number): number {
  return bucketEndMs(minuteEndMs, HOUR_MS)
}

function rowOf(rows: Map<number, Float64Array>, cellId: number): Float64Array {
  let row = rows.get(cellId)
  if (row === undefined) {
    row = new Float64Array(MINUTES_PER_HOUR).fill(NaN)
    rows.set(cellId, row)
  }
  return row
}
