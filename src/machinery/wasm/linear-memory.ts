/**
 * The one WebAssembly memory of the process, and the code that works in it. Received messages are
 * uncompressed, walked and recognised where they lie, sixteen bytes at a time, without a copy. One
 * memory for all, because each reserves gigabytes of addresses, though only what is touched is
 * resident.
 *
 *   STARTS … TIMES   columns of one batch of ranges: a walk fills them
 *   SOUGHT_…         columns of ranges from elsewhere, so that a batch stays whole meanwhile
 *   SPAN             bytes from elsewhere that are looked up
 *   HEAP             blocks: keys, places, messages
 *
 * It is shared only in name: so it grows in place, views that were taken before stay good for what
 * they show, and the collector does not count it as pressure. No other thread sees it.
 * Little-endian machines only, as every platform that Node runs on.
 */
import { KEY_SEARCH_CODE } from './key-search.code.ts'
import { SNAPPY_CODE } from './snappy.code.ts'
import { WRITE_WALK_CODE } from './write-walk.code.ts'

/** Ranges of one batch. */
export const BATCH_RANGES = 256
/** Bytes that a batch of ranges from elsewhere may span. */
export const SPAN_BYTES = 2 ** 18
export const BLOCK_BYTES = 2 ** 18
/** What may be read or written beyond an end. */
export const SLACK_BYTES = 64

export const STARTS = 0
export const ENDS = STARTS + 4 * BATCH_RANGES
export const HASHES = ENDS + 4 * BATCH_RANGES
export const FOUND = HASHES + 4 * BATCH_RANGES
export const VALUES = FOUND + 4 * BATCH_RANGES
export const TIMES = VALUES + 8 * BATCH_RANGES
export const SOUGHT_STARTS = TIMES + 8 * BATCH_RANGES
export const SOUGHT_ENDS = SOUGHT_STARTS + 4 * BATCH_RANGES
/** A word: where the walk of a message goes on. */
export const NEXT = SOUGHT_ENDS + 4 * BATCH_RANGES
export const SPAN = NEXT + 8
const HEAP = 2 * BLOCK_BYTES

const PAGE_BYTES = 2 ** 16
const MOST_PAGES = 2 ** 16

/** What `key-search.wat` exports; its comments say more. Addresses are in bytes. */
interface KeySearch {
  hash(seed: number, context: number, start: number, length: number): number
  find(
    chunks: number,
    places: number,
    mask: number,
    hash: number,
    context: number,
    start: number,
    length: number,
  ): number
  findMany(
    chunks: number,
    places: number,
    mask: number,
    seed: number,
    context: number,
    starts: number,
    ends: number,
    hashes: number,
    found: number,
    count: number,
    shift: number,
  ): number
}

/** What `snappy.wat` exports. */
interface Snappy {
  uncompress(at: number, end: number, out: number, outEnd: number): number
}

/** What `write-walk.wat` exports. */
interface WriteWalk {
  walk(
    at: number,
    end: number,
    base: number,
    most: number,
    starts: number,
    ends: number,
    values: number,
    times: number,
    next: number,
  ): number
}

/** The part of the standard that is used here; the types of Node have none of it. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: true }) => {
    readonly buffer: SharedArrayBuffer
    grow(pages: number): number
  }
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

class LinearMemory {
  readonly #memory = new WebAssembly.Memory({
    initial: HEAP / PAGE_BYTES + 1, // one page of slack behind the last block
    maximum: MOST_PAGES,
    shared: true,
  })
  readonly keySearch = this.#code<KeySearch>(KEY_SEARCH_CODE)
  readonly snappy = this.#code<Snappy>(SNAPPY_CODE)
  readonly writeWalk = this.#code<WriteWalk>(WRITE_WALK_CODE)
  /** Replaced when the memory grows, with `words` and `doubles`. */
  bytes = new Uint8Array(this.#memory.buffer)
  words = new Int32Array(this.#memory.buffer)
  doubles = new Float64Array(this.#memory.buffer)
  #end = HEAP
  readonly #freeBlocks: number[] = []

  /** Takes a stretch of zeros and tells where it begins. Units: bytes, whole blocks. */
  take(bytes: number): number {
    const free = bytes === BLOCK_BYTES ? this.#freeBlocks.pop() : undefined
    if (free === undefined) return this.#grow(bytes)
    this.bytes.fill(0, free, free + BLOCK_BYTES)
    return free
  }

  giveBack(at: number, bytes: number): void {
    for (let block = at; block < at + bytes; block += BLOCK_BYTES) this.#freeBlocks.push(block)
  }

  /**
   * Tells whether bytes lie in a block of this memory from `start` on, so that code can work on
   * them where they are.
   */
  holds(bytes: Uint8Array, start = 0): boolean {
    return bytes.buffer instanceof SharedArrayBuffer && bytes.byteOffset + start >= HEAP
  }

  #grow(bytes: number): number {
    const at = this.#end
    this.#memory.grow(bytes / PAGE_BYTES)
    this.#end += bytes
    this.bytes = new Uint8Array(this.#memory.buffer)
    this.words = new Int32Array(this.#memory.buffer)
    this.doubles = new Float64Array(this.#memory.buffer)
    return at
  }

  #code<Exports>(base64: string): Exports {
    const module = new WebAssembly.Module(Buffer.from(base64, 'base64'))
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } })
    return exports as Exports
  }
}

export const linearMemory = new LinearMemory()

/** A stretch that is used again and again and grows with its largest use. */
export class Stretch {
  at = 0
  #bytes = 0

  /** Makes room, slack included. What it held before is lost when it grows. */
  reserve(bytes: number): void {
    if (bytes + SLACK_BYTES <= this.#bytes) return
    if (this.#bytes > 0) linearMemory.giveBack(this.at, this.#bytes)
    this.#bytes = Math.ceil((bytes + SLACK_BYTES) / BLOCK_BYTES) * BLOCK_BYTES
    this.at = linearMemory.take(this.#bytes)
  }
}
