/**
 * Which counts feed which slots. Every cell of requests adds to the totals of the request SLOs,
 * those of a bad outcome to the bads. Of a histogram layout the Infinity bucket adds to total
 * and bad, and the bucket at the threshold takes from the bads again: the least bound at or above
 * it for the upper estimate of what is good, the greatest at or below it for the lower. All sources
 * of a tenant are bound; gains come only from the one that is active.
 */
import { assert } from '../../core/assert.ts'
import { outcomeOf } from '../../core/names/status-classes.ts'
import type { Cell } from '../metrics/cell.ts'
import { BUCKET_SIGNALS } from './model/indicator.ts'
import { inputsOf, type SloInputs } from './slo-input.ts'
import { NO_SLOT, type SloTenant, type Slots, type TenantSlo } from './slots.ts'
import {
  inputOf,
  isBucketInput,
  type SloInput,
  type SloTemplate,
  type StatusInput,
} from './template.ts'

/** What one gained event of a cell adds to a slot. */
export const ADDS_GOOD = 0
export const ADDS_BAD = 1
/** It was counted as bad with the total, and is good after all. */
export const TAKES_BAD = 2
/** It was counted as good with the total, and is bad after all. */
export const TURNS_BAD = 3
/** It decides a minute in which there is nothing better. */
export const STANDS_IN_GOOD = 4
export const STANDS_IN_BAD = 5
type Adds =
  | typeof ADDS_GOOD
  | typeof ADDS_BAD
  | typeof TAKES_BAD
  | typeof TURNS_BAD
  | typeof STANDS_IN_GOOD
  | typeof STANDS_IN_BAD

/** What a cell feeds, in one number: a slot and what is added to it. 0 is nothing. */
const ADDS_BITS = 3
export function feedOf(slot: number, adds: Adds): number {
  return ((slot + 1) << ADDS_BITS) | adds
}
export function slotOfFeed(feed: number): number {
  return (feed >> ADDS_BITS) - 1
}
export function addsOfFeed(feed: number): number {
  return feed & ((1 << ADDS_BITS) - 1)
}

export class Binding {
  readonly #slots: Slots
  /** How many slots a cell can feed. */
  stride = 1
  /** By cell, `stride` entries: see `feedOf`; 0 for none. */
  feeds = new Int32Array(0)
  inputs: SloInputs = { list: [], ofTemplate: [] }
  /** By cell, an entry an input: what an event of the cell adds to it, plus 1; 0 for nothing. Of
   *  latencies the upper estimate. */
  adds = new Uint8Array(0)
  /** By tenant and signal: the cells of histograms. */
  readonly #buckets = new Map<string, readonly Cell[]>()

  constructor(slots: Slots) {
    this.#slots = slots
    this.begin()
  }

  /** Forgets every cell: the templates may be others. */
  begin(): void {
    this.stride = mostFeeds(this.#slots.templates)
    this.inputs = inputsOf(this.#slots.templates)
    this.feeds = new Int32Array(0)
    this.adds = new Uint8Array(0)
    this.#buckets.clear()
  }

  /** Takes the cells of a tenant out of use, to be bound anew. */
  release(tenant: SloTenant, cells: readonly Cell[]): void {
    for (const { cellId } of cells) {
      this.feeds.fill(0, cellId * this.stride, (cellId + 1) * this.stride)
      const inputs = this.inputs.list.length
      this.adds.fill(0, cellId * inputs, (cellId + 1) * inputs)
    }
    for (const signal of BUCKET_SIGNALS) this.#buckets.delete(`${tenant.tenantId}/${signal}`)
  }

  /** Binds a tenant's cells. Shape: new cells only; cells of signals without an SLO are left
   *  alone. */
  bind(tenant: SloTenant, cells: readonly Cell[]): void {
    this.#reserve(cells.reduce((most, { cellId }) => Math.max(most, cellId), 0) + 1)
    for (const cell of cells) this.#bindStatus(tenant, cell)
    for (const signal of BUCKET_SIGNALS) {
      const own = cells.filter((cell) => cell.signal === signal)
      if (own.length === 0) continue
      const key = `${tenant.tenantId}/${signal}`
      const all = [...(this.#buckets.get(key) ?? []), ...own]
      this.#buckets.set(key, all)
      this.#bindBuckets(tenant, all)
    }
  }

  #bindStatus(tenant: SloTenant, cell: Cell): void {
    tenant.slos.forEach(({ objective, upper }, template) => {
      const input = inputOf(objective.template)
      if (upper === NO_SLOT || input === null || isBucketInput(input)) return
      const adds = statusAdds(cell, input)
      if (adds === undefined) return
      this.#feed(cell.cellId, upper, adds)
      // Whoever searches for a cause asks how many there were.
      if (adds <= TAKES_BAD) this.#add(cell.cellId, template, adds)
    })
  }

  /**
   * Binds all histograms of a tenant and signal anew: a bound that came later may lie closer to the
   * threshold, and once one layout has two estimates every layout feeds both.
   */
  #bindBuckets(tenant: SloTenant, cells: readonly Cell[]): void {
    for (const { cellId } of cells) {
      this.feeds.fill(0, cellId * this.stride, (cellId + 1) * this.stride)
      const inputs = this.inputs.list.length
      this.adds.fill(0, cellId * inputs, (cellId + 1) * inputs)
    }
    const layouts = [
      ...Map.groupBy(cells, ({ source, layout }) => `${source}/${layout ?? ''}`).values(),
    ]
    tenant.slos.forEach((slo, template) => {
      const input = inputOf(slo.objective.template)
      if (slo.upper === NO_SLOT || input === null || !isBucketInput(input)) return
      if (input.signal !== cells[0]!.signal) return
      const bounds = layouts.map((layout) => boundsAround(layout, input.thresholdSeconds))
      if (bounds.some(({ upper, lower }) => upper !== lower)) {
        this.#slots.splitEstimates(tenant, slo)
      }
      layouts.forEach((layout, i) => {
        this.#bindThreshold(layout, slo, bounds[i]!)
        for (const cell of layout) {
          const adds = boundAdds(cell, bounds[i]!.upper)
          if (adds !== undefined) this.#add(cell.cellId, template, adds)
        }
      })
    })
  }

  #bindThreshold(cells: readonly Cell[], { upper, lower }: TenantSlo, bounds: Bounds): void {
    for (const cell of cells) {
      this.#bindBound(cell, upper, bounds.upper)
      if (lower !== NO_SLOT) this.#bindBound(cell, lower, bounds.lower)
    }
  }

  #bindBound(cell: Cell, slot: number, goodToSeconds: number): void {
    const adds = boundAdds(cell, goodToSeconds)
    if (adds !== undefined) this.#feed(cell.cellId, slot, adds)
  }

