/**
 * Recognises the series of an exposition by the bytes of its lines up to the value, so that labels
 * are read once a series and not once a scrape. A body nearly always lists its series in the order
 * of the one before: the entry that came next last time is tried first, which costs one comparison
 * and tells where the series ends; only where that fails is a hash made. Bytes are always compared.
 *
 * Each entry is a number from 0 on; whoever reads keeps what it knows of an entry under its number.
 */
const NONE = -1
const FIRST_PLACES = 1_024

export class LineTable {
  /** The bytes of all entries, one after the other. */
  #bytes = new Uint8Array(16 * FIRST_PLACES)
  /** Where each entry begins; one more, where the last one ends. */
  #starts: number[] = [0]
  #next: number[] = []
  /** Entry + 1; 0 is an empty place. At most half are taken. */
  #places = new Int32Array(FIRST_PLACES)
  #hashes: number[] = []
  #first = NONE
  #last = NONE

  get size(): number {
    return this.#next.length
  }

  /** Begins a body: what is expected is its first line. */
  begin(): void {
    this.#last = NONE
  }

  /**
   * Tells the entry that came next the last time, if its bytes lie at a position: or -1. What comes
   * behind them is for the caller to check. Cost: one comparison.
   */
  expect(bytes: Uint8Array, position: number): number {
    const entry = this.#last === NONE ? this.#first : this.#next[this.#last]!
    if (entry === NONE) return NONE
    const own = this.#bytes
    const start = this.#starts[entry]!
    const end = this.#starts[entry + 1]!
    if (position + end - start > bytes.length) return NONE
    for (let at = start, other = position; at < end; at += 1, other += 1) {
      if (own[at] !== bytes[other]) return NONE
    }
    return entry
  }

  /** Notes that a line of an entry was read. */
  passed(entry: number): void {
    if (this.#last === NONE) this.#first = entry
    else this.#next[this.#last] = entry
    this.#last = entry
  }

  lengthOf(entry: number): number {
    return this.#starts[entry + 1]! - this.#starts[entry]!
  }

  /** Finds the entry of a range, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const mask = this.#places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const entry = this.#places[place]! - 1
      if (entry === NONE) return NONE
      if (this.#hashes[entry] === hash && this.#is(entry, bytes, start, end)) return entry
    }
  }

  /** Adds a range that `find` does not know. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const entry = this.size
    const at = this.#starts[entry]!
    this.#reserve(at + end - start)
    this.#bytes.set(bytes.subarray(start, end), at)
    this.#starts.push(at + end - start)
    this.#hashes.push(hashOf(bytes, start, end))
    // What followed the line before it is now expected behind the new one.
    this.#next.push(this.#last === NONE ? this.#first : this.#next[this.#last]!)
    if (2 * this.size > this.#places.length) this.#spread(2 * this.#places.length)
    else this.#place(entry)
    return entry
  }

  #is(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[entry]!
    if (this.lengthOf(entry) !== end - start) return false
    for (let index = 0; index < end - start; index += 1) {
      if (this.#bytes[from + index] !== bytes[start + index]) return false
    }
    return true
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  #spread(places: number): void {
    this.#places = new Int32Array(places)
    for (let entry = 0; entry < this.size; entry += 1) this.#place(entry)
  }

  #place(entry: number): void {
    const mask = this.#places.length - 1
    let place = this.#hashes[entry]! & mask
    while (this.#places[place] !== 0) place = (place + 1) & mask
    this.#places[place] = entry + 1
  }
}

/** FNV-1a with a last mix: the places are the low bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5 | 0
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b_3c6d)
  return hash ^ (hash >>> 13)
}
