/**
 * Where each key of a table stands by its hash: open addressing in the memory of all tables, pairs
 * of hash and address + 1, 0 for an empty place. `key-search.wat` reads them.
 */
import { BLOCK_BYTES, linearMemory } from '../../machinery/wasm/linear-memory.ts'

const PLACE_WORDS = 2
const PLACE_BYTES = 4 * PLACE_WORDS
/** Half a block. */
export const FIRST_PLACES = BLOCK_BYTES / PLACE_BYTES / 2

export class KeyPlaces {
  /** Where the places lie, in bytes. */
  at: number
  mask = FIRST_PLACES - 1
  size = 0
  readonly #held: Map<number, number>

  /**
   * Begins with zeros at `at`. `held` is told of each stretch that is taken later, by where it
   * begins: its bytes.
   */
  constructor(at: number, held: Map<number, number>) {
    this.at = at
    this.#held = held
  }

  put(hash: number, address: number): void {
    if (2 * (this.size + 1) > this.mask) this.#grow()
    this.size += 1
    this.#put(hash, address + 1)
  }

  /** Says that the key at an address lies elsewhere now. */
  move(hash: number, from: number, to: number): void {
    linearMemory.words[this.#find(hash, from) + 1] = to + 1
  }

  /** Empties a place, and closes the gap that it leaves among those that follow. */
  remove(hash: number, address: number): void {
    const { words } = linearMemory
    const first = this.at >>> 2
    this.size -= 1
    let gap = (this.#find(hash, address) - first) / PLACE_WORDS
    for (let place = (gap + 1) & this.mask; ; place = (place + 1) & this.mask) {
      const at = first + PLACE_WORDS * place
      if (words[at + 1] === 0) break
      const home = words[at]! & this.mask
      const wouldPassItsHome = ((place - home) & this.mask) < ((place - gap) & this.mask)
      if (wouldPassItsHome) continue
      words[first + PLACE_WORDS * gap] = words[at]!
      words[first + PLACE_WORDS * gap + 1] = words[at + 1]!
      gap = place
    }
    words[first + PLACE_WORDS * gap] = 0
    words[first + PLACE_WORDS * gap + 1] = 0
  }

  /** Tells the word of the place that holds an address. */
  #find(hash: number, address: number): number {
    const { words } = linearMemory
    const first = this.at >>> 2
    let place = hash & this.mask
    while (words[first + PLACE_WORDS * place + 1] !== address + 1) place = (place + 1) & this.mask
    return first + PLACE_WORDS * place
  }

  #grow(): void {
    const old = { at: this.at, places: this.mask + 1 }
    const bytes = 2 * old.places * PLACE_BYTES
    this.at = linearMemory.take(bytes)
    this.mask = 2 * old.places - 1
    const { words } = linearMemory
    for (let word = old.at >>> 2, end = word + PLACE_WORDS * old.places; word < end; word += 2) {
      if (words[word + 1] !== 0) this.#put(words[word]!, words[word + 1]!)
    }
    this.#held.set(this.at, bytes)
    const oldBytes = this.#held.get(old.at)
    if (oldBytes === undefined) return
    this.#held.delete(old.at)
    linearMemory.giveBack(old.at, oldBytes)
  }

  #put(hash: number, stored: number): void {
    const { words } = linearMemory
    const first = this.at >>> 2
    let place = hash & this.mask
    while (words[first + PLACE_WORDS * place + 1] !== 0) place = (place + 1) & this.mask
    words[first + PLACE_WORDS * place] = hash
    words[first + PLACE_WORDS * place + 1] = stored
  }
}