  #add(cellId: number, template: number, adds: Adds): void {
    this.adds[cellId * this.inputs.list.length + this.inputs.ofTemplate[template]!] = adds + 1
  }

  #feed(cellId: number, slot: number, adds: Adds): void {
    const at = this.feeds.indexOf(0, cellId * this.stride)
    assert(at >= 0 && at < (cellId + 1) * this.stride, 'a place for each slot that a cell feeds')
    this.feeds[at] = feedOf(slot, adds)
  }

  #reserve(cells: number): void {
    if (this.feeds.length >= cells * this.stride) return
    const wider = new Int32Array((Math.ceil(1.25 * cells) + 64) * this.stride)
    wider.set(this.feeds)
    this.feeds = wider
    const widerAdds = new Uint8Array((wider.length / this.stride) * this.inputs.list.length)
    widerAdds.set(this.adds)
    this.adds = widerAdds
  }
}

/** Tells what a cell of outcomes adds to an input. */
function statusAdds({ signal, statusClass, refusal }: Cell, input: StatusInput): Adds | undefined {
  const name = outcomeOf(statusClass, refusal)
  const { badOutcomes, countedOutcomes, turning, standIn } = input
  if (standIn !== undefined && signal === standIn.signal) {
    return standIn.badOutcomes.includes(name) ? STANDS_IN_BAD : STANDS_IN_GOOD
  }
  if (signal !== input.signal) return undefined
  if (turning?.bad.includes(name) === true) return TURNS_BAD
  if (turning?.good.includes(name) === true) return TAKES_BAD
  if (countedOutcomes !== undefined && !countedOutcomes.includes(name)) return undefined
  return badOutcomes.includes(name) ? ADDS_BAD : ADDS_GOOD
}

/** Tells what the bucket of a bound adds, where what is good ends at a bound. */
function boundAdds({ leSeconds }: Cell, goodToSeconds: number): Adds | undefined {
  const isGood = leSeconds === goodToSeconds
  if (leSeconds === Infinity) return isGood ? ADDS_GOOD : ADDS_BAD
  return isGood ? TAKES_BAD : undefined
}

function isBucketSignal(signal: string): boolean {
  return (BUCKET_SIGNALS as readonly string[]).includes(signal)
}

function signalsOf(input: SloInput | null): readonly string[] {
  if (input === null) return []
  const standIn = isBucketInput(input) ? undefined : input.standIn
  return [input.signal, ...(standIn === undefined ? [] : [standIn.signal])]
}

function mostFeeds(templates: readonly SloTemplate[]): number {
  const signals = templates.flatMap((template) => signalsOf(inputOf(template)))
  const feeds = [...Map.groupBy(signals, (signal) => signal)].map(
    ([signal, all]) => all.length * (isBucketSignal(signal) ? 2 : 1),
  )
  return Math.max(1, ...feeds)
}

/** The bounds on either side of a threshold. Equal when it is a bound itself. `lower` is
 *  -Infinity when none lies below. */
interface Bounds {
  readonly upper: number
  readonly lower: number
}

function boundsAround(cells: readonly Cell[], thresholdSeconds: number): Bounds {
  let [upper, lower] = [Infinity, -Infinity]
  for (const { leSeconds } of cells) {
    if (leSeconds === undefined) continue
    if (leSeconds >= thresholdSeconds) upper = Math.min(upper, leSeconds)
    if (leSeconds <= thresholdSeconds) lower = Math.max(lower, leSeconds)
  }
  return { upper, lower }
}
