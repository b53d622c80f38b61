/**
 * Tells the gains of a cell apart by the values of the configured dimensions. A facet is what the
 * series of one cell have in common that also share all those values. In `roles` it stands in place
 * of the cell, so that a sample is booked once, in its facet; a drain hands the gains out by facet
 * and adds them to the cells. Requests have facets, and of durations the buckets next to a
 * threshold.
 *
 * Facets are not on disk: there a series names its cell, and a start makes them anew from what the
 * series say of themselves, by the dimensions as they are configured then.
 */
import type { Cell, DimensionValues, FacetGains } from './cell.ts'
import type { Cells } from './cells.ts'
import { valuesOf, type Dimension } from './dimensions.ts'
import type { SeriesDescription } from './description.ts'
import { LabelMemo, NO_CONTEXT } from './label-memo.ts'
import type { MetricLimits } from './limits.ts'
import type { LabelReader } from './status-class.ts'
import { OpenBuckets } from './open-buckets.ts'
import { FIRST_FACET } from './series-table.ts'

/** Which facets there are. */
export interface FacetRules {
  readonly dimensions: readonly Dimension[]
  /** Durations are told apart at these bounds, or at the bounds of a histogram around them. */
  readonly thresholdsSeconds: readonly number[]
}

/** The values that series of one tenant share, and the facets that have them: one a cell. */
interface Combination {
  readonly tenant: number
  readonly key: string
  readonly values: DimensionValues
  readonly facets: number[]
  /** The cell of each. */
  readonly cellIds: number[]
  /** How many series have one of them; a histogram counts once a facet. */
  series: number
}

export class Facets {
  readonly #rules: FacetRules
  readonly #limits: MetricLimits
  readonly #cells: Cells
  readonly #combinations = new Map<string, Combination>()
  /** By tenant: the same by the object that the values are. */
  readonly #ofTenant: Map<DimensionValues, Combination>[] = []
  readonly #memo = new LabelMemo<DimensionValues>()
  /** By facet. */
  readonly #owners: Combination[] = []
  readonly #cellIds: number[] = []
  /** Facets of combinations that no series has any more. */
  readonly #free: number[] = []
  /** By layout: its bounds around the thresholds. */
  readonly #bounds = new Map<string, ReadonlySet<number>>()
  readonly #pending = new OpenBuckets((facet, bucketEndMs, amount) => {
    const cellId = this.#cellIds[facet]!
    const scaled = amount * this.#cells.scale(cellId)
    push(this.#gains, { cellId, bucketEndMs, amount: scaled, values: this.#owners[facet]!.values })
    this.#cells.book(cellId, bucketEndMs, amount)
  })
  #gains = emptyGains(1024)
  #spare = emptyGains(1024)
  /** Series that were put to none because there were too many combinations of values. */
  overflowed = 0

  constructor(cells: Cells, rules: FacetRules, limits: MetricLimits) {
    this.#cells = cells
    this.#rules = rules
    this.#limits = limits
  }

  /** How many combinations of values are told apart. */
  get size(): number {
    return this.#combinations.size
  }

  /** Tells the values of a series. Of like labels they are mostly one and the same object. */
  valuesOf({ label, plain }: Pick<SeriesDescription, 'label' | 'plain'>): DimensionValues {
    const read = (asked: LabelReader): DimensionValues =>
      valuesOf(this.#rules.dimensions, asked, this.#limits.dimensionValueCharacters)
    return plain === undefined ? read(label) : this.#memo.of(NO_CONTEXT, plain, read)
  }

  /** Tells whether the gains of a cell are told apart. */
  concerns(cellId: number): boolean {
    const cell = this.#cells.list[cellId]!
    return cell.signal === 'requests' || (cell.signal === 'duration' && this.#isNear(cell))
  }

  /**
   * Puts a series to the facet of its cell and values, and returns what stands for it in `roles`.
   * At the limit a new combination of values counts as one without any: the cell's counts stay
   * whole, and all buckets of a histogram are told apart or none.
   */
  join(tenant: number, values: DimensionValues, cellId: number): number {
    const combination = this.#ofSeries(tenant, values)
    combination.series += 1
    return FIRST_FACET - this.#facet(combination, cellId)
  }

  /** Says that a series has left its facet. What stands in `roles` may be no facet. */
  leave(code: number): void {
    if (code > FIRST_FACET) return
    const combination = this.#owners[FIRST_FACET - code]!
    combination.series -= 1
    if (combination.series > 0) return
    for (const facet of combination.facets) {
      this.#pending.flushRow(facet)
      this.#free.push(facet)
    }
    this.#combinations.delete(combination.key)
    this.#ofTenant[combination.tenant]?.delete(combination.values)
  }

  /** Adds what a series gained. Hot. */
  book(code: number, atMs: number, amount: number): void {
    this.#pending.book(FIRST_FACET - code, atMs, amount)
  }

  /**
   * Adds what a series gained in another cell than its own, with the values of the facet that it
   * has. What stands in `roles` may be no facet.
   */
  bookBeside(code: number, cellId: number, atMs: number, amount: number): void {
    if (code > FIRST_FACET || !this.concerns(cellId)) this.#cells.book(cellId, atMs, amount)
    else this.#pending.book(this.#facet(this.#owners[FIRST_FACET - code]!, cellId), atMs, amount)
  }

  /** Tells the cell behind what stands in `roles`. */
  cellOf(code: number): number {
    return code > FIRST_FACET ? code : this.#cellIds[FIRST_FACET - code]!
  }

  /** Moves on what is pending, so that the next drain is short. */
  gather(): Generator<void, void> {
    return this.#pending.pieces()
  }

  /**
   * Takes all that is pending and books it in the cells, which are drained next. The columns are
   * reused by the next call.
   */
  drain(): FacetGains {
    this.#pending.flush()
    const gains = this.#gains
    this.#gains = this.#spare
    this.#gains.count = 0
    this.#spare = gains
    return gains
  }

  /** Tells whether gains of a feed wait here. Cost: looks through all facets. */
  hasGained(feed: number): boolean {
    return this.#cellIds.some(
      (cellId, facet) => this.#cells.feeds[cellId] === feed && this.#pending.has(facet),
    )
  }

  get hasPending(): boolean {
    return !this.#pending.isEmpty || this.#gains.count > 0
  }

  /** Finds a combination that series have by the object that their values are. */
  #ofSeries(tenant: number, values: DimensionValues): Combination {
    const ofTenant = (this.#ofTenant[tenant] ??= new Map())
    const known = ofTenant.get(values)
    if (known !== undefined) return known
    const combination = this.#combination(tenant, values)
    if (combination.values === values) ofTenant.set(values, combination)
    return combination
  }

  #combination(tenant: number, values: DimensionValues): Combination {
    let key = String(tenant)
    for (const value of values) key += `\n${value ?? ''}`
    const known = this.#combinations.get(key)
    if (known !== undefined) return known
    const hasValues = values.some((value) => value !== undefined)
    if (hasValues && this.#combinations.size >= this.#limits.dimensionCombinations) {
      this.overflowed += 1
      return this.#combination(tenant, values.map(noValue))
    }
    const combination = { tenant, key, values, facets: [], cellIds: [], series: 0 }
    this.#combinations.set(key, combination)
    return combination
  }

  #facet(combination: Combination, cellId: number): number {
    const known = combination.cellIds.indexOf(cellId)
    return known < 0 ? this.#add(combination, cellId) : combination.facets[known]!
  }

  #add(combination: Combination, cellId: number): number {
    const facet = this.#free.pop() ?? this.#owners.length
    this.#owners[facet] = combination
    this.#cellIds[facet] = cellId
    combination.facets.push(facet)
    combination.cellIds.push(cellId)
    this.#pending.reserve(this.#owners.length)
    return facet
  }

  #isNear({ layout = '', leSeconds }: Cell): boolean {
    let bounds = this.#bounds.get(layout)
    if (bounds === undefined) {
      bounds = boundsAround(layout.split(',').map(Number), this.#rules.thresholdsSeconds)
      this.#bounds.set(layout, bounds)
    }
    return bounds.has(leSeconds!)
  }
}

