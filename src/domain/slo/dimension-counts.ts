/**
 * What one tenant counted in one bucket of five minutes, by the values of its dimensions. Of each
 * dimension the values are kept that matter most for any input; the others are one sum, so that
 * nothing is lost: a dimension's values, `other` and what carries no value make the total.
 */
import { ADDS_BAD, TAKES_BAD } from './binding.ts'

/** How many values of a dimension are told. */
export const VALUES_TOLD = 8
/** Kept for each input: more than are told, so that the first of six hours are found among the
 *  first of each bucket. */
export const VALUES_KEPT = 12

/** By input: total, then bad. */
export type Counts = Float64Array

export interface ValueCounts {
  readonly values: Map<string, Counts>
  /** Of values that are not kept. */
  readonly other: Counts
}

/** The names that places stand for, in the order of the places. */
export interface CountPlan {
  readonly dimensions: readonly string[]
  /** See `inputKey`. */
  readonly inputs: readonly string[]
}

export class DimensionCounts {
  readonly totals: Counts
  readonly byDimension: readonly ValueCounts[]
  readonly #plan: CountPlan

  constructor(plan: CountPlan) {
    this.#plan = plan
    this.totals = noCounts(plan)
    this.byDimension = plan.dimensions.map(() => ({ values: new Map(), other: noCounts(plan) }))
  }

  /** Adds events. Cost: one look-up a dimension that has a value. */
  add(input: number, adds: number, values: readonly (string | undefined)[], amount: number): void {
    book(this.totals, input, adds, amount)
    for (let place = 0; place < this.byDimension.length; place += 1) {
      const value = values[place]
      if (value === undefined) continue
      const { values: known } = this.byDimension[place]!
      let counts = known.get(value)
      if (counts === undefined) {
        counts = noCounts(this.#plan)
        known.set(value, counts)
      }
      book(counts, input, adds, amount)
    }
  }

  /** Puts the values that matter least to the others. Called when all gains of one time are in. */
  trim(): void {
    for (const dimension of this.byDimension) {
      const { values, other } = dimension
      if (values.size <= VALUES_KEPT) continue
      const kept = new Set(
        this.#plan.inputs.flatMap((_, input) => firstValues(values, input, VALUES_KEPT)),
      )
      for (const [value, counts] of values) {
        if (kept.has(value)) continue
        addCounts(other, counts)
        values.delete(value)
      }
    }
  }

  get valueCount(): number {
    return this.byDimension.reduce((sum, { values }) => sum + values.size, 0)
  }

  /** Packs it as text. */
  pack(): string {
    const { dimensions, inputs } = this.#plan
    const packed: PackedCounts = { inputs, totals: [...this.totals], dimensions: {} }
    this.byDimension.forEach(({ values, other }, place) => {
      if (values.size === 0) return
      packed.dimensions[dimensions[place]!] = {
        other: [...other],
        values: [...values].map(([value, counts]) => [value, ...counts]),
      }
    })
    return JSON.stringify(packed)
  }

  /** Adds what was packed, perhaps under another plan: what that had and this has not is left
   *  out. */
  addPacked(text: string): void {
    const { dimensions, inputs } = this.#plan
    const packed = JSON.parse(text) as PackedCounts
    const places = packed.inputs.map((input) => inputs.indexOf(input))
    const addTo = (counts: Counts, from: readonly number[]): void => {
      places.forEach((to, input) => {
        if (to < 0) return
        counts[2 * to] = counts[2 * to]! + from[2 * input]!
        counts[2 * to + 1] = counts[2 * to + 1]! + from[2 * input + 1]!
      })
    }
    addTo(this.totals, packed.totals)
    for (const [name, { other, values }] of Object.entries(packed.dimensions)) {
      const dimension = this.byDimension[dimensions.indexOf(name)]
      if (dimension === undefined) continue
      addTo(dimension.other, other)
      for (const [value, ...counts] of values) {
        const known = dimension.values.get(value) ?? noCounts(this.#plan)
        dimension.values.set(value, known)
        addTo(known, counts)
      }
    }
  }
}

interface PackedCounts {
  readonly inputs: readonly string[]
  readonly totals: readonly number[]
  readonly dimensions: Record<
    string,
    { readonly other: readonly number[]; readonly values: [string, ...number[]][] }
  >
}

/** Tells the values with the most bad events, of equal ones those with the most events. */
export function firstValues(
  values: ReadonlyMap<string, Counts>,
  input: number,
  count: number,
): string[] {
  return [...values]
    .toSorted(
      ([aValue, a], [bValue, b]) =>
        b[2 * input + 1]! - a[2 * input + 1]! ||
        b[2 * input]! - a[2 * input]! ||
        (aValue < bValue ? -1 : 1),
    )
    .slice(0, count)
    .map(([value]) => value)
}

export function addCounts(to: Counts, from: Counts): void {
  for (let place = 0; place < to.length; place += 1) to[place] = to[place]! + from[place]!
}

function noCounts({ inputs }: CountPlan): Counts {
  return new Float64Array(2 * inputs.length)
}

function book(counts: Counts, input: number, adds: number, amount: number): void {
  const bad = adds === ADDS_BAD ? amount : adds === TAKES_BAD ? -amount : 0
  counts[2 * input + 1] = counts[2 * input + 1]! + bad
  if (adds !== TAKES_BAD) counts[2 * input] = counts[2 * input]! + amount
}
