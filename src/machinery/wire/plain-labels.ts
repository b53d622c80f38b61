/**
 * Reads the labels of a new remote-write series without making strings, where they are as nearly
 * all senders write them: name before value, nothing empty, no label over 127 bytes, ASCII,
 * names rising. What is not plain is for `readLabels`.
 */
import { BYTES, tagOf } from './cursor.ts'
import { readText } from './text.ts'

const FIELD = tagOf(1, BYTES)
const NAME = tagOf(1, BYTES)
const VALUE = tagOf(2, BYTES)
const ONE_BYTE = 0x80
const MOST_LABELS = 64
/** What plain labels may take: each has a length of one byte. */
export const MOST_PLAIN_BYTES = MOST_LABELS * (2 + 0x7f)

export class PlainLabels {
  count = 0
  longestName = 0
  longestValue = 0
  #bytes: Uint8Array = new Uint8Array(0)
  /** Where each name begins; its length stands in the byte before. */
  readonly #names = new Int32Array(MOST_LABELS)
  /** A bit for each length that a name has, modulo 32: most names that are asked for are absent. */
  #lengths = 0
  /** What each name comes to: names that differ in it are not the same. */
  readonly #sums = new Int32Array(MOST_LABELS)

  /**
   * Reads whole Label fields. False when they are not plain. What is read holds until the next call
   * and as long as the bytes do.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes
    this.count = 0
    this.longestName = 0
    this.longestValue = 0
    this.#lengths = 0
    if (!isAscii(bytes, start, end)) return false
    for (let at = start; at < end;) {
      const next = this.#readLabel(at, end)
      if (next < 0) return false
      at = next
    }
    return true
  }

  /** Tells the value of a label, which must have an ASCII name. */
  value(name: string): string | undefined {
    if ((this.#lengths & (1 << name.length)) === 0) return undefined
    const bytes = this.#bytes
    const sum = sumOfName(name)
    for (let index = 0; index < this.count; index += 1) {
      if (this.#sums[index] !== sum) continue
      const at = this.#names[index]!
      if (!isText(bytes, at, name)) continue
      const valueAt = at + name.length + 2
      return readText(bytes, valueAt, valueAt + bytes[valueAt - 1]!, 'a label value')
    }
    return undefined
  }

  /**
   * Tells what `gather` knows names by, which must be ASCII. Different names may have one number.
   */
  sumsOf(names: Iterable<string>): Set<number> {
    const sums = new Set<number>()
    for (const name of names) if (name !== '') sums.add(sumOfName(name))
    return sums
  }

  /**
   * Copies the fields of all labels that `sums` has, in their order, to `at`, where there must be
   * room for `MOST_PLAIN_BYTES`. Returns where they end.
   */
  gather(sums: ReadonlySet<number>, into: Uint8Array, at: number): number {
    const bytes = this.#bytes
    let to = at
    for (let index = 0; index < this.count; index += 1) {
      if (!sums.has(this.#sums[index]!)) continue
      const from = this.#names[index]! - 4
      const length = 2 + bytes[from + 1]!
      for (let offset = 0; offset < length; offset += 1) into[to + offset] = bytes[from + offset]!
      to += length
    }
    return to
  }

  /** Returns where the label ends, or -1 when it is not plain. */
  #readLabel(at: number, end: number): number {
    const bytes = this.#bytes
    if (at + 8 > end || this.count === MOST_LABELS) return -1
    const labelLength = bytes[at + 1]!
    const nameLength = bytes[at + 3]!
    const next = at + 2 + labelLength
    const valueAt = at + 4 + nameLength + 2
    if (bytes[at] !== FIELD || bytes[at + 2] !== NAME || nameLength === 0) return -1
    if (next > end || valueAt >= next) return -1
    const valueLength = bytes[valueAt - 1]!
    if (bytes[valueAt - 2] !== VALUE || valueAt + valueLength !== next) return -1
    if (this.count > 0 && !this.#rises(at + 4, nameLength)) return -1
    const last = at + 3 + nameLength
    this.#names[this.count] = at + 4
    this.#lengths |= 1 << nameLength
    this.#sums[this.count] = sumOf(
      nameLength - 1,
      bytes[at + 4]!,
      bytes[at + 4 + ((nameLength - 1) >>> 1)]!,
      bytes[last]!,
    )
    this.count += 1
    if (nameLength > this.longestName) this.longestName = nameLength
    if (valueLength > this.longestValue) this.longestValue = valueLength
    return next
  }

  /** Tells whether a name comes after the one before. */
  #rises(at: number, length: number): boolean {
    const bytes = this.#bytes
    const before = this.#names[this.count - 1]!
    const beforeLength = bytes[before - 1]!
    const shorter = Math.min(length, beforeLength)
    for (let index = 0; index < shorter; index += 1) {
      const difference = bytes[at + index]! - bytes[before + index]!
      if (difference !== 0) return difference > 0
    }
    return length > beforeLength
  }
}

function sumOfName(name: string): number {
  const last = name.length - 1
  return sumOf(last, name.charCodeAt(0), name.charCodeAt(last >>> 1), name.charCodeAt(last))
}

function sumOf(length: number, first: number, middle: number, last: number): number {
  return length | (first << 8) | (middle << 16) | (last << 24)
}

/** Lengths below 128 are ASCII too, so that one look at all bytes is enough. */
function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let bits = 0
  for (let at = start; at < end; at += 1) bits |= bytes[at]!
  return bits < ONE_BYTE
}

function isText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  }
  return true
}
