/**
 * Turns an OTLP/JSON metrics request into the same request in protobuf, so that there is one reader
 * and one log format of what it means. The text is walked as it lies in bytes: neither strings nor
 * objects are made of it, so that a body of any allowed size takes its own size in memory.
 *
 * Source: opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding": lowerCamelCase keys
 * only, unknown keys ignored, 64-bit integers as decimal text or number, enums as integers, bytes
 * in base64, doubles also as "NaN", "Infinity" and "-Infinity". A known key that stands twice in an
 * object is refused, as protobuf's own reader of JSON does: which of the two was meant?
 */
import { isUtf8 } from 'node:buffer'
import { DecimalBytes } from './decimal-bytes.ts'
import { jsonFields, type JsonField, type JsonFields } from './json-fields.ts'
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  JsonBytes,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts'
import { MessageBytes } from './message-bytes.ts'
import { EXPORT_METRICS_REQUEST } from './otlp-json-schema.ts'
import { WireError } from './wire-error.ts'

/** Attribute values may lie in each other; a hostile one would overflow the stack. */
const DEEPEST = 128
const SMALL_N = 0x6e
const SMALL_T = 0x74
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
/** Protobuf is a third of what JSON takes for the same points. */
const SHARE_OF_TEXT = 3

const json = new JsonBytes()
const decimal = new DecimalBytes()
/** Where in the document a value is: the fields that lead to it, with their places in a list. */
const path = { fields: [] as JsonField[], places: [] as number[] }
const ROOT = jsonFields(EXPORT_METRICS_REQUEST)
let out = new MessageBytes(0)

/**
 * Converts a request. Throws WireError, naming the JSON path of a wrong value or the position of a
 * syntax error. Not reentrant. Ownership: the bytes are the caller's.
 */
export function otlpJsonToProtobuf(text: Uint8Array): Uint8Array {
  if (!isUtf8(text)) throw new WireError('the document is not valid UTF-8')
  json.open(text)
  out = new MessageBytes(1_024 + Math.floor(text.length / SHARE_OF_TEXT))
  path.fields.length = 0
  try {
    readObject(ROOT)
    if (json.next() >= 0) throw json.unexpected()
    return out.take()
  } finally {
    json.close()
    out = new MessageBytes(0)
  }
}

function readObject(fields: JsonFields): void {
  if (json.next() !== OPEN_OBJECT) throw refusal('an object')
  if (path.fields.length > DEEPEST) throw new WireError(`${pathText()}: nested too deep`)
  json.position += 1
  if (json.passIf(CLOSE_OBJECT)) return
  let seen = 0
  do {
    json.readText()
    const field = fields.find(json)
    json.pass(COLON)
    if (field === undefined) json.skipValue()
    else {
      path.fields.push(field)
      path.places[path.fields.length - 1] = -1
      if ((seen & field.bit) !== 0) throw new WireError(`${pathText()}: the key stands twice`)
      seen |= field.bit
      readValue(field)
      path.fields.pop()
    }
  } while (json.passIf(COMMA))
  json.pass(CLOSE_OBJECT)
}

/** Reads what stands behind a key: null is the same as an absent key. */
function readValue(field: JsonField): void {
  if (json.next() === SMALL_N) json.readLiteral()
  else if (field.repeated) readList(field)
  else readElement(field)
}

function readList(field: JsonField): void {
  if (json.next() !== OPEN_LIST) throw refusal('a list')
  json.position += 1
  if (json.passIf(CLOSE_LIST)) return
  const depth = path.fields.length - 1
  path.places[depth] = -1
  do {
    path.places[depth]! += 1
    readElement(field)
  } while (json.passIf(COMMA))
  json.pass(CLOSE_LIST)
}

function readElement(field: JsonField): void {
  const { type } = field
  out.byte(field.tag)
  switch (type) {
    case 'message': {
      const start = out.begin(field.wide)
      readObject(field.fields())
      out.end(start, field.wide)
      return
    }
    case 'string':
      readString()
      return
    case 'double':
      out.double(readDouble())
      return
    case 'bool':
      out.byte(readBool())
      return
    case 'bytes':
      readBase64()
      return
    case 'fixed64':
    case 'sfixed64':
      readInteger(type)
      out.fixed64(decimal.low, decimal.high)
      return
    case 'int64':
    case 'uint64':
    case 'uint32':
      readInteger(type)
      out.varint(decimal.low, decimal.high)
      return
    case 'sint32':
      readInteger(type)
      // The complement of a negative number has its sign in all upper bits
      out.varint(((decimal.low << 1) ^ (decimal.low >> 31)) >>> 0, 0)
      return
  }
}

function readString(): void {
  if (json.next() !== QUOTE) throw refusal('a text')
  json.readText()
  if (!json.hasEscapes) out.text(json.bytes, json.textStart, json.textEnd)
  else {
    const bytes = Buffer.from(json.text())
    out.text(bytes, 0, bytes.length)
  }
}

