/**
 * What became of every sample since the beginning. Always: received = attributed + unattributed +
 * duplicate + not-elected + discarded. Attributed samples that change no figure, because another
 * source of the signal counts or the metric has no meaning here, are counted apart as well.
 */
import {
  DISCARD_REASONS,
  UNATTRIBUTED_REASONS,
  type DiscardReason,
  type UnattributedReason,
} from './reasons.ts'

export const OUTCOMES = [
  'received',
  'attributed',
  'unattributed',
  'duplicate',
  'not-elected',
  'discarded',
  'shadowed',
  'unmapped',
  'resets',
] as const
export type Outcome = (typeof OUTCOMES)[number]

const NAMES: readonly string[] = [
  ...OUTCOMES,
  ...UNATTRIBUTED_REASONS.map((reason) => `unattributed: ${reason}`),
  ...DISCARD_REASONS.map((reason) => `discarded: ${reason}`),
]
const PLACES = new Map(NAMES.map((name, place) => [name, place]))

export class Accounts {
  readonly #amounts = new Float64Array(NAMES.length)

  add(name: Outcome, amount: number): void {
    this.#add(name, amount)
  }

  addDiscarded(reason: DiscardReason, amount: number): void {
    this.#add('discarded', amount)
    this.#add(`discarded: ${reason}`, amount)
  }

  addUnattributed(reason: UnattributedReason, amount: number): void {
    this.#add('unattributed', amount)
    this.#add(`unattributed: ${reason}`, amount)
  }

  read(name: Outcome): number {
    return this.#amounts[PLACES.get(name)!]!
  }

  /** All figures by name. */
  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(NAMES.map((name, place) => [name, this.#amounts[place]!]))
  }

  restore(name: string, amount: number): void {
    const place = PLACES.get(name)
    if (place !== undefined) this.#amounts[place] = amount
  }

  #add(name: string, amount: number): void {
    if (amount === 0) return
    const place = PLACES.get(name)!
    this.#amounts[place] = this.#amounts[place]! + amount
  }
}
