/**
 * The cells: which there are, what each gained since the last drain, and its totals for the
 * exposition.
 */
import type { TenantId } from '../../core/ids.ts'
import type { Cell, Increments } from './cell.ts'
import { floatColumn } from './columns.ts'
import { OpenBuckets } from './open-buckets.ts'
import { isGauge } from './series-kind.ts'

/**
 * Fields of a row of the column. `GAUGE_SUM` is in the unit of the series, `TOTAL` in the signal's.
 */
const STRIDE = 3
const TOTAL = 0
const GAUGE_SUM = 1
const SCALE = 2

export type CellSpec = Omit<Cell, 'cellId'>

export class Cells {
  readonly column = floatColumn(STRIDE)
  readonly list: Cell[] = []
  /** The feed that each cell belongs to. */
  readonly feeds: number[] = []
  /** The cells that hold present values. */
  readonly gauges: number[] = []
  /** Few a feed: status classes, or the bounds of its layouts. */
  readonly #byFeed: Cell[][] = []
  readonly #byTenant = new Map<TenantId, Cell[]>()
  #written = 0
  readonly #pending = new OpenBuckets((cellId, bucketEndMs, amount) => {
    push(this.#increments, cellId, bucketEndMs, amount * this.scale(cellId))
  })
  #increments: Increments = emptyIncrements(1024)
  #spare: Increments = emptyIncrements(1024)

  /**
   * Tells the cell of a description and makes it when it is new. The scale turns the series' unit
   * into the signal's.
   */
  number(spec: CellSpec, scale: number, feed: number): number {
    const siblings = (this.#byFeed[feed] ??= [])
    const known = siblings.find((cell) => this.#isSame(cell, spec, scale))
    if (known !== undefined) return known.cellId
    const cellId = this.list.length
    const cell = { cellId, ...spec }
    this.list.push(cell)
    this.feeds.push(feed)
    if (isGauge(spec.signal)) this.gauges.push(cellId)
    siblings.push(cell)
    const ofTenant = this.#byTenant.get(spec.tenantId)
    if (ofTenant === undefined) this.#byTenant.set(spec.tenantId, [cell])
    else ofTenant.push(cell)
    this.column.reserve(1)
    this.column.data[cellId * STRIDE + SCALE] = scale
    this.#pending.reserve(this.list.length)
    return cellId
  }

  ofTenant(tenantId: TenantId): readonly Cell[] {
    return this.#byTenant.get(tenantId) ?? []
  }

  /** The tenants that have cells. */
  tenantIds(): TenantId[] {
    return [...this.#byTenant.keys()]
  }

  /** Tells the first cell of a feed. Undefined where none of its series counted yet. */
  firstOf(feed: number): Cell | undefined {
    return this.#byFeed[feed]?.[0]
  }

  /** Adds what a counter gained at a time. Hot. */
  book(cellId: number, atMs: number, amount: number): void {
    this.#pending.book(cellId, atMs, amount)
  }

  /** Changes the present value of a gauge. Hot. */
  adjustGauge(cellId: number, change: number): void {
    const at = cellId * STRIDE + GAUGE_SUM
    this.column.data[at] = this.column.data[at]! + change
    this.column.mark(cellId)
  }

  gaugeValue(cellId: number): number {
    const at = cellId * STRIDE
    return this.column.data[at + GAUGE_SUM]! * this.column.data[at + SCALE]!
  }

  scale(cellId: number): number {
    return this.column.data[cellId * STRIDE + SCALE]!
  }

  total(cellId: number): number {
    return this.column.data[cellId * STRIDE + TOTAL]!
  }

  /** Tells whether a feed ever counted anything. Cost: looks through what waits to be drained. */
  hasGained(feed: number): boolean {
    const { count, cellIds } = this.#increments
    return (this.#byFeed[feed] ?? []).some(({ cellId }) => {
      const waits = this.#pending.has(cellId) || cellIds.subarray(0, count).includes(cellId)
      return waits || this.total(cellId) > 0
    })
  }

  /** Moves on what is pending, so that the next drain is short. */
  gather(): Generator<void, void> {
    return this.#pending.pieces()
  }

  /** Takes all that is pending. The columns are reused by the next call. */
  drain(): Increments {
    this.#pending.flush()
    const increments = this.#increments
    this.#increments = this.#spare
    this.#increments.count = 0
    this.#spare = increments
    this.#addTotals(increments)
    return increments
  }

  get hasPending(): boolean {
    return !this.#pending.isEmpty || this.#increments.count > 0
  }

  /** Takes the cells that came since the last call. */
  takeNew(): Cell[] {
    const from = this.#written
    this.#written = this.list.length
    return this.list.slice(from)
  }

  markNew(fromCellId: number): void {
    this.#written = Math.min(this.#written, fromCellId)
  }

  /** Puts back cells in order, after the column. */
  restore(spec: CellSpec, scale: number, feed: number): void {
    this.number(spec, scale, feed)
    this.#written = this.list.length
  }

  /** The feed stands for tenant, signal and source. */
  #isSame(
    cell: Cell,
    { statusClass, refusal, leSeconds, layout }: CellSpec,
    scale: number,
  ): boolean {
    return (
      cell.statusClass === statusClass &&
      cell.refusal === refusal &&
      cell.leSeconds === leSeconds &&
      cell.layout === layout &&
      this.scale(cell.cellId) === scale
    )
  }

  #addTotals({ count, cellIds, amounts }: Increments): void {
    const data = this.column.data
    for (let index = 0; index < count; index += 1) {
      const cellId = cellIds[index]!
      data[cellId * STRIDE] = data[cellId * STRIDE]! + amounts[index]!
      this.column.mark(cellId)
    }
  }
}

function emptyIncrements(capacity: number): Increments {
  return {
    count: 0,
    cellIds: new Int32Array(capacity),
    bucketEndsMs: new Float64Array(capacity),
    amounts: new Float64Array(capacity),
  }
}

function push(increments: Increments, cellId: number, bucketEndMs: number, amount: number): void {
  const at = increments.count
  if (at === increments.cellIds.length) {
    const wider = emptyIncrements(Math.max(1024, 2 * at))
    wider.cellIds.set(increments.cellIds)
    wider.bucketEndsMs.set(increments.bucketEndsMs)
    wider.amounts.set(increments.amounts)
    Object.assign(increments, { ...wider, count: at })
  }
  increments.cellIds[at] = cellId
  increments.bucketEndsMs[at] = bucketEndMs
  increments.amounts[at] = amount
  increments.count = at + 1
}
