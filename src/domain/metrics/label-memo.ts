/**
 * Remembers what was worked out of the labels of series, by those labels that were asked for: a new
 * series is mostly like others but for labels that mean nothing here, such as its pod. Which labels
 * are asked for is noted while something is worked out; when one is asked for that never was,
 * nothing that was remembered can be told by it, and all is forgotten. So an answer is always what
 * working it out again would give.
 */
import { randomInt } from 'node:crypto'
import { linearMemory, Stretch } from '../../machinery/wasm/linear-memory.ts'
import { MOST_PLAIN_BYTES, type PlainLabels } from '../../machinery/wire/plain-labels.ts'
import type { LabelReader } from './status-class.ts'

/** For what is the same whoever sends it. */
export const NO_CONTEXT = 0

/** Answers that are remembered: past it all are forgotten. */
const MOST_ANSWERS = 8_192

interface Entry<Answer> {
  readonly hash: number
  readonly context: number
  readonly key: Uint8Array
  readonly answer: Answer
}

export class LabelMemo<Answer> {
  readonly #asked = new Set<string>()
  #askedSums: ReadonlySet<number> = new Set()
  /** By hash, in the next empty place; at least half of the places are empty. */
  #places: (Entry<Answer> | undefined)[] = emptyPlaces(FIRST_PLACES)
  size = 0

  /**
   * Tells what `workOut` makes of the labels of a series in a context, and asks it only where it
   * did not answer for the like before. `workOut` must look at nothing that changes but by
   * `forget`.
   */
  of(context: number, labels: PlainLabels, workOut: (label: LabelReader) => Answer): Answer {
    const known = this.#places[this.#placeOf(context, labels)]
    if (known !== undefined) return known.answer
    const { size } = this.#asked
    const answer = workOut((name) => {
      this.#asked.add(name)
      return labels.value(name)
    })
    if (this.#asked.size > size) {
      this.#askedSums = labels.sumsOf(this.#asked)
      this.forget()
    } else if (this.size === MOST_ANSWERS) this.forget()
    this.#keep(context, labels, answer)
    return answer
  }

  /** Forgets all answers. */
  forget(): void {
    if (this.size === 0) return
    this.size = 0
    this.#places = emptyPlaces(FIRST_PLACES)
  }

  #keep(context: number, labels: PlainLabels, answer: Answer): void {
    if (2 * (this.size + 1) > this.#places.length) this.#grow()
    const place = this.#placeOf(context, labels)
    const { at, end, hash } = gathered
    const key = linearMemory.bytes.slice(at, end)
    this.#places[place] = { hash, context, key, answer }
    this.size += 1
  }

  /** Tells the place of what is known of such labels, or the empty one where it belongs. */
  #placeOf(context: number, labels: PlainLabels): number {
    const { bytes, keySearch } = linearMemory
    const at = room.at
    const end = labels.gather(this.#askedSums, bytes, at)
    const hash = keySearch.hash(SEED, context, at, end - at)
    gathered.at = at
    gathered.end = end
    gathered.hash = hash
    const places = this.#places
    const mask = places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const entry = places[place]
      if (entry === undefined) return place
      const isIt = entry.hash === hash && entry.context === context
      if (isIt && isEqual(entry.key, bytes, at, end)) return place
    }
  }

  #grow(): void {
    const old = this.#places
    const mask = 2 * old.length - 1
    this.#places = emptyPlaces(mask + 1)
    for (const entry of old) {
      if (entry === undefined) continue
      let place = entry.hash & mask
      while (this.#places[place] !== undefined) place = (place + 1) & mask
      this.#places[place] = entry
    }
  }
}

const FIRST_PLACES = 64
/** Against senders who craft collisions; no answer depends on it. */
const SEED = randomInt(2 ** 31)

/** Where the labels that were asked for are gathered, to be hashed. */
const room = new Stretch()
room.reserve(MOST_PLAIN_BYTES)

/** What was gathered last. */
const gathered = { at: 0, end: 0, hash: 0 }

function emptyPlaces<Answer>(count: number): (Entry<Answer> | undefined)[] {
  return Array.from({ length: count }, () => undefined)
}

function isEqual(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false
  for (let index = 0; index < key.length; index += 1) {
    if (key[index] !== bytes[start + index]) return false
  }
  return true
}