function readBool(): number {
  const start = json.position
  const letter = json.next()
  if (letter !== SMALL_T && letter !== 0x66) throw refusal('true or false', start)
  return json.readLiteral() === SMALL_T ? 1 : 0
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

function readBase64(): void {
  const start = json.position
  if (json.next() !== QUOTE) throw refusal('base64 text')
  json.readText()
  const text = json.text()
  if (!BASE64.test(text)) throw refusal('base64 text', start)
  const bytes = Buffer.from(text, 'base64')
  out.text(bytes, 0, bytes.length)
}

type IntegerType = 'int64' | 'uint64' | 'fixed64' | 'sfixed64' | 'uint32' | 'sint32'

const INTEGERS: Readonly<Record<IntegerType, { name: string; fits: () => boolean }>> = {
  int64: { name: 'a signed 64-bit integer', fits: () => decimal.isSigned() },
  sfixed64: { name: 'a signed 64-bit integer', fits: () => decimal.isSigned() },
  uint64: { name: 'an unsigned 64-bit integer', fits: () => decimal.isUnsigned() },
  fixed64: { name: 'an unsigned 64-bit integer', fits: () => decimal.isUnsigned() },
  uint32: {
    name: 'an unsigned 32-bit integer',
    fits: () => decimal.isUnsigned() && decimal.high === 0,
  },
  sint32: {
    name: 'a signed 32-bit integer',
    fits: () =>
      decimal.high === 0 &&
      (decimal.low < 2 ** 31 || (decimal.negative && decimal.low === 2 ** 31)),
  },
}

/** Reads a whole number, bare or as text, into the halves of its two's complement. */
function readInteger(type: IntegerType): void {
  const { name, fits } = INTEGERS[type]
  const first = json.next()
  const start = json.position
  let isWhole = false
  if (first === QUOTE) {
    json.readText()
    isWhole = json.hasEscapes
      ? readDecimalText(json.text())
      : decimal.read(json.bytes, json.textStart, json.textEnd)
  } else if (isNumberStart(first)) {
    json.readNumber()
    isWhole = decimal.read(json.bytes, start, json.position) || readOtherForm(start, json.position)
  }
  if (!isWhole || !fits()) throw refusal(name, start)
  decimal.complement()
}

function readDecimalText(text: string): boolean {
  const bytes = Buffer.from(text)
  return decimal.read(bytes, 0, bytes.length)
}

/** Worked: 1.0, 1e3 and 12.5e1 are whole numbers too. */
function readOtherForm(start: number, end: number): boolean {
  const value = Number(latin1(start, end))
  return Number.isSafeInteger(value) && readDecimalText(String(value))
}

const NUMBER_TEXT = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const WORDS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

function readDouble(): number {
  const first = json.next()
  const start = json.position
  if (isNumberStart(first)) {
    json.readNumber()
    return numberOf(start, json.position)
  }
  if (first !== QUOTE) throw refusal('a number')
  json.readText()
  const text = json.text()
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (NUMBER_TEXT.test(text)) return Number(text)
  throw refusal('a number', start)
}

const EXACT_DIGITS = 15
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power)
const POINT = 0x2e

/**
 * Reads a number that is sound. Of at most fifteen digits and a power of ten both parts are exact,
 * so that one division rounds once; everything else is left to Number().
 */
function numberOf(start: number, end: number): number {
  const { bytes } = json
  const negative = bytes[start] === MINUS
  let digits = 0
  let pointAt = -1
  let at = negative ? start + 1 : start
  if (end - at > EXACT_DIGITS) return Number(latin1(start, end))
  for (; at < end; at += 1) {
    const byte = bytes[at]!
    if (byte === POINT) pointAt = at
    else if (byte >= ZERO && byte <= NINE) digits = digits * 10 + (byte - ZERO)
    else return Number(latin1(start, end))
  }
  const size = pointAt < 0 ? digits : digits / POWERS[end - pointAt - 1]!
  return negative ? -size : size
}

function isNumberStart(byte: number): boolean {
  return byte === MINUS || (byte >= ZERO && byte <= NINE)
}

function latin1(start: number, end: number): string {
  const { buffer, byteOffset } = json.bytes
  return Buffer.from(buffer, byteOffset + start, end - start).toString('latin1')
}

/** Says what stands at a position, or comes next, instead of what belongs there. */
function refusal(expected: string, at?: number): WireError {
  if (at !== undefined) json.position = at
  return new WireError(`${pathText()}: expected ${expected}, got ${excerpt()}`)
}

const LONGEST_PATH = 400
const LONGEST_EXCERPT = 60

function pathText(): string {
  if (path.fields.length === 0) return 'the document'
  const steps = path.fields.map(({ key }, depth) => {
    const place = path.places[depth]!
    return place < 0 ? key : `${key}[${place}]`
  })
  const text = steps.join('.')
  return text.length > LONGEST_PATH ? `${text.slice(0, LONGEST_PATH)}…` : text
}

/** Throws WireError itself where what comes next is no JSON at all. */
function excerpt(): string {
  const first = json.next()
  if (first === OPEN_LIST) return 'a list'
  if (first === OPEN_OBJECT) return 'an object'
  const start = json.position
  json.skipValue()
  const text = Buffer.from(json.bytes.subarray(start, json.position)).toString('utf8')
  return text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT)}…` : text
}
