/**
 * Counts distinct users of the last minutes, hours and day without knowing them: a HyperLogLog that
 * remembers when. Pure; minutes in, counts out.
 *
 * A user is a hash of 32 bits. Up to `SPARSE_USERS` the hashes themselves are kept, each with the
 * minute in which it was seen last, and the count is exact but for equal hashes, which one in two
 * thousand such sketches has. Past that only a register and a rank of each are kept: for every
 * register, the first bits of a hash, and every rank, the place of the first one among the others,
 * the minute in which such a hash was seen last. What a plain HyperLogLog would hold for a window
 * can be read from that for any window: the highest rank seen within it.
 *
 * The standard error is 1.04 / sqrt(registers) = 3.25 %. Room: eight bytes a user in a table that
 * is at least a quarter full, at most 40 KiB.
 *
 * Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog", 2007; Chabchoub, Hebrail, "Sliding
 * HyperLogLog", 2010; the estimate is that of Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches", 2017, algorithm 6, which needs no correction by size.
 */
import { assert } from '../../core/assert.ts'

const REGISTER_BITS = 10
const REGISTERS = 1 << REGISTER_BITS
/** Ranks past this count as this one: enough for a thousand million users. */
const RANKS = 20
/** What is older than the longest window may be forgotten. */
export const LONGEST_MINUTES = 1_440
export const SPARSE_USERS = 2_048
export const STANDARD_ERROR_RATIO = 1.04 / Math.sqrt(REGISTERS)

const FIRST_SIZE = 8
const SPARSE = 0
const DENSE = 1
/** Minutes of the dense form are offsets of two bytes; 0 is never. */
const LAST_OFFSET = 0xffff

export class UserSketch {
  /** Pairs of hash and minute, in open addressing; minute 0 is an empty place. */
  #table = new Uint32Array(2 * FIRST_SIZE)
  #users = 0
  /** By register and rank, the last minute as an offset. */
  #ranks: Uint16Array | null = null
  #baseMinute = 0

