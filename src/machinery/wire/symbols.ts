/**
 * The texts that a remote-write 2.0 request writes once and refers to by number, and the way back:
 * pairs of numbers become the label fields that a 1.0 request would carry, byte for byte, so that a
 * series keeps its key when its sender changes from one version to the other.
 *
 * A short request can refer to a long symbol many times. What its labels come to is therefore
 * limited: for a series (it is refused) and for the whole request.
 */
import { BYTES, tagOf } from './cursor.ts'
import { WireError } from './wire-error.ts'

/** The longest labels of one series that are written out. */
export const MAX_LABEL_BYTES = 65_536
/** What all labels of a request may come to. */
export const MAX_RESOLVED_BYTES = 256 * 1_048_576

const ARENA_BYTES = 4 * MAX_LABEL_BYTES
const LABEL_TAG = tagOf(1, BYTES)
const NAME_TAG = tagOf(1, BYTES)
const VALUE_TAG = tagOf(2, BYTES)
const KEPT_SYMBOLS = 65_536
/** What whole words that are copied may write past the end. */
const SLACK = 4
const MEMO_BYTES = 262_144
const NONE = -1
const NO_BYTES = new Uint8Array(0)

export class Symbols {
  /** Where labels are written out, series after series. */
  readonly arena = new Uint8Array(ARENA_BYTES + SLACK)
  /** The range of the last series in the arena. */
  start = 0
  end = 0
  count = 0
  readonly #arenaView = new DataView(this.arena.buffer)
  #bytes: Uint8Array = NO_BYTES
  #view: DataView = new DataView(NO_BYTES.buffer)
  #starts = new Int32Array(4_096)
  #lengths = new Int32Array(4_096)
  /** Bytes of the field that holds a symbol: none for the empty one, which is left out. */
  #fields = new Int32Array(4_096)
  #resolved = 0
  /**
   * Labels that came before, by their value: the name that it came with first, and from the second
   * time on where the whole label lies. A value nearly always comes with the same name.
   */
  readonly #memoBytes = new Uint8Array(MEMO_BYTES + SLACK)
  readonly #memo = new DataView(this.#memoBytes.buffer)
  #memoNames = new Int32Array(4_096)
  #memoStarts = new Int32Array(4_096)
  #memoLengths = new Int32Array(4_096)
  #memoEnd = 0

  open(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.count = 0
    this.start = 0
    this.end = 0
    this.#resolved = 0
    this.#memoEnd = 0
  }

  /** Lets go of the request, and of what an unusually large one made the table grow to. */
  close(): void {
    this.#bytes = NO_BYTES
    this.#view = new DataView(NO_BYTES.buffer)
    if (this.#starts.length > KEPT_SYMBOLS) this.#resize(4_096)
  }

  /** Adds the next symbol. The first has to be empty: it stands for what is not given. */
  add(start: number, end: number): void {
    const index = this.count
    const length = end - start
    if (index === 0 && length > 0) throw new WireError('the first symbol is not empty', start)
    if (index === this.#starts.length) this.#resize(2 * index)
    this.#starts[index] = start
    this.#lengths[index] = length
    this.#fields[index] = length === 0 ? 0 : 1 + varintBytes(length) + length
    this.#memoNames[index] = NONE
    this.#memoLengths[index] = 0
    this.count = index + 1
  }

  /** Tells how many bytes the labels of these references come to. References are in range. */
  sizeOf(refs: Int32Array, refCount: number): number {
    const fields = this.#fields
    let size = 0
    for (let at = 0; at < refCount; at += 2) {
      const inner = fields[refs[at]!]! + fields[refs[at + 1]!]!
      size += 1 + (inner < 0x80 ? 1 : varintBytes(inner)) + inner
    }
    return size
  }

  /** Tells whether labels of this size still fit into the arena after the last ones. */
  hasRoom(size: number): boolean {
    return this.end + size <= ARENA_BYTES
  }

  /** Writes from the arena's beginning again. */
  rewind(): void {
    this.end = 0
  }

  /**
   * Writes the labels of a series into the arena, at `start` to `end`. Throws WireError when the
   * request has come to more than it may.
   */
  resolve(refs: Int32Array, refCount: number, size: number): void {
    this.#resolved += size
    if (this.#resolved > MAX_RESOLVED_BYTES) {
      const what = `the labels of the request come to more than ${MAX_RESOLVED_BYTES} bytes`
      throw new WireError(what, undefined, 'too-large')
    }
    const names = this.#memoNames
    const lengths = this.#memoLengths
    const starts = this.#memoStarts
    const memo = this.#memo
    const arena = this.#arenaView
    let at = this.end
    this.start = at
    for (let ref = 0; ref < refCount; ref += 2) {
      const name = refs[ref]!
      const value = refs[ref + 1]!
      const length = lengths[value]!
      if (length === 0 || names[value] !== name) {
        at = this.#putLabel(name, value, at)
        continue
      }
      const from = starts[value]!
      for (let byte = 0; byte < length; byte += 4) {
        arena.setInt32(at + byte, memo.getInt32(from + byte, true), true)
      }
      at += length
    }
    this.end = at
  }

  /** Writes a label from its symbols, and remembers it the second time, where there is room. */
  #putLabel(name: number, value: number, to: number): number {
    const { arena } = this
    arena[to] = LABEL_TAG
    let at = putVarint(arena, to + 1, this.#fields[name]! + this.#fields[value]!)
    at = this.#put(NAME_TAG, name, at)
    at = this.#put(VALUE_TAG, value, at)
    const length = at - to
    const isAgain = this.#memoNames[value] === name && this.#memoEnd + length <= MEMO_BYTES
    if (this.#memoNames[value] === NONE) this.#memoNames[value] = name
    if (!isAgain) return at
    this.#memoStarts[value] = this.#memoEnd
    this.#memoLengths[value] = length
    for (let byte = 0; byte < length; byte += 1)
      this.#memoBytes[this.#memoEnd + byte] = arena[to + byte]!
    this.#memoEnd += length
    return at
  }

  #put(tag: number, symbol: number, to: number): number {
    const length = this.#lengths[symbol]!
    if (length === 0) return to
    const { arena } = this
    const view = this.#view
    const arenaView = this.#arenaView
    arena[to] = tag
    let at = putVarint(arena, to + 1, length)
    let from = this.#starts[symbol]!
    const end = from + length
    for (; from + 4 <= end; from += 4, at += 4) {
      arenaView.setInt32(at, view.getInt32(from, true), true)
    }
    for (; from < end; from += 1, at += 1) arena[at] = this.#bytes[from]!
    return at
  }

  #resize(symbols: number): void {
    const kept = Math.min(symbols, this.count)
    this.#starts = resized(this.#starts, symbols, kept)
    this.#lengths = resized(this.#lengths, symbols, kept)
    this.#fields = resized(this.#fields, symbols, kept)
    this.#memoNames = resized(this.#memoNames, symbols, kept)
    this.#memoStarts = resized(this.#memoStarts, symbols, kept)
    this.#memoLengths = resized(this.#memoLengths, symbols, kept)
  }
}

function resized(from: Int32Array, length: number, kept: number) {
  const to = new Int32Array(length)
  to.set(from.subarray(0, kept))
  return to
}

function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let to = at
  for (; rest >= 0x80; rest >>>= 7, to += 1) bytes[to] = (rest & 0x7f) | 0x80
  bytes[to] = rest
  return to + 1
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest >>>= 7) bytes += 1
  return bytes
}
