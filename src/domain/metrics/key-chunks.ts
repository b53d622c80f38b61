/**
 * The keys of a table as they lie in memory and on disk: in chunks, one after another, each key as
 * words `context, length, value, next` and its bytes padded with zeros. An address is the chunk's
 * number * 65,536 + the word in it.
 */
import { assert } from '../../core/assert.ts'
import type { TakenChunk } from './columns.ts'
import { BLOCK_BYTES, linearMemory } from '../../machinery/wasm/linear-memory.ts'

const CHUNK_BITS = 16
const CHUNK_WORDS = 1 << CHUNK_BITS
const CHUNK_MASK = CHUNK_WORDS - 1
export const CONTEXT = 0
export const LENGTH = 1
export const VALUE = 2
/** Address + 1 of the next key of the same value, 0 for none. */
export const NEXT = 3
const HEADER_WORDS = 4
const REMOVED = -1
/** Their table is half a block. */
const MOST_CHUNKS = 2 ** 14

/** The longest key in bytes: a key lies in one chunk. */
export const MAX_KEY_BYTES = 4 * (CHUNK_WORDS - HEADER_WORDS)

interface Chunk {
  /** Where it lies in the memory of all tables, in bytes. */
  readonly at: number
  usedWords: number
  removedWords: number
}

export class KeyChunks {
  /** Where the table of chunks lies, in bytes: a word a chunk. */
  readonly at: number
  /** Null for a number whose chunk was given back. */
  readonly #chunks: (Chunk | null)[] = []
  readonly #free: number[] = []
  readonly #changed = new Set<number>()
  /**
   * Chunks that were taken and whose bytes nobody asked for yet: how much of each was in use then.
   * What is added later lies behind that; before anything else changes the bytes are copied.
   */
  readonly #taken = new Map<number, { readonly usedWords: number; copy: Uint8Array | null }>()
  readonly #held: Map<number, number>
  /** The chunk that takes new keys. */
  #newest = -1

  constructor(at: number, held: Map<number, number>) {
    this.at = at
    this.#held = held
  }

  /** Adds a key whose bytes lie in the memory already. Returns its address. */
  append(context: number, start: number, length: number, value: number): number {
    const size = wordsOf(length)
    let chunk = this.#chunks[this.#newest]
    if (chunk == null || chunk.usedWords + size > CHUNK_WORDS) chunk = this.#open()
    const address = (this.#newest << CHUNK_BITS) | chunk.usedWords
    chunk.usedWords += size
    this.#changed.add(this.#newest)
    const word = this.wordOf(address)
    const { words, bytes } = linearMemory
    words[word + CONTEXT] = context
    words[word + LENGTH] = length
    words[word + VALUE] = value
    words[word + NEXT] = 0
    bytes.copyWithin(4 * (word + HEADER_WORDS), start, start + length)
    return address
  }

  /** Tells the word of the memory at which a key begins. */
  wordOf(address: number): number {
    const at = linearMemory.words[(this.at >>> 2) + (address >>> CHUNK_BITS)]!
    return (at >>> 2) + (address & CHUNK_MASK)
  }

  /** Tells where the bytes of a key begin. */
  bytesAt(address: number): number {
    return 4 * (this.wordOf(address) + HEADER_WORDS)
  }

  /** Says that a key is about to change where it lies. */
  mark(address: number): void {
    const index = address >>> CHUNK_BITS
    this.#saveTaken(index)
    this.#changed.add(index)
  }

  /** Marks a key as removed. Returns its chunk when less than half of that is in use by now. */
  remove(address: number): number | undefined {
    const index = address >>> CHUNK_BITS
    const chunk = this.#chunks[index]!
    const word = this.wordOf(address)
    chunk.removedWords += wordsOf(linearMemory.words[word + LENGTH]!)
    this.mark(address)
    linearMemory.words[word + VALUE] = REMOVED
    return index !== this.#newest && 2 * chunk.removedWords > CHUNK_WORDS ? index : undefined
  }

  /** Gives a chunk back: nothing in it is needed. */
  giveBack(index: number): void {
    this.#saveTaken(index)
    const { at } = this.#chunks[index]!
    this.#chunks[index] = null
    this.#free.push(index)
    this.#changed.add(index)
    this.#held.delete(at)
    linearMemory.giveBack(at, BLOCK_BYTES)
  }

  /** Lists all keys in the order in which they lie. */
  *addresses(): Generator<number> {
    for (let index = 0; index < this.#chunks.length; index += 1) yield* this.addressesIn(index)
  }

  /** Takes the chunks that changed since the last call; one that is empty is gone. */
  takeChanged(): TakenChunk[] {
    const taken = [...this.#changed].map((index) => {
      this.#taken.set(index, { usedWords: this.#chunks[index]?.usedWords ?? 0, copy: null })
      return { index, bytes: () => this.#takenBytes(index) }
    })
    this.#changed.clear()
    return taken
  }

  /** Says that a chunk that `takeChanged` gave did not reach the disk. */
  markChunk(index: number): void {
    this.#taken.delete(index)
    this.#changed.add(index)
  }

  /** Puts a chunk back. Chunks come in order. Returns the addresses of its keys. */
  *restore(index: number, bytes: Uint8Array): Generator<number> {
    assert(index === this.#chunks.length, 'chunks in order')
    if (bytes.length === 0) {
      this.#chunks.push(null)
      this.#free.push(index)
      return
    }
    const chunk = this.#take(index)
    linearMemory.bytes.set(bytes, chunk.at)
    chunk.usedWords = bytes.length >>> 2
    this.#newest = index
    for (const address of this.addressesIn(index)) {
      chunk.removedWords -= wordsOf(linearMemory.words[this.wordOf(address) + LENGTH]!)
      yield address
    }
    chunk.removedWords += chunk.usedWords
  }

  /** Lists the keys of a chunk. */
  *addressesIn(index: number): Generator<number> {
    const chunk = this.#chunks[index]
    if (chunk == null) return
    const { words } = linearMemory
    const first = chunk.at >>> 2
    for (let word = 0; word < chunk.usedWords;) {
      const length = words[first + word + LENGTH]!
      if (words[first + word + VALUE] !== REMOVED) yield (index << CHUNK_BITS) | word
      word += wordsOf(length)
    }
  }

  #takenBytes(index: number): Uint8Array {
    const taken = this.#taken.get(index)
    assert(taken !== undefined, 'a chunk that is asked for once')
    this.#taken.delete(index)
    return taken.copy ?? this.#copy(index, taken.usedWords)
  }

  /** A chunk is about to change other than at its end. */
  #saveTaken(index: number): void {
    const taken = this.#taken.get(index)
    if (taken !== undefined) taken.copy ??= this.#copy(index, taken.usedWords)
  }

  #copy(index: number, usedWords: number): Uint8Array {
    const at = this.#chunks[index]?.at ?? 0
    return linearMemory.bytes.slice(at, at + 4 * usedWords)
  }

  #open(): Chunk {
    this.#newest = this.#free.pop() ?? this.#chunks.length
    return this.#take(this.#newest)
  }

  #take(index: number): Chunk {
    assert(index < MOST_CHUNKS, 'keys that fit four gigabytes')
    const chunk = { at: linearMemory.take(BLOCK_BYTES), usedWords: 0, removedWords: 0 }
    this.#chunks[index] = chunk
    this.#held.set(chunk.at, BLOCK_BYTES)
    linearMemory.words[(this.at >>> 2) + index] = chunk.at
    return chunk
  }
}

function wordsOf(lengthBytes: number): number {
  return HEADER_WORDS + ((lengthBytes + 3) >>> 2)
}
