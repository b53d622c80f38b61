/**
 * Finds two labels of a series by their names, without making strings, and copies the series'
 * labels without the second one: what is left names the series, whichever replica sent it.
 * Reads labels of remote write and attributes of OTLP alike: fields of two parts, the second a text
 * or a message around one. Whatever else it meets, it has not found the pair: who reads the labels
 * for good says what is wrong with them.
 *
 *   Label    { string name = 1; string value = 2; }
 *   KeyValue { string key = 1; AnyValue value = 2; }   AnyValue { string string_value = 1; }
 */
import { BYTES, FIXED32, FIXED64, tagOf, VARINT } from './cursor.ts'
import { append, clear, openScratch, type Scratch } from './scratch.ts'
import { readText } from './text.ts'

const NAME = tagOf(1, BYTES)
const VALUE = tagOf(2, BYTES)
const STRING = tagOf(1, BYTES)

/** What the value of a label is on the wire. */
export type LabelWire = 'label' | 'attribute'

/** A range of bytes; -1 where there is none. */
interface Range {
  start: number
  end: number
}

export class LabelPair {
  /** The labels without the second one. Holds until the next `read`. */
  readonly rest: Scratch = openScratch()
  /** Whether the last pair that was found differs from the one before. */
  isNew = true
  readonly #names: readonly [Uint8Array, Uint8Array]
  readonly #values: readonly [Range, Range] = [
    { start: -1, end: -1 },
    { start: -1, end: -1 },
  ]
  /** The field that holds the second label. */
  readonly #field: Range = { start: -1, end: -1 }
  /** The values of the pair before, one after the other. */
  readonly #before: Scratch = openScratch()
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(first: string, second: string) {
    this.#names = [Buffer.from(first), Buffer.from(second)]
  }

  /** Makes the next pair a new one. */
  forget(): void {
    this.isNew = true
    clear(this.#before)
  }

  /**
   * Looks through whole fields, tags included, until it has met both labels. True when it has, and
   * neither is empty. Their names come early among sorted ones, so most are not looked at.
   */
  read(bytes: Uint8Array, start: number, end: number, wire: LabelWire): boolean {
    this.#bytes = bytes
    this.#at = start
    for (const value of this.#values) value.start = -1
    const [first, second] = this.#values
    while (first.start < 0 || second.start < 0) {
      if (this.#at >= end || !this.#readField(end, wire)) return false
    }
    this.#compare()
    clear(this.rest)
    append(this.rest, bytes, start, this.#field.start)
    append(this.rest, bytes, this.#field.end, end)
    return true
  }

  /** Makes texts of the pair that was read last. Throws WireError. */
  texts(): [string, string] {
    const [first, second] = this.#values.map(({ start, end }) =>
      readText(this.#bytes, start, end, 'a label value'),
    ) as [string, string]
    return [first, second]
  }

  /** The longer one of the two values, in bytes. */
  get longestBytes(): number {
    return Math.max(...this.#values.map(({ start, end }) => end - start))
  }

  #readField(end: number, wire: LabelWire): boolean {
    const bytes = this.#bytes
    const fieldStart = this.#at
    const tag = bytes[this.#at]!
    this.#at += 1
    if ((tag & 7) !== BYTES || tag >= 0x80) return this.#pass(tag, end)
    const fieldEnd = this.#readEnd()
    if (!(fieldEnd <= end)) return false
    if (bytes[this.#at] !== NAME) return this.#passTo(fieldEnd)
    this.#at += 1
    const nameLength = this.#readVarint()
    const nameStart = this.#at
    const place = this.#placeOf(nameStart, nameLength)
    if (place < 0) return this.#passTo(fieldEnd)
    this.#at = nameStart + nameLength
    if (!this.#readValue(this.#values[place]!, fieldEnd, wire)) return false
    if (place === 1) {
      this.#field.start = fieldStart
      this.#field.end = fieldEnd
    }
    return this.#passTo(fieldEnd)
  }

  /** Reads the value that ends its field. False for a second one, and for one that is empty. */
  #readValue(value: Range, fieldEnd: number, wire: LabelWire): boolean {
    if (value.start >= 0 || this.#bytes[this.#at] !== VALUE) return false
    this.#at += 1
    if (this.#readEnd() !== fieldEnd) return false
    if (wire === 'attribute') {
      if (this.#bytes[this.#at] !== STRING) return false
      this.#at += 1
      if (this.#readEnd() !== fieldEnd) return false
    }
    value.start = this.#at
    value.end = fieldEnd
    return fieldEnd > this.#at
  }

  /** Tells which of the two a name is, or -1. */
  #placeOf(start: number, length: number): number {
    for (let place = 0; place < 2; place += 1) {
      const name = this.#names[place]!
      if (name.length === length && isSame(this.#bytes, start, name, 0, length)) return place
    }
    return -1
  }

  #compare(): void {
    const before = this.#before
    let at = 0
    let same = true
    for (const { start, end } of this.#values) {
      same &&= at + end - start <= before.length
      same &&= isSame(this.#bytes, start, before.bytes, at, end - start)
      at += end - start
      // Its end is part of it: "ab" and "c" are not "a" and "bc"
      same &&= before.bytes[at] === SEPARATOR
      at += 1
    }
    this.isNew = !same || at !== before.length
    if (!this.isNew) return
    clear(before)
    for (const { start, end } of this.#values) {
      append(before, this.#bytes, start, end)
      append(before, SEPARATORS, 0, 1)
    }
  }

  #passTo(end: number): boolean {
    this.#at = end
    return true
  }

  /** Passes a field that is no label, as a resource may have. */
  #pass(tag: number, end: number): boolean {
    const wireType = tag & 7
    if (tag >= 0x80) return false
    if (wireType === VARINT) this.#readVarint()
    else if (wireType === FIXED64) this.#at += 8
    else if (wireType === FIXED32) this.#at += 4
    else return false
    return this.#at <= end
  }

  /** Reads a length, and tells where what has it ends. */
  #readEnd(): number {
    const length = this.#readVarint()
    return this.#at + length
  }

  /** Past the end of the bytes it is not a number, and nothing that is compared with it holds. */
  #readVarint(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 28; scale *= 0x80) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) return NaN
      this.#at += 1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    return NaN
  }
}

/** In no text of UTF-8. */
const SEPARATOR = 0xff
const SEPARATORS = Uint8Array.of(SEPARATOR)

function isSame(
  bytes: Uint8Array,
  at: number,
  others: Uint8Array,
  otherAt: number,
  length: number,
): boolean {
  for (let index = 0; index < length; index += 1) {
    if (bytes[at + index] !== others[otherAt + index]) return false
  }
  return true
}
