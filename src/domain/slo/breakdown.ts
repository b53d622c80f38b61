/**
 * Which part of a tenant's bad events came from where: bad and total by the values of up to four
 * dimensions, in buckets of five minutes over six hours, for the search of a cause. It has a memory
 * of its own: past it the oldest buckets of all tenants go first. No SLO reads it.
 *
 * Gains wait in columns and are booked in pieces, as `Booking` does it. Buckets that are hardly
 * touched any more are kept as text, as they lie on disk.
 */
import type { SloId, TenantId } from '../../core/ids.ts'
import type { BulkWrite, BulkWriter, Counters } from '../../core/ports.ts'
import { bucketEndMs, floorToStep, HOUR_MS, MINUTE_MS, type TimeRange } from '../../core/time.ts'
import { MIB } from '../../core/units.ts'
import type { Cell, FacetGains } from '../metrics/cell.ts'
import type { Binding } from './binding.ts'
import {
  addCounts,
  DimensionCounts,
  firstValues,
  VALUES_TOLD,
  type Counts,
  type CountPlan,
} from './dimension-counts.ts'
import { inputKey } from './slo-input.ts'
import {
  breakdownWritesAcrossTenants,
  readBreakdownAcrossTenants,
  type StoredBreakdown,
} from './store.ts'

export const BREAKDOWN_MS = 6 * HOUR_MS
export const BREAKDOWN_STEP_MS = 5 * MINUTE_MS
/** Samples are rarely later than this; older buckets are packed. */
const OPEN_MS = 10 * MINUTE_MS
/** What all buckets may take: six hours of 1,000 tenants with 30 values each take about 40 MiB. */
export const BREAKDOWN_BYTES = 64 * MIB
/** Handled between two looks at the clock: about 0.2 ms. */
const GAINS_A_PIECE = 512
const ROWS_A_PIECE = 64
/** What an open value, an open row and a packed row take beside their text, as measured. */
const VALUE_BYTES = 240
const OPEN_ROW_BYTES = 600
const PACKED_ROW_BYTES = 100

export interface CountsOfValue {
  readonly value: string
  readonly total: number
  readonly bad: number
}

export interface DimensionBreakdown {
  readonly dimension: string
  /** At most `VALUES_TOLD`, the ones with the most bad events first. */
  readonly values: readonly CountsOfValue[]
  /** All other values together. */
  readonly other: { readonly total: number; readonly bad: number }
  /** Events that carry no value. */
  readonly without: { readonly total: number; readonly bad: number }
}

/** Always, of each dimension: values + other + without = total. */
export interface SloBreakdown {
  readonly tenantId: TenantId
  readonly sloId: SloId
  /** Whole buckets of five minutes: (fromMs, toMs]. */
  readonly fromMs: number
  readonly toMs: number
  /** Events, also where the SLO counts minutes. */
  readonly total: number
  readonly bad: number
  /** Only those of which a value was seen. */
  readonly dimensions: readonly DimensionBreakdown[]
}

type Row = DimensionCounts | string

interface TakenRow {
  readonly tenantId: TenantId
  readonly endMs: number
  row: Row
}

export class Breakdown {
  readonly #binding: Binding
  readonly #bulk: BulkWriter
  readonly #counters: Counters
  #plan: CountPlan
  readonly #maxBytes: number
  /** By the end of a bucket: the rows of tenants. */
  readonly #buckets = new Map<number, Map<TenantId, Row>>()
  /** The rows that are not packed. */
  readonly #open = new Map<
    DimensionCounts,
    { readonly endMs: number; readonly tenantId: TenantId }
  >()
  /** Rows that were booked and are not trimmed. */
  readonly #touched = new Set<DimensionCounts>()
  #packedBytes = 0
  /** Rows that no checkpoint has written. */
  #changed = new Map<number, Set<TenantId>>()
  #taken: Map<number, Set<TenantId>> | null = null
  /** Open rows that were taken and are not packed yet: by the row, where its text is kept. */
  readonly #unread = new Map<DimensionCounts, TakenRow>()
  #cells: readonly Cell[] = []
  #waiting: FacetGains = { ...NO_GAINS }
  #next = 0
  #nowMs = 0
  /** Buckets that end here or before are gone. */
  #goneMs = 0

  constructor(parts: {
    binding: Binding
    dimensions: readonly string[]
    bulk: BulkWriter
    counters: Counters
    maxBytes?: number
  }) {
    this.#binding = parts.binding
    this.#bulk = parts.bulk
    this.#counters = parts.counters
    this.#maxBytes = parts.maxBytes ?? BREAKDOWN_BYTES
    this.#plan = planOf(parts.dimensions, parts.binding)
    parts.counters.gauge('tenantry_breakdown_bytes', () => this.bytes())
  }

  learn(cells: readonly Cell[]): void {
    this.#cells = cells
  }

