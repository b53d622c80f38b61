/**
 * Makes strings of OTLP attributes. Values become text as OpenTelemetry's own conversion to labels
 * does: strings as they are, numbers and booleans as JSON writes them, bytes in base64, lists and
 * maps as JSON. Only for series and resources not met before.
 *
 *   KeyValue { string key = 1; AnyValue value = 2; }
 *   AnyValue { oneof value { string = 1; bool = 2; int64 = 3; double = 4;
 *                            ArrayValue = 5; KeyValueList = 6; bytes = 7; } }
 */
import { Cursor, tagOf, wrongType, BYTES, FIXED64, VARINT } from './cursor.ts'
import { readText } from './text.ts'
import { WireError } from './wire-error.ts'

export interface Attribute {
  readonly key: string
  readonly value: string
}

const KEY = tagOf(1, BYTES)
const VALUE = tagOf(2, BYTES)
const RESOURCE_ATTRIBUTES = tagOf(1, BYTES)
const SCOPE_ATTRIBUTES = tagOf(3, BYTES)
const ELEMENTS = tagOf(1, BYTES)
const STRING = tagOf(1, BYTES)
const BOOL = tagOf(2, VARINT)
const INT = tagOf(3, VARINT)
const DOUBLE = tagOf(4, FIXED64)
const ARRAY = tagOf(5, BYTES)
const MAP = tagOf(6, BYTES)
const RAW = tagOf(7, BYTES)

/**
 * How deep lists and maps may lie in each other. Real attributes are flat; a hostile one would
 * overflow the stack.
 */
const DEEPEST = 32

const cursor = new Cursor()

/**
 * Reads KeyValue fields, each with its tag, whatever their field number; order kept, repeated keys
 * too. Throws WireError.
 */
export function readAttributes(bytes: Uint8Array, start: number, end: number): Attribute[] {
  return reading(bytes, start, () => readFields(end, undefined))
}

/** Reads the attributes of a Resource from its raw body. Throws WireError. */
export function readResourceAttributes(bytes: Uint8Array, start: number, end: number): Attribute[] {
  return reading(bytes, start, () => readFields(end, RESOURCE_ATTRIBUTES))
}

/** Reads the attributes of an InstrumentationScope from its raw body. Throws WireError. */
export function readScopeAttributes(bytes: Uint8Array, start: number, end: number): Attribute[] {
  return reading(bytes, start, () => readFields(end, SCOPE_ATTRIBUTES))
}

function reading<T>(bytes: Uint8Array, start: number, read: () => T): T {
  cursor.open(bytes, start)
  try {
    return read()
  } finally {
    cursor.close()
  }
}

function readFields(end: number, only: number | undefined): Attribute[] {
  const attributes: Attribute[] = []
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (only !== undefined && tag !== only) cursor.skip(tag, end)
    else if ((tag & 7) !== BYTES) throw wrongType('a list of attributes', tag, cursor.position)
    else attributes.push(readAttribute(cursor.readEnd(end)))
  }
  return attributes
}

function readAttribute(end: number): Attribute {
  let key = ''
  let value = ''
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === KEY) key = readString(end, 'an attribute key')
    else if (tag === VALUE) value = readValue(cursor.readEnd(end), 0, false)
    else if (tag >>> 3 <= 2) throw wrongType('KeyValue', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  return { key, value }
}

/**
 * Reads an AnyValue as text: as JSON inside a list or map, else bare. Of several values the last
 * holds; of none the text is empty.
 */
function readValue(end: number, depth: number, asJson: boolean): string {
  let text = asJson ? 'null' : ''
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === STRING) text = quoteIf(asJson, readString(end, 'an attribute value'))
    else if (tag === BOOL) text = cursor.readVarint(end) === 0 ? 'false' : 'true'
    else if (tag === INT) text = readInteger(end)
    else if (tag === DOUBLE) text = doubleText(cursor.readDouble(end), asJson)
    else if (tag === ARRAY) text = readList(cursor.readEnd(end), depth + 1)
    else if (tag === MAP) text = readMap(cursor.readEnd(end), depth + 1)
    else if (tag === RAW) text = quoteIf(asJson, readBase64(end))
    else if (tag >>> 3 <= 7) throw wrongType('AnyValue', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  return text
}

function readList(end: number, depth: number): string {
  const elements: string[] = []
  eachElement(end, depth, (stop) => elements.push(readValue(stop, depth, true)))
  return `[${elements.join(',')}]`
}

function readMap(end: number, depth: number): string {
  const entries: string[] = []
  eachElement(end, depth, (stop) => entries.push(readEntry(stop, depth)))
  return `{${entries.join(',')}}`
}

function eachElement(end: number, depth: number, read: (stop: number) => void): void {
  if (depth > DEEPEST) {
    throw new WireError(`attribute values nested deeper than ${DEEPEST}`, cursor.position)
  }
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === ELEMENTS) read(cursor.readEnd(end))
    else cursor.skip(tag, end)
  }
}

function readEntry(end: number, depth: number): string {
  let key = ''
  let value = 'null'
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === KEY) key = readString(end, 'an attribute key')
    else if (tag === VALUE) value = readValue(cursor.readEnd(end), depth, true)
    else cursor.skip(tag, end)
  }
  return `${JSON.stringify(key)}:${value}`
}

function readString(end: number, what: string): string {
  const stop = cursor.readEnd(end)
  const text = readText(cursor.bytes, cursor.position, stop, what)
  cursor.position = stop
  return text
}

function readBase64(end: number): string {
  const stop = cursor.readEnd(end)
  const text = Buffer.from(cursor.bytes.subarray(cursor.position, stop)).toString('base64')
  cursor.position = stop
  return text
}

/**
 * An id may be a large integer, and one digit off names another: beyond 2^53 the bits are read
 * again, exactly.
 */
function readInteger(end: number): string {
  const start = cursor.position
  const value = cursor.readVarint(end)
  if (Number.isSafeInteger(value)) return String(value)
  let bits = 0n
  for (let at = cursor.position - 1; at >= start; at -= 1) {
    bits = (bits << 7n) | BigInt((cursor.bytes[at] as number) & 0x7f)
  }
  return String(BigInt.asIntN(64, bits))
}

function doubleText(value: number, asJson: boolean): string {
  return quoteIf(asJson && !Number.isFinite(value), String(value))
}

function quoteIf(asJson: boolean, text: string): string {
  return asJson ? JSON.stringify(text) : text
}
