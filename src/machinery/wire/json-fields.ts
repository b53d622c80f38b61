/** Finds the field that a JSON key names, by the key's bytes. */
import { BYTES, FIXED64, tagOf, VARINT } from './cursor.ts'
import type { JsonBytes } from './json-bytes.ts'
import { NAMING_MESSAGES, type JsonMessage, type JsonScalar } from './otlp-json-schema.ts'

export interface JsonField {
  readonly key: string
  readonly keyBytes: Uint8Array
  /** One bit of its own among the fields of its message. */
  readonly bit: number
  readonly type: JsonScalar | 'message'
  /** The protobuf tag, one byte. */
  readonly tag: number
  readonly repeated: boolean
  /** Whether its length takes five bytes: messages that are no part of a series' name. */
  readonly wide: boolean
  /** Of a message. */
  readonly fields: () => JsonFields
}

export interface JsonFields {
  /** Finds the field that the last text names. */
  find(json: JsonBytes): JsonField | undefined
}

const WIRE_TYPES: Readonly<Record<JsonScalar | 'message', number>> = {
  message: BYTES,
  string: BYTES,
  bytes: BYTES,
  bool: VARINT,
  int64: VARINT,
  uint64: VARINT,
  uint32: VARINT,
  sint32: VARINT,
  double: FIXED64,
  fixed64: FIXED64,
  sfixed64: FIXED64,
}

const known = new Map<JsonMessage, JsonFields>()

/** Tells the fields of a message. */
export function jsonFields(message: JsonMessage): JsonFields {
  const made = known.get(message)
  if (made !== undefined) return made
  const byLength: JsonField[][] = []
  Object.entries(message).forEach(([key, row], index) => {
    const keyBytes = Buffer.from(key)
    let inner: JsonFields | undefined
    const field: JsonField = {
      key,
      keyBytes,
      bit: 1 << index,
      type: row.type,
      tag: tagOf(row.number, WIRE_TYPES[row.type]),
      repeated: row.repeated === true,
      wide: row.type === 'message' && !NAMING_MESSAGES.has(row.message()),
      fields: () => (inner ??= jsonFields(row.type === 'message' ? row.message() : {})),
    }
    const ofLength = (byLength[keyBytes.length] ??= [])
    ofLength.push(field)
  })
  const fields: JsonFields = {
    find: (json) => {
      if (json.hasEscapes) return findText(byLength, json.text())
      const { bytes, textStart, textEnd } = json
      const candidates = byLength[textEnd - textStart]
      if (candidates === undefined) return undefined
      for (const field of candidates) if (isKey(field, bytes, textStart)) return field
      return undefined
    },
  }
  known.set(message, fields)
  return fields
}

function isKey({ keyBytes }: JsonField, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < keyBytes.length; index += 1) {
    if (bytes[start + index] !== keyBytes[index]) return false
  }
  return true
}

function findText(byLength: readonly JsonField[][], key: string): JsonField | undefined {
  return byLength[key.length]?.find((field) => field.key === key)
}
