/**
 * Walks JSON text as it lies in bytes, without making strings or objects of it: positions of texts
 * and numbers, moved by each read. As strict as JSON.parse; the bytes must be UTF-8. Whatever the
 * bytes are, a read moves forward or throws.
 * Source: RFC 8259.
 */
import { WireError } from './wire-error.ts'

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
const ESCAPE = 0x5c
const BLANK = 0x20
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const SMALL_U = 0x75
const SMALL_E = 0x65

const LITERALS: ReadonlyMap<number, Uint8Array> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
)
const SHORT_ESCAPES = new Set(Buffer.from('"\\/bfnrt'))

const EMPTY = new Uint8Array(0)

export class JsonBytes {
  bytes: Uint8Array = EMPTY
  position = 0
  /** The last text, without its quotes. */
  textStart = 0
  textEnd = 0
  /** Whether it says something else than its bytes do. */
  hasEscapes = false

  open(bytes: Uint8Array): void {
    this.bytes = bytes
    this.position = 0
  }

  close(): void {
    this.bytes = EMPTY
  }

  /** Passes blanks and tells the byte that comes next, -1 at the end. */
  next(): number {
    const { bytes } = this
    const end = bytes.length
    let at = this.position
    while (at < end) {
      const byte = bytes[at]!
      if (byte > BLANK) {
        this.position = at
        return byte
      }
      if (byte !== BLANK && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
      at += 1
    }
    this.position = at
    return at < end ? bytes[at]! : -1
  }

  /** Passes a byte that has to come next. */
  pass(byte: number): void {
    if (this.next() !== byte) throw this.unexpected()
    this.position += 1
  }

  /** Passes the byte where it comes next, and tells whether it did. */
  passIf(byte: number): boolean {
    if (this.next() !== byte) return false
    this.position += 1
    return true
  }

  /** Reads a text, which has to come next. */
  readText(): void {
    this.pass(QUOTE)
    const { bytes } = this
    const end = bytes.length
    this.textStart = this.position
    this.hasEscapes = false
    let at = this.position
    for (; at < end; at += 1) {
      const byte = bytes[at]!
      if (byte === QUOTE) {
        this.textEnd = at
        this.position = at + 1
        return
      }
      if (byte < BLANK) throw this.unexpected(at)
      if (byte !== ESCAPE) continue
      this.hasEscapes = true
      at = this.#escapeEnd(at)
    }
    throw this.unexpected(at)
  }

  /** Makes a string of the last text. */
  text(): string {
    const { bytes, textStart, textEnd } = this
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset + textStart, textEnd - textStart)
    const text = raw.toString('utf8')
    return this.hasEscapes ? (JSON.parse(`"${text}"`) as string) : text
  }

  /** Reads a number, which has to come next, and tells where it begins. */
  readNumber(): number {
    this.next()
    const start = this.position
    if (this.#at(this.position) === MINUS) this.position += 1
    if (this.#at(this.position) === ZERO) this.position += 1
    else this.#digits()
    if (this.#at(this.position) === POINT) {
      this.position += 1
      this.#digits()
    }
    if ((this.#at(this.position) | 0x20) === SMALL_E) {
      this.position += 1
      const sign = this.#at(this.position)
      if (sign === MINUS || sign === PLUS) this.position += 1
      this.#digits()
    }
    return start
  }

  /** Passes `true`, `false` or `null` and tells its first letter. */
  readLiteral(): number {
    const letter = this.next()
    const word = LITERALS.get(letter)
    if (word === undefined) throw this.unexpected()
    for (const byte of word) {
      if (this.#at(this.position) !== byte) throw this.unexpected()
      this.position += 1
    }
    return letter
  }

  /** Passes a value of any kind, without recursion. */
  skipValue(): void {
    const closers: number[] = []
    for (;;) {
      if (!this.#opensFilled(closers)) {
        // A value ended, and with it all that it was the last of
        while (closers.length > 0 && !this.passIf(COMMA)) this.pass(closers.pop()!)
        if (closers.length === 0) return
      }
      if (closers.at(-1) === CLOSE_OBJECT) this.#passKey()
    }
  }

  unexpected(at: number = this.position): WireError {
    if (at >= this.bytes.length) return new WireError('JSON: unexpected end', at)
    const byte = this.bytes[at]!
    const shown =
      byte > BLANK && byte < 0x7f
        ? `'${String.fromCharCode(byte)}'`
        : `byte 0x${byte.toString(16).padStart(2, '0')}`
    return new WireError(`JSON: unexpected ${shown}`, at)
  }

  /** Passes a simple value, an empty list or object, or the beginning of one that is not empty. */
  #opensFilled(closers: number[]): boolean {
    const byte = this.next()
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const closer = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST
      this.position += 1
      if (this.passIf(closer)) return false
      closers.push(closer)
      return true
    }
    if (byte === QUOTE) this.readText()
    else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) this.readNumber()
    else this.readLiteral()
    return false
  }

  #passKey(): void {
    this.readText()
    this.pass(COLON)
  }

  #at(position: number): number {
    return position < this.bytes.length ? this.bytes[position]! : -1
  }

  #digits(): void {
    const { bytes } = this
    const start = this.position
    let at = start
    while (at < bytes.length && bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1
    this.position = at
    if (at === start) throw this.unexpected()
  }

  /** Tells where an escape ends: its last byte. */
  #escapeEnd(at: number): number {
    const kind = this.#at(at + 1)
    if (SHORT_ESCAPES.has(kind)) return at + 1
    if (kind !== SMALL_U) throw this.unexpected(at + 1)
    for (let digit = at + 2; digit < at + 6; digit += 1) {
      if (!isHex(this.#at(digit))) throw this.unexpected(digit)
    }
    return at + 5
  }
}

function isHex(byte: number): boolean {
  const letter = byte | 0x20
  return (byte >= ZERO && byte <= NINE) || (letter >= 0x61 && letter <= 0x66)
}
