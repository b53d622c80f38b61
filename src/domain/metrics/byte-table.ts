/**
 * Recognises ranges of received bytes: the raw labels of a series, the body of a resource. A range
 * that was seen before is found by its hash and then compared byte for byte, so that nobody can
 * pass for another's series; only a new range is ever decoded.
 *
 * A key is (context, bytes). The context is what the bytes mean it under: a tenant's key, a
 * resource, a metric. Keys lie one after another in chunks of words, in the order in which they
 * came, each as `context, length, value, bytes padded with zeros`: a chunk is therefore its own
 * index and is written to disk as it is. Little-endian machines only, as every platform that Node
 * runs on.
 *
 * Source: the hash is two lanes of multiply and rotate with the finish of MurmurHash3 (Austin
 * Appleby, public domain).
 */
import { randomInt } from 'node:crypto'
import { assert } from '../../core/assert.ts'

const CHUNK_BITS = 16
const CHUNK_WORDS = 1 << CHUNK_BITS
const CHUNK_MASK = CHUNK_WORDS - 1
const HEADER_WORDS = 3
/** Words of a cache line. */
const LINE_WORDS = 16

/** The longest key in bytes: a key lies in one chunk. */
export const MAX_KEY_BYTES = 4 * (CHUNK_WORDS - HEADER_WORDS)

/** Where a key lies. Stable for the life of the table, also over a restart. */
export interface StoredKey {
  readonly context: number
  readonly value: number
  /** A view of the stored bytes: read it, do not keep it. */
  readonly bytes: Uint8Array
}

export class ByteTable {
  /** Pairs of hash and address + 1; 0 is an empty place. */
  #places = new Int32Array(2 * 1024)
  #mask = 1023
  #size = 0
  #chunks: Int32Array[] = []
  #usedWords: number[] = []
  #changed = new Set<number>()
  #bytes: Uint8Array = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)
  #hashes = new Int32Array(256)
  #addresses = new Int32Array(256)
  /** Only so that the reads that bring memory near are not optimised away. */
  touched = 0
  readonly #seed: number

  /**
   * The seed only spreads keys over places, against senders who craft collisions; no answer depends
   * on it.
   */
  constructor(seed: number = randomInt(2 ** 31)) {
    this.#seed = seed
  }

  get size(): number {
    return this.#size
  }

  /**
   * Tells the value that was added for a key, or -1. Cost: no allocation; about 100 ns for 230
   * bytes in cache.
   */
  find(context: number, bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#hash(context, bytes, start, end)
    const places = this.#places
    const mask = this.#mask
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const stored = places[2 * place + 1]!
      if (stored === 0) return -1
      if (places[2 * place] !== hash) continue
      if (!this.#isKey(stored - 1, context, start, end)) continue
      return this.#chunks[(stored - 1) >>> CHUNK_BITS]![((stored - 1) & CHUNK_MASK) + 2]!
    }
  }

  /**
   * Does what `find` does for many ranges of the same bytes, in about half the time: it goes over
   * them in turns, so that the memory that each needs is on its way while the others are looked at.
   * Writes the values, -1 for an unknown key, over `starts`.
   */
  findMany(
    context: number,
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    count: number,
  ): void {
    const places = this.#places
    const mask = this.#mask
    if (count > this.#hashes.length) {
      this.#hashes = new Int32Array(count)
      this.#addresses = new Int32Array(count)
    }
    const hashes = this.#hashes
    const addresses = this.#addresses
    for (let index = 0; index < count; index += 1) {
      hashes[index] = this.#hash(context, bytes, starts[index]!, ends[index]!)
    }
    let touched = 0
    for (let index = 0; index < count; index += 1) touched ^= places[2 * (hashes[index]! & mask)]!
    for (let index = 0; index < count; index += 1) {
      const hash = hashes[index]!
      let place = hash & mask
      while (places[2 * place + 1] !== 0 && places[2 * place] !== hash) place = (place + 1) & mask
      const stored = places[2 * place + 1]!
      addresses[index] = stored
      if (stored !== 0) touched ^= this.#touch(stored - 1, ends[index]! - starts[index]!)
    }
    this.touched = touched
    for (let index = 0; index < count; index += 1) {
      const start = starts[index]!
      const end = ends[index]!
      const stored = addresses[index]!
      if (stored === 0) starts[index] = -1
      else if (this.#isKey(stored - 1, context, start, end)) {
        starts[index] = this.#chunks[(stored - 1) >>> CHUNK_BITS]![((stored - 1) & CHUNK_MASK) + 2]!
      } else starts[index] = this.find(context, bytes, start, end)
    }
  }