  /** Counts the inputs that the binding has now. Nothing may be waiting: flush first. */
  follow(): void {
    for (const [row, { endMs, tenantId }] of this.#open) {
      this.#close(row)
      this.#keepPacked(endMs, tenantId, row.pack())
    }
    this.#plan = planOf(this.#plan.dimensions, this.#binding)
  }

  /** Takes gains, to be booked by `pieces` or `flush`. Cost: a copy. */
  take(gains: FacetGains): void {
    this.flush()
    const { count, cellIds, bucketEndsMs, amounts, values } = gains
    this.#waiting = {
      count,
      cellIds: cellIds.slice(0, count),
      bucketEndsMs: bucketEndsMs.slice(0, count),
      amounts: amounts.slice(0, count),
      values: values.slice(0, count),
    }
    this.#next = 0
  }

  /** Books what waits. Shape: each yield is a place to pause. */
  *pieces(): Generator<void, void> {
    while (this.#next < this.#waiting.count) {
      this.#book(Math.min(this.#next + GAINS_A_PIECE, this.#waiting.count))
      yield
    }
    let rows = 0
    for (const row of this.#touched) {
      row.trim()
      this.#touched.delete(row)
      rows += 1
      if (rows % ROWS_A_PIECE === 0) yield
    }
  }

  /** Books what waits, all at once. */
  flush(): void {
    for (const _ of this.pieces());
  }

  /** Moves on: packs what is hardly touched any more, and drops what is too old or too much. */
  *advance(nowMs: number): Generator<void, void> {
    this.#nowMs = nowMs
    let rows = 0
    for (const [row, { endMs, tenantId }] of this.#open) {
      if (endMs > nowMs - OPEN_MS) continue
      this.#close(row)
      this.#keepPacked(endMs, tenantId, row.pack())
      rows += 1
      if (rows % ROWS_A_PIECE === 0) yield
    }
    this.#drop(nowMs - BREAKDOWN_MS)
    this.#stayWithinMemory()
  }

  /** Adds up what a tenant counted in the buckets that lie in a range, of one input. */
  read(
    tenantId: TenantId,
    input: number,
    { fromMs, toMs }: TimeRange,
  ): Omit<SloBreakdown, 'sloId'> {
    this.flush()
    const sum = new DimensionCounts(this.#plan)
    const to = bucketEndMs(toMs, BREAKDOWN_STEP_MS)
    const earliestMs = Math.max(fromMs, this.#goneMs, to - BREAKDOWN_MS)
    const from = Math.min(to, floorToStep(earliestMs, BREAKDOWN_STEP_MS))
    for (let endMs = from + BREAKDOWN_STEP_MS; endMs <= to; endMs += BREAKDOWN_STEP_MS) {
      const row = this.#buckets.get(endMs)?.get(tenantId)
      if (row !== undefined) sum.addPacked(typeof row === 'string' ? row : row.pack())
    }
    return {
      tenantId,
      fromMs: from,
      toMs: to,
      total: sum.totals[2 * input]!,
      bad: sum.totals[2 * input + 1]!,
      dimensions: this.#told(sum, input),
    }
  }

  /**
   * Takes the rows that changed, as they are now. Nothing may be waiting: flush first. A row is
   * packed when it is read, or before it changes again.
   */
  takeChanged(): BulkWrite[] {
    this.#taken = this.#changed
    this.#changed = new Map()
    const rows: TakenRow[] = []
    for (const [endMs, tenants] of this.#taken) {
      for (const tenantId of tenants) {
        const row = this.#buckets.get(endMs)?.get(tenantId)
        if (row === undefined) continue
        const taken: TakenRow = { tenantId, endMs, row }
        if (typeof row !== 'string') this.#unread.set(row, taken)
        rows.push(taken)
      }
    }
    return breakdownWritesAcrossTenants(this.#packed(rows), this.#goneMs)
  }

  *#packed(rows: readonly TakenRow[]): Generator<StoredBreakdown> {
    for (const { tenantId, endMs, row } of rows) {
      if (typeof row !== 'string') this.#unread.delete(row)
      yield { tenantId, endMs, counts: typeof row === 'string' ? row : row.pack() }
    }
  }

  /** Packs a row that was taken, before it changes. */
  #save(row: DimensionCounts): void {
    const taken = this.#unread.get(row)
    if (taken === undefined) return
    taken.row = row.pack()
    this.#unread.delete(row)
  }

  confirm(written: boolean): void {
    const taken = this.#taken
    this.#taken = null
    this.#unread.clear()
    if (taken === null || written) return
    for (const [endMs, tenants] of taken) {
      for (const tenantId of tenants) this.#change(endMs, tenantId)
    }
  }

  restore(): void {
    for (const { tenantId, endMs, counts } of readBreakdownAcrossTenants(this.#bulk)) {
      this.#keepPacked(endMs, tenantId, counts)
    }
  }

  /** Estimates what all buckets take. */
  bytes(): number {
    let bytes = this.#packedBytes
    for (const row of this.#open.keys()) bytes += rowBytes(row)
    return bytes
  }

  #book(to: number): void {
    const { adds, inputs } = this.#binding
    const stride = inputs.list.length
    const { cellIds, bucketEndsMs, amounts, values } = this.#waiting
    for (let i = this.#next; i < to; i += 1) {
      const cellId = cellIds[i]!
      for (let input = 0; input < stride; input += 1) {
        const how = adds[cellId * stride + input]
        if (how === undefined || how === 0) continue
        const endMs = bucketEndMs(bucketEndsMs[i]!, BREAKDOWN_STEP_MS)
        const row = this.#row(endMs, this.#cells[cellId]!.tenantId)
        row?.add(input, how - 1, values[i]!, amounts[i]!)
      }
    }
    this.#next = to
  }

  /** The row of a bucket, open. Undefined, and counted, for a bucket that is gone. */
  #row(endMs: number, tenantId: TenantId): DimensionCounts | undefined {
    if (endMs <= Math.max(this.#goneMs, this.#nowMs - BREAKDOWN_MS)) {
      this.#counters.add('tenantry_slo_discarded_total', 1, { reason: 'older-than-breakdown' })
      return undefined
    }
    const tenants = this.#bucket(endMs)
    let row = tenants.get(tenantId)
    if (row === undefined || typeof row === 'string') {
      const open = new DimensionCounts(this.#plan)
      if (row !== undefined) {
        open.addPacked(row)
        this.#packedBytes -= rowBytes(row)
      }
      tenants.set(tenantId, open)
      this.#open.set(open, { endMs, tenantId })
      row = open
    } else this.#save(row)
    this.#touched.add(row)
    this.#change(endMs, tenantId)
    return row
  }

  #bucket(endMs: number): Map<TenantId, Row> {
    let tenants = this.#buckets.get(endMs)
    if (tenants === undefined) {
      tenants = new Map()
      this.#buckets.set(endMs, tenants)
    }
    return tenants
  }

  #keepPacked(endMs: number, tenantId: TenantId, row: string): void {
    this.#bucket(endMs).set(tenantId, row)
    this.#packedBytes += rowBytes(row)
  }

  #close(row: DimensionCounts): void {
    this.#open.delete(row)
    this.#touched.delete(row)
  }

  #change(endMs: number, tenantId: TenantId): void {
    const tenants = this.#changed.get(endMs)
    if (tenants === undefined) this.#changed.set(endMs, new Set([tenantId]))
    else tenants.add(tenantId)
  }

  #drop(toMs: number): number {
    let rows = 0
    for (const [endMs, tenants] of this.#buckets) {
      if (endMs > toMs) continue
      rows += tenants.size
      for (const row of tenants.values()) {
        if (typeof row === 'string') this.#packedBytes -= rowBytes(row)
        else this.#close(row)
      }
      this.#buckets.delete(endMs)
      this.#changed.delete(endMs)
      this.#goneMs = Math.max(this.#goneMs, endMs)
    }
    return rows
  }

  #stayWithinMemory(): void {
    while (this.#buckets.size > 1 && this.bytes() > this.#maxBytes) {
      const rows = this.#drop(Math.min(...this.#buckets.keys()))
      this.#counters.add('tenantry_breakdown_dropped_total', rows)
    }
  }

  #told(sum: DimensionCounts, input: number): DimensionBreakdown[] {
    return sum.byDimension.flatMap(({ values, other }, place) => {
      if (values.size === 0) return []
      const first = firstValues(values, input, VALUES_TOLD)
      const rest = other.slice()
      const without = sum.totals.slice()
      for (const [value, counts] of values) {
        if (!first.includes(value)) addCounts(rest, counts)
      }
      subtract(without, rest)
      for (const value of first) subtract(without, values.get(value)!)
      return {
        dimension: this.#plan.dimensions[place]!,
        values: first.map((value) => ({ value, ...countsOf(values.get(value)!, input) })),
        other: countsOf(rest, input),
        without: countsOf(without, input),
      }
    })
  }
}

function planOf(dimensions: readonly string[], { inputs }: Binding): CountPlan {
  return { dimensions, inputs: inputs.list.map((input) => inputKey(input)) }
}

const NO_GAINS: FacetGains = {
  count: 0,
  cellIds: new Int32Array(0),
  bucketEndsMs: new Float64Array(0),
  amounts: new Float64Array(0),
  values: [],
}

function rowBytes(row: Row): number {
  if (typeof row === 'string') return PACKED_ROW_BYTES + row.length
  return OPEN_ROW_BYTES + VALUE_BYTES * row.valueCount
}

function countsOf(counts: Counts, input: number): { total: number; bad: number } {
  return { total: counts[2 * input]!, bad: counts[2 * input + 1]! }
}

function subtract(from: Counts, counts: Counts): void {
  for (let place = 0; place < from.length; place += 1) from[place] = from[place]! - counts[place]!
}
