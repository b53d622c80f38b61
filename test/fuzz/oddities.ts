/**
 * Finds what in a protobuf message readers may judge differently without one of them being wrong,
 * by walking it with its definition: see the README for what each is.
 */
import { isUtf8 } from 'node:buffer'
import protobuf from 'protobufjs'

export type Oddity =
  | 'a group'
  | 'a wrong wire type'
  | 'a field number out of range'
  | 'text that is not UTF-8'
  | 'a single message twice'
  | 'two members of one oneof'
  | 'a varint with bits above its type'
  | 'a field over the end of its message'

const WIRE_TYPES: Readonly<Record<string, number>> = {
  double: 1,
  fixed64: 1,
  sfixed64: 1,
  string: 2,
  bytes: 2,
}
const LARGEST_FIELD = 2 ** 29

/** Walks as far as the bytes are sound. */
export function odditiesOf(bytes: Uint8Array, type: protobuf.Type): Set<Oddity> {
  const found = new Set<Oddity>()
  walk(bytes, type, found, 0)
  return found
}

function walk(bytes: Uint8Array, type: protobuf.Type, found: Set<Oddity>, depth: number): void {
  const singles = new Set<number>()
  const members = new Map<string, number>()
  let at = 0
  const overrun = (): void => {
    if (depth > 0) found.add('a field over the end of its message')
  }
  const varint = (): bigint | undefined => {
    let value = 0n
    for (let index = 0n; at < bytes.length && index < 10n; index += 1n) {
      const byte = bytes[at]!
      at += 1
      value |= BigInt(byte & 0x7f) << (7n * index)
      if (byte < 0x80) return value
    }
    if (at < bytes.length) found.add('a varint with bits above its type')
    return undefined
  }
  while (at < bytes.length) {
    const tag = varint()
    if (tag === undefined) return overrun()
    if (tag >= 2n ** 32n) found.add('a field number out of range')
    const number = Number(tag >> 3n)
    const wireType = Number(tag & 7n)
    if (number === 0 || number >= LARGEST_FIELD) found.add('a field number out of range')
    if (wireType === 3 || wireType === 4) found.add('a group')
    const field = type.fieldsById[number]?.resolve()
    if (field !== undefined && !isExpected(field, wireType)) found.add('a wrong wire type')
    if (wireType === 0) {
      const value = varint()
      if (value === undefined) return overrun()
      if (value >= 2n ** 64n) found.add('a varint with bits above its type')
      else if (field !== undefined && !fits(field, value)) {
        found.add('a varint with bits above its type')
      }
    } else if (wireType === 1) at += 8
    else if (wireType === 5) at += 4
    else if (wireType === 2) {
      const length = varint()
      if (length === undefined || length > BigInt(bytes.length - at)) return overrun()
      const content = bytes.subarray(at, at + Number(length))
      at += Number(length)
      if (field?.type === 'string' && !isUtf8(content)) found.add('text that is not UTF-8')
      if (field?.resolvedType instanceof protobuf.Type && depth < 200) {
        if (!field.repeated && singles.has(number)) found.add('a single message twice')
        singles.add(number)
        walk(content, field.resolvedType, found, depth + 1)
      } else if (field?.repeated === true && field.packed) walkPacked(content, field, found)
    } else return
    if (at > bytes.length) return overrun()
    if (field?.partOf == null) continue
    const before = members.get(field.partOf.name)
    if (before !== undefined && before !== number) found.add('two members of one oneof')
    members.set(field.partOf.name, number)
  }
}

/** Fields of one number that lie one after the other, without tags. */
function walkPacked(content: Uint8Array, field: protobuf.Field, found: Set<Oddity>): void {
  if (WIRE_TYPES[field.type] === 1) {
    if (content.length % 8 !== 0) found.add('a field over the end of its message')
    return
  }
  let bytes = 0
  for (const byte of content) {
    bytes += 1
    if (bytes > 10 || (bytes === 10 && byte > 1)) found.add('a varint with bits above its type')
    if (bytes > 5 && field.type.endsWith('32')) found.add('a varint with bits above its type')
    if (byte < 0x80) bytes = 0
  }
  if (bytes > 0) found.add('a field over the end of its message')
}

function isExpected(field: protobuf.Field, wireType: number): boolean {
  const own = field.resolvedType instanceof protobuf.Type ? 2 : (WIRE_TYPES[field.type] ?? 0)
  return wireType === own || (wireType === 2 && field.repeated && own !== 2)
}

/** Readers may keep or drop the upper bits of a 32-bit field, and of a truth value. */
function fits(field: protobuf.Field, value: bigint): boolean {
  if (field.type === 'bool') return value <= 1n
  if (field.type === 'uint32' || field.type === 'sint32') return value < 2n ** 32n
  return field.resolvedType instanceof protobuf.Enum ? value < 2n ** 31n : true
}
