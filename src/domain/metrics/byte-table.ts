/**
 * Recognises ranges of received bytes: the raw labels of a series, the body of a resource. A range
 * that was seen before is found by its hash and then compared byte for byte, so that nobody can
 * pass for another's series; only a new range is ever decoded.
 *
 * A key is (context, bytes). The context is what the bytes mean it under: a tenant's key, a
 * resource, a metric. A value may have several keys: the others hang on the first one. Removed keys
 * keep their room until their chunk holds more of such than of others; then the others move.
 */
import { randomInt } from 'node:crypto'
import { assert } from '../../core/assert.ts'
import {
  BATCH_RANGES,
  BLOCK_BYTES,
  ENDS,
  FOUND,
  HASHES,
  linearMemory,
  SOUGHT_ENDS,
  SOUGHT_STARTS,
  SPAN,
  SPAN_BYTES,
  STARTS,
} from '../../machinery/wasm/linear-memory.ts'
import type { TakenChunk } from './columns.ts'
import { CONTEXT, KeyChunks, LENGTH, MAX_KEY_BYTES, NEXT, VALUE } from './key-chunks.ts'
import { KeyPlaces } from './key-places.ts'

/** Below this a loop copies sooner than a view is made. */
const COPIED_BY_HAND = 128

/** What is stored of a key. */
export interface StoredKey {
  readonly context: number
  readonly value: number
  /** A view of the stored bytes: read it, do not keep it. */
  readonly bytes: Uint8Array
}

/** Whoever remembers the address of each value's first key. */
export interface KeyOwner {
  firstKeyOf(value: number): number
  /** The first key of a value lies at another address now. */
  moved(value: number, address: number): void
}

/** The memory of tables that nobody holds any more: there are many in tests. */
const abandoned = new FinalizationRegistry((held: Map<number, number>) => {
  for (const [at, bytes] of held) linearMemory.giveBack(at, bytes)
})

export class ByteTable {
  readonly #chunks: KeyChunks
  readonly #places: KeyPlaces
  readonly #seed: number
  /** Only so that reads that bring memory near are not optimised away. */
  touched = 0

  /**
   * The seed only spreads keys over places, against senders who craft collisions; no answer depends
   * on it.
   */
  constructor(seed: number = randomInt(2 ** 31)) {
    this.#seed = seed
    const at = linearMemory.take(BLOCK_BYTES)
    const held = new Map([[at, BLOCK_BYTES]])
    this.#chunks = new KeyChunks(at, held)
    this.#places = new KeyPlaces(at + BLOCK_BYTES / 2, held)
    abandoned.register(this, held)
  }

  /** How many keys there are. */
  get size(): number {
    return this.#places.size
  }