  /** Notes a user in a minute, counted from the epoch. An earlier one than is known is nothing. */
  note(hash: number, minute: number): void {
    assert(minute > 0, 'a minute after the first')
    if (this.#ranks === null) this.#noteSparse(hash >>> 0, minute)
    else this.#noteDense(this.#ranks, hash >>> 0, minute)
  }

  /** Estimates how many users were seen in the last minutes, the present one included. */
  count(minutes: number, nowMinute: number): number {
    const fromMinute = nowMinute - minutes
    if (this.#ranks !== null) return this.#estimate(this.#ranks, fromMinute)
    let users = 0
    for (let at = 0; at < this.#table.length; at += 2) {
      if (this.#table[at + 1]! > fromMinute) users += 1
    }
    return users
  }

  /** Notes all that another one knows. */
  merge(other: UserSketch): void {
    const ranks = other.#ranks
    if (ranks === null) {
      for (let at = 0; at < other.#table.length; at += 2) {
        const minute = other.#table[at + 1]!
        if (minute > 0) this.note(other.#table[at]!, minute)
      }
      return
    }
    const own = this.#ranks ?? this.#toDense(other.#baseMinute)
    for (let place = 0; place < ranks.length; place += 1) {
      const offset = ranks[place]!
      if (offset > 0) this.#see(own, place, other.#baseMinute + offset)
    }
  }

  /** Tells how much memory its tables take. */
  get bytes(): number {
    return this.#ranks?.byteLength ?? this.#table.byteLength
  }

  /** Writes all that is known: form, base minute, table. */
  pack(): Uint8Array {
    const body = this.#ranks ?? this.#table
    const head = Uint32Array.of(this.#ranks === null ? SPARSE : DENSE, this.#baseMinute)
    return Buffer.concat([bytesOf(head), bytesOf(body)])
  }

  /** Reads what `pack` wrote. */
  static unpack(packed: Uint8Array): UserSketch {
    const bytes = new Uint8Array(packed).buffer
    const [form, baseMinute] = new Uint32Array(bytes, 0, 2)
    const sketch = new UserSketch()
    sketch.#baseMinute = baseMinute!
    if (form === DENSE) {
      sketch.#ranks = new Uint16Array(bytes, 8)
      sketch.#table = new Uint32Array(0)
    } else {
      sketch.#table = new Uint32Array(bytes, 8)
      for (let at = 1; at < sketch.#table.length; at += 2) {
        if (sketch.#table[at]! > 0) sketch.#users += 1
      }
    }
    return sketch
  }

  #noteSparse(hash: number, minute: number): void {
    const table = this.#table
    const at = placeOf(table, hash)
    if (table[at + 1] === 0) {
      if (4 * (this.#users + 1) > table.length) {
        this.#grow(minute)
        this.note(hash, minute)
        return
      }
      this.#users += 1
      table[at] = hash
    }
    if (minute > table[at + 1]!) table[at + 1] = minute
  }

  /** Makes room: forgets who was not seen for longer than any window, then grows or turns dense. */
  #grow(minute: number): void {
    const old = this.#table
    const kept: number[] = []
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1]! > minute - LONGEST_MINUTES) kept.push(at)
    }
    if (kept.length >= SPARSE_USERS) {
      this.#toDense(minute - LONGEST_MINUTES)
      return
    }
    let size = FIRST_SIZE
    while (2 * kept.length >= size) size *= 2
    this.#table = new Uint32Array(2 * size)
    this.#users = kept.length
    for (const at of kept) {
      const place = placeOf(this.#table, old[at]!)
      this.#table[place] = old[at]!
      this.#table[place + 1] = old[at + 1]!
    }
  }

  #toDense(baseMinute: number): Uint16Array {
    const table = this.#table
    const ranks = new Uint16Array(REGISTERS * RANKS)
    this.#ranks = ranks
    this.#baseMinute = Math.max(0, baseMinute)
    this.#table = new Uint32Array(0)
    this.#users = 0
    for (let at = 0; at < table.length; at += 2) {
      if (table[at + 1]! > 0) this.#noteDense(ranks, table[at]!, table[at + 1]!)
    }
    return ranks
  }

  #noteDense(ranks: Uint16Array, hash: number, minute: number): void {
    const register = hash >>> (32 - REGISTER_BITS)
    const rank = Math.min(Math.clz32(hash << REGISTER_BITS) + 1, RANKS)
    this.#see(ranks, register * RANKS + rank - 1, minute)
  }

  #see(ranks: Uint16Array, place: number, minute: number): void {
    if (minute - this.#baseMinute > LAST_OFFSET) this.#rebase(ranks, minute - LONGEST_MINUTES)
    const offset = minute - this.#baseMinute
    if (offset > ranks[place]!) ranks[place] = offset
  }

  #rebase(ranks: Uint16Array, baseMinute: number): void {
    const shift = baseMinute - this.#baseMinute
    for (let place = 0; place < ranks.length; place += 1) {
      ranks[place] = Math.max(0, ranks[place]! - shift)
    }
    this.#baseMinute = baseMinute
  }

  #estimate(ranks: Uint16Array, fromMinute: number): number {
    const from = fromMinute - this.#baseMinute
    const registersOfRank = new Float64Array(RANKS + 1)
    for (let register = 0; register < REGISTERS; register += 1) {
      let rank = RANKS
      while (rank > 0 && ranks[register * RANKS + rank - 1]! <= Math.max(0, from)) rank -= 1
      registersOfRank[rank] = registersOfRank[rank]! + 1
    }
    return Math.round(estimateOf(registersOfRank))
  }
}

/** Tells how many hashes give such a histogram of the registers' ranks. Ertl 2017, algorithm 6. */
function estimateOf(registersOfRank: Float64Array): number {
  let z = REGISTERS * tau(1 - registersOfRank[RANKS]! / REGISTERS)
  for (let rank = RANKS - 1; rank >= 1; rank -= 1) z = (z + registersOfRank[rank]!) / 2
  z += REGISTERS * sigma(registersOfRank[0]! / REGISTERS)
  return REGISTERS ** 2 / (2 * Math.LN2) / z
}

/** Of the registers that saw nothing. */
function sigma(share: number): number {
  if (share === 1) return Infinity
  let x = share
  let y = 1
  let z = share
  for (let before = NaN; z !== before;) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

/** Of the registers that saw more than can be told apart. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let x = share
  let y = 1
  let z = 1 - share
  for (let before = NaN; z !== before;) {
    x = Math.sqrt(x)
    before = z
    y /= 2
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}

/** Finds the place of a hash, or the empty one where it would go. */
function placeOf(table: Uint32Array, hash: number): number {
  const mask = table.length / 2 - 1
  for (let place = hash & mask; ; place = (place + 1) & mask) {
    if (table[2 * place + 1] === 0 || table[2 * place] === hash) return 2 * place
  }
}

function bytesOf(numbers: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}
