/**
 * A second reader of OTLP/JSON, by JSON.parse: slow, simple, and what the reader that walks bytes has
 * to agree with.
 */
import { openProtoWriter, type ProtoWriter } from '../../../src/machinery/wire/encode.ts'
import {
  EXPORT_METRICS_REQUEST,
  type JsonRow,
  type JsonMessage,
} from '../../../src/machinery/wire/otlp-json-schema.ts'
import { readText } from '../../../src/machinery/wire/text.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'

/** Attribute values may lie in each other; a hostile one would overflow the stack. */
const DEEPEST = 64

interface Conversion {
  readonly writer: ProtoWriter
  /** Where in the document: keys and indices, `.resourceMetrics`, `[0]`. */
  readonly path: string[]
}

/**
 * Converts a request. Throws WireError, naming the JSON path of a wrong value or the position of a
 * syntax error.
 */
export function oracleOfJson(text: string | Uint8Array): Uint8Array {
  const conversion: Conversion = { writer: openProtoWriter(), path: [] }
  writeFields(conversion, EXPORT_METRICS_REQUEST, parseJson(text))
  return conversion.writer.take()
}

function writeFields(conversion: Conversion, message: JsonMessage, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal(conversion, 'an object', value)
  }
  if (conversion.path.length > 2 * DEEPEST) {
    throw new WireError(`${pathText(conversion)}: nested too deep`)
  }
  for (const [key, fieldValue] of Object.entries(value)) {
    const field = Object.hasOwn(message, key) ? message[key] : undefined
    if (field === undefined || fieldValue === null) continue
    conversion.path.push(`.${key}`)
    if (field.repeated === true) writeRepeated(conversion, field, fieldValue)
    else writeField(conversion, field, fieldValue)
    conversion.path.pop()
  }
}

function writeRepeated(conversion: Conversion, field: JsonRow, value: unknown): void {
  if (!Array.isArray(value)) throw refusal(conversion, 'a list', value)
  value.forEach((element: unknown, index) => {
    conversion.path.push(`[${index}]`)
    writeField(conversion, field, element)
    conversion.path.pop()
  })
}

function writeField(conversion: Conversion, field: JsonRow, value: unknown): void {
  const { writer } = conversion
  switch (field.type) {
    case 'message':
      writer.message(field.number, () => writeFields(conversion, field.message(), value))
      return
    case 'string':
      if (typeof value !== 'string') throw refusal(conversion, 'a text', value)
      writer.text(field.number, value)
      return
    case 'bool':
      if (typeof value !== 'boolean') throw refusal(conversion, 'true or false', value)
      writer.varint(field.number, value ? 1 : 0)
      return
    case 'bytes':
      writer.bytes(field.number, bytesOf(conversion, value))
      return
    case 'double':
      writer.double(field.number, doubleOf(conversion, value))
      return
    case 'int64':
      writer.varint(field.number, integerOf(conversion, value, SIGNED_64))
      return
    case 'sfixed64':
      writer.fixed64(field.number, integerOf(conversion, value, SIGNED_64))
      return
    case 'fixed64':
      writer.fixed64(field.number, integerOf(conversion, value, UNSIGNED_64))
      return
    case 'uint32':
      writer.varint(field.number, integerOf(conversion, value, UNSIGNED_32))
      return
    case 'uint64':
      writer.varint(field.number, integerOf(conversion, value, UNSIGNED_64))
      return
    case 'sint32':
      writer.varint(field.number, zigzag(Number(integerOf(conversion, value, SIGNED_32))))
      return
  }
}

interface IntegerRange {
  readonly name: string
  readonly least: bigint
  readonly most: bigint
}

const SIGNED_64: IntegerRange = {
  name: 'a signed 64-bit integer',
  least: -(2n ** 63n),
  most: 2n ** 63n - 1n,
}
const UNSIGNED_64: IntegerRange = {
  name: 'an unsigned 64-bit integer',
  least: 0n,
  most: 2n ** 64n - 1n,
}
const SIGNED_32: IntegerRange = {
  name: 'a signed 32-bit integer',
  least: -(2n ** 31n),
  most: 2n ** 31n - 1n,
}
const UNSIGNED_32: IntegerRange = {
  name: 'an unsigned 32-bit integer',
  least: 0n,
  most: 2n ** 32n - 1n,
}
const DECIMAL = /^-?[0-9]{1,20}$/

function integerOf(conversion: Conversion, value: unknown, range: IntegerRange): number | bigint {
  const given = typeof value === 'string' && DECIMAL.test(value) ? shortest(value) : value
  const integer = typeof given === 'bigint' || (typeof given === 'number' && isExact(given))
  if (!integer || given < range.least || given > range.most) {
    throw refusal(conversion, range.name, value)
  }
  return given
}

function shortest(decimal: string): number | bigint {
  return decimal.length <= 15 ? Number(decimal) : BigInt(decimal)
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function isExact(value: number): boolean {
  return Number.isSafeInteger(value)
}

const NUMBER_TEXT = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const WORDS: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

function doubleOf(conversion: Conversion, value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  const word = WORDS.get(value)
  if (word !== undefined) return word
  if (typeof value === 'string' && NUMBER_TEXT.test(value)) return Number(value)
  throw refusal(conversion, 'a number', value)
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

function bytesOf(conversion: Conversion, value: unknown): Uint8Array {
  if (typeof value === 'string' && BASE64.test(value)) return Buffer.from(value, 'base64')
  throw refusal(conversion, 'base64 text', value)
}

function refusal(conversion: Conversion, expected: string, value: unknown): WireError {
  return new WireError(`${pathText(conversion)}: expected ${expected}, got ${excerpt(value)}`)
}

function pathText({ path }: Conversion): string {
  const text = path.join('').slice(1)
  if (text === '') return 'the document'
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

function excerpt(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const LONG_INTEGER = /[:[,]\s*-?[0-9]{16}/
const WHOLE = /^-?[0-9]+$/
const UNEXPECTED = /^Unexpected token '[^']*'/
const AT_POSITION = / (?:in JSON )?at position ([0-9]+)/

function parseJson(input: string | Uint8Array): unknown {
  const text = typeof input === 'string' ? input : readText(input, 0, input.length, 'the document')
  try {
    // The slow parse only where a number with so many digits stands: whoever sends 64-bit integers
    // as text never needs it.
    return LONG_INTEGER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxError(error, text)
    throw error
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return WHOLE.test(source) ? BigInt(source) : value
}

function syntaxError({ message }: SyntaxError, text: string): WireError {
  const position = AT_POSITION.exec(message)
  if (position !== null) {
    return new WireError(`JSON: ${message.slice(0, position.index)}`, Number(position[1]))
  }
  if (message.includes('end of JSON input'))
    return new WireError('JSON: unexpected end', text.length)
  // Without a position the engine quotes the text instead: its first words are enough.
  return new WireError(`JSON: ${UNEXPECTED.exec(message)?.[0] ?? 'not a JSON document'}`)
}