  /**
   * Tells the value that was added for a key, or -1. Cost: a copy of bytes that lie outside the
   * linear memory.
   */
  find(context: number, bytes: Uint8Array, start: number, end: number): number {
    if (end - start > MAX_KEY_BYTES) return -1
    const from = show(bytes, start, end)
    const hash = this.#hash(context, from, end - start)
    const { at, mask } = this.#places
    const { keySearch, words } = linearMemory
    const address = keySearch.find(this.#chunks.at, at, mask, hash, context, from, end - start)
    return address < 0 ? -1 : words[this.#chunks.wordOf(address) + VALUE]!
  }

  /**
   * Does what `find` does for ranges that follow one another in the same bytes, several times as
   * fast: it goes over them in turns, so that the memory that each needs is on its way while the
   * others are looked at. Writes the values, -1 for an unknown key, to `found`.
   */
  findMany(
    context: number,
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    count: number,
    found: Int32Array,
  ): void {
    if (count === 0) return
    const first = starts[0]!
    const last = ends[count - 1]!
    const isInPlace = linearMemory.holds(bytes, first)
    if (count > BATCH_RANGES || (!isInPlace && last - first > SPAN_BYTES)) {
      for (let index = 0; index < count; index += 1) {
        found[index] = this.find(context, bytes, starts[index]!, ends[index]!)
      }
      return
    }
    if (!isInPlace) show(bytes, first, last)
    const { words } = linearMemory
    for (let index = 0; index < count; index += 1) {
      words[SOUGHT_STARTS / 4 + index] = starts[index]!
      words[SOUGHT_ENDS / 4 + index] = ends[index]!
    }
    const base = isInPlace ? bytes.byteOffset : SPAN - first
    this.#findColumns(context, base, SOUGHT_STARTS, SOUGHT_ENDS, count)
    for (let index = 0; index < count; index += 1) found[index] = words[FOUND / 4 + index]!
  }

  /**
   * Does the same for a batch that was walked: its columns and bytes lie in the linear memory, the
   * latter at `base`. The values go to the column FOUND.
   */
  findBatch(context: number, base: number, count: number): void {
    this.#findColumns(context, base, STARTS, ENDS, count)
  }

  #findColumns(context: number, base: number, starts: number, ends: number, count: number): void {
    const { at, mask } = this.#places
    this.touched = linearMemory.keySearch.findMany(
      this.#chunks.at,
      at,
      mask,
      this.#seed,
      context,
      starts,
      ends,
      HASHES,
      FOUND,
      count,
      base,
    )
  }

  /**
   * Adds a key that `find` does not know, with its value (0 or more): as the value's first key, or
   * hanging on that one. Returns its address. Copies the bytes.
   */
  add(
    context: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    value: number,
    first = -1,
  ): number {
    assert(value >= 0, 'a value that is not negative')
    assert(end - start <= MAX_KEY_BYTES, 'a key that fits a chunk')
    const from = show(bytes, start, end)
    const address = this.#chunks.append(context, from, end - start, value)
    if (first >= 0) this.#hang(address, first)
    this.#places.put(this.#hash(context, from, end - start), address)
    return address
  }

  /** Tells the key at an address that `add` returned. */
  at(address: number): StoredKey {
    const { words, bytes } = linearMemory
    const word = this.#chunks.wordOf(address)
    const start = this.#chunks.bytesAt(address)
    return {
      context: words[word + CONTEXT]!,
      value: words[word + VALUE]!,
      bytes: bytes.subarray(start, start + words[word + LENGTH]!),
    }
  }

  /** Lists the addresses of all keys in the order in which they lie. */
  addresses(): Generator<number> {
    return this.#chunks.addresses()
  }

  /** Removes a value's first key and those that hang on it. May move keys of other values. */
  remove(first: number, owner: KeyOwner): void {
    const thinned = new Set<number>()
    for (let address = first; address >= 0;) {
      const next = linearMemory.words[this.#chunks.wordOf(address) + NEXT]! - 1
      this.#places.remove(this.#hashAt(address), address)
      const chunk = this.#chunks.remove(address)
      if (chunk !== undefined) thinned.add(chunk)
      address = next
    }
    for (const chunk of thinned) {
      for (const address of this.#chunks.addressesIn(chunk)) this.#move(address, owner)
      this.#chunks.giveBack(chunk)
    }
  }

  /** Takes the chunks that changed since the last call. */
  takeChanged(): TakenChunk[] {
    return this.#chunks.takeChanged()
  }

  /** Says that a chunk that `takeChanged` gave did not reach the disk. */
  markChunk(index: number): void {
    this.#chunks.markChunk(index)
  }

  /** Puts back a chunk that `takeChanged` gave to an earlier process. Chunks come in order. */
  restoreChunk(index: number, bytes: Uint8Array): void {
    for (const address of this.#chunks.restore(index, bytes)) {
      this.#places.put(this.#hashAt(address), address)
    }
  }

  /** Hangs a key on the first one of its value. */
  #hang(address: number, first: number): void {
    const { words } = linearMemory
    const firstWord = this.#chunks.wordOf(first)
    words[this.#chunks.wordOf(address) + NEXT] = words[firstWord + NEXT]!
    this.#chunks.mark(first)
    words[firstWord + NEXT] = address + 1
  }

  #move(from: number, owner: KeyOwner): void {
    const { words } = linearMemory
    const word = this.#chunks.wordOf(from)
    const value = words[word + VALUE]!
    const start = this.#chunks.bytesAt(from)
    const to = this.#chunks.append(words[word + CONTEXT]!, start, words[word + LENGTH]!, value)
    linearMemory.words[this.#chunks.wordOf(to) + NEXT] = words[word + NEXT]!
    this.#places.move(this.#hashAt(from), from, to)
    let before = owner.firstKeyOf(value)
    if (before === from) {
      owner.moved(value, to)
      return
    }
    for (;;) {
      const next = this.#chunks.wordOf(before) + NEXT
      if (words[next]! - 1 === from) {
        this.#chunks.mark(before)
        words[next] = to + 1
        return
      }
      before = words[next]! - 1
      assert(before >= 0, 'a key that hangs on the first one of its value')
    }
  }

  #hashAt(address: number): number {
    const { words } = linearMemory
    const word = this.#chunks.wordOf(address)
    return this.#hash(words[word + CONTEXT]!, this.#chunks.bytesAt(address), words[word + LENGTH]!)
  }

  #hash(context: number, start: number, length: number): number {
    return linearMemory.keySearch.hash(this.#seed, context, start, length)
  }
}

/** Copies a range to where the search can look at it, unless it can already. Tells where. */
function show(bytes: Uint8Array, start: number, end: number): number {
  if (linearMemory.holds(bytes, start)) return bytes.byteOffset + start
  const shown = linearMemory.bytes
  if (end - start > COPIED_BY_HAND) shown.set(bytes.subarray(start, end), SPAN)
  else for (let at = start; at < end; at += 1) shown[SPAN + at - start] = bytes[at]!
  return SPAN
}