  /**
   * Adds a key that `find` does not know, with its value (0 or more). Returns its address. Copies
   * the bytes.
   */
  add(context: number, bytes: Uint8Array, start: number, end: number, value: number): number {
    assert(value >= 0, 'a value that is not negative')
    assert(end - start <= MAX_KEY_BYTES, 'a key that fits a chunk')
    const address = this.#append(context, bytes, start, end, value)
    this.#place(this.#hash(context, bytes, start, end), address)
    return address
  }

  /** Tells the key at an address that `add` returned. */
  at(address: number): StoredKey {
    const chunk = this.#chunks[address >>> CHUNK_BITS]!
    const word = address & CHUNK_MASK
    const offset = chunk.byteOffset + 4 * (word + HEADER_WORDS)
    return {
      context: chunk[word]!,
      value: chunk[word + 2]!,
      bytes: new Uint8Array(chunk.buffer, offset, chunk[word + 1]!),
    }
  }

  /** Lists the addresses of all keys in the order in which they were added. */
  *addresses(): Generator<number> {
    for (let index = 0; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index]!
      for (let word = 0; word < this.#usedWords[index]!;) {
        yield (index << CHUNK_BITS) | word
        word += HEADER_WORDS + ((chunk[word + 1]! + 3) >>> 2)
      }
    }
  }

  /** Takes the chunks that gained keys since the last call, as copies. */
  takeChanged(): { index: number; bytes: Uint8Array }[] {
    const taken = [...this.#changed].map((index) => {
      const used = this.#chunks[index]!.subarray(0, this.#usedWords[index]!)
      return { index, bytes: new Uint8Array(used.slice().buffer) }
    })
    this.#changed.clear()
    return taken
  }

  /** Says that a chunk that `takeChanged` gave did not reach the disk. */
  markChunk(index: number): void {
    this.#changed.add(index)
  }

  /** Puts back a chunk that `takeChanged` gave to an earlier process. Chunks come in order. */
  restoreChunk(index: number, bytes: Uint8Array): void {
    assert(index === this.#chunks.length, 'chunks in order')
    const chunk = new Int32Array(CHUNK_WORDS)
    new Uint8Array(chunk.buffer).set(bytes)
    this.#chunks.push(chunk)
    this.#usedWords.push(bytes.length >>> 2)
    for (let word = 0; word < this.#usedWords[index]!;) {
      const length = chunk[word + 1]!
      const start = 4 * (word + HEADER_WORDS)
      const hash = this.#hash(chunk[word]!, new Uint8Array(chunk.buffer), start, start + length)
      this.#place(hash, (index << CHUNK_BITS) | word)
      word += HEADER_WORDS + ((length + 3) >>> 2)
    }
  }

  #append(context: number, bytes: Uint8Array, start: number, end: number, value: number): number {
    const words = HEADER_WORDS + ((end - start + 3) >>> 2)
    let index = this.#chunks.length - 1
    if (index < 0 || this.#usedWords[index]! + words > CHUNK_WORDS) {
      this.#chunks.push(new Int32Array(CHUNK_WORDS))
      this.#usedWords.push(0)
      index += 1
    }
    const chunk = this.#chunks[index]!
    const word = this.#usedWords[index]!
    chunk[word] = context
    chunk[word + 1] = end - start
    chunk[word + 2] = value
    this.#copy(bytes, start, end, chunk, word + HEADER_WORDS)
    this.#usedWords[index] = word + words
    this.#changed.add(index)
    return (index << CHUNK_BITS) | word
  }

  /** Word by word: a typed array's own copy would first need two views of the ranges. */
  #copy(bytes: Uint8Array, start: number, end: number, chunk: Int32Array, word: number): void {
    if (bytes !== this.#bytes) this.#look(bytes)
    const view = this.#view
    let at = start
    let stored = word
    for (; at + 4 <= end; at += 4, stored += 1) chunk[stored] = view.getInt32(at, true)
    if (at < end) chunk[stored] = tailWord(bytes, at, end)
  }

  #place(hash: number, address: number): void {
    if (2 * (this.#size + 1) > this.#mask) this.#grow()
    this.#size += 1
    putIntoPlace(this.#places, this.#mask, hash, address + 1)
  }

  #grow(): void {
    const old = this.#places
    this.#mask = 2 * this.#mask + 1
    this.#places = new Int32Array(2 * (this.#mask + 1))
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) putIntoPlace(this.#places, this.#mask, old[at]!, old[at + 1]!)
    }
  }

  #look(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Also points the view at the bytes, which `#equal` relies on. */
  #hash(context: number, bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#bytes) this.#look(bytes)
    const view = this.#view
    let left = context ^ this.#seed
    let right = end - start
    let at = start
    for (const stop = end - 8; at <= stop; at += 8) {
      left = Math.imul(left ^ view.getInt32(at, true), 0x9e3779b1)
      left = (left << 13) | (left >>> 19)
      right = Math.imul(right ^ view.getInt32(at + 4, true), 0x85ebca77)
      right = (right << 15) | (right >>> 17)
    }
    if (at + 4 <= end) {
      left = Math.imul(left ^ view.getInt32(at, true), 0x9e3779b1)
      at += 4
    }
    if (at < end) right = Math.imul(right ^ tailWord(bytes, at, end), 0x85ebca77)
    return finish(left ^ ((right << 7) | (right >>> 25)))
  }

  #isKey(address: number, context: number, start: number, end: number): boolean {
    const chunk = this.#chunks[address >>> CHUNK_BITS]!
    const word = address & CHUNK_MASK
    if (chunk[word] !== context || chunk[word + 1] !== end - start) return false
    return this.#equal(chunk, word + HEADER_WORDS, start, end)
  }

  /** Reads a word of each cache line that a key of this length lies in. */
  #touch(address: number, length: number): number {
    const chunk = this.#chunks[address >>> CHUNK_BITS]!
    const word = address & CHUNK_MASK
    const last = Math.min(CHUNK_MASK, word + HEADER_WORDS + (length >>> 2))
    let touched = chunk[last]!
    for (let at = word; at < last; at += LINE_WORDS) touched ^= chunk[at]!
    return touched
  }

  #equal(chunk: Int32Array, word: number, start: number, end: number): boolean {
    const view = this.#view
    let difference = 0
    let at = start
    let stored = word
    for (const stop = end - 8; at <= stop; at += 8, stored += 2) {
      difference |= view.getInt32(at, true) ^ chunk[stored]!
      difference |= view.getInt32(at + 4, true) ^ chunk[stored + 1]!
    }
    if (at + 4 <= end) {
      difference |= view.getInt32(at, true) ^ chunk[stored]!
      at += 4
      stored += 1
    }
    if (at < end) difference |= tailWord(this.#bytes, at, end) ^ chunk[stored]!
    return difference === 0
  }
}

function putIntoPlace(places: Int32Array, mask: number, hash: number, stored: number): void {
  let place = hash & mask
  while (places[2 * place + 1] !== 0) place = (place + 1) & mask
  places[2 * place] = hash
  places[2 * place + 1] = stored
}

/** The last one to three bytes as a little-endian word, as a padded chunk holds them. */
function tailWord(bytes: Uint8Array, at: number, end: number): number {
  let word = 0
  for (let shift = 0; at < end; at += 1, shift += 8) word |= bytes[at]! << shift
  return word
}

function finish(mixed: number): number {
  let hash = mixed ^ (mixed >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