function noValue(): undefined {
  return undefined
}

/**
 * Tells the bounds of a layout that a latency SLO reads: the nearest on either side of each
 * threshold, and Infinity for the total.
 */
function boundsAround(
  boundsSeconds: readonly number[],
  thresholdsSeconds: readonly number[],
): ReadonlySet<number> {
  const bounds = new Set([Infinity])
  for (const thresholdSeconds of thresholdsSeconds) {
    bounds.add(Math.min(...boundsSeconds.filter((bound) => bound >= thresholdSeconds)))
    bounds.add(Math.max(...boundsSeconds.filter((bound) => bound <= thresholdSeconds)))
  }
  return bounds
}

function emptyGains(capacity: number): FacetGains {
  return {
    count: 0,
    cellIds: new Int32Array(capacity),
    bucketEndsMs: new Float64Array(capacity),
    amounts: new Float64Array(capacity),
    values: [],
  }
}

interface Gain {
  readonly cellId: number
  readonly bucketEndMs: number
  readonly amount: number
  readonly values: DimensionValues
}

function push(gains: FacetGains, { cellId, bucketEndMs, amount, values }: Gain): void {
  const at = gains.count
  if (at === gains.cellIds.length) {
    const wider = emptyGains(2 * at)
    wider.cellIds.set(gains.cellIds)
    wider.bucketEndsMs.set(gains.bucketEndsMs)
    wider.amounts.set(gains.amounts)
    Object.assign(gains, { ...wider, values: gains.values, count: at })
  }
  gains.cellIds[at] = cellId
  gains.bucketEndsMs[at] = bucketEndMs
  gains.amounts[at] = amount
  gains.values[at] = values
  gains.count = at + 1
}
