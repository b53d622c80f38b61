/** Makes messages of any protobuf type from its definition, and their bytes. */
import protobuf from 'protobufjs'
import type { Prng } from '../../src/core/prng.ts'

const TEXTS = [
  '',
  'a',
  'tenant.id',
  'acme',
  'http_requests_total',
  'größe',
  '日本語',
  '😀',
  'x\n"\\',
]
const DOUBLES = [
  0,
  -0,
  1,
  1.5,
  -2.25,
  1e300,
  5e-324,
  NaN,
  Infinity,
  -Infinity,
  0.1,
  123_456_789.125,
]
const LONGS = ['0', '1', '12', '1700000000123', '1700000000123456789', '9007199254740993']
const HUGE = ['9223372036854775807', '-9223372036854775808', '-1', '18446744073709551615']
const INTS = [0, 1, 2, 3, 127, 128, 300, 65_536, 2 ** 31 - 1]

const pick = <V>(prng: Prng, values: readonly V[]): V => values[prng.below(values.length)]!

/** Tells a plain object that `type.fromObject` takes. Depth and lists are bounded. */
export function randomMessage(prng: Prng, type: protobuf.Type, depth = 0): Record<string, unknown> {
  const message: Record<string, unknown> = {}
  for (const field of type.fieldsArray) {
    if (prng.below(depth > 8 ? 8 : 4) === 0) continue
    if (depth > 8 && field.resolvedType instanceof protobuf.Type) continue
    if (field.partOf !== null && field.partOf.oneof.some((name) => name in message)) continue
    field.resolve()
    message[field.name] = field.repeated
      ? Array.from({ length: prng.below(4) }, () => randomValue(prng, field, depth))
      : randomValue(prng, field, depth)
  }
  return message
}

function randomValue(prng: Prng, field: protobuf.Field, depth: number): unknown {
  const { resolvedType } = field
  if (resolvedType instanceof protobuf.Type) return randomMessage(prng, resolvedType, depth + 1)
  if (resolvedType instanceof protobuf.Enum) return prng.below(3)
  switch (field.type) {
    case 'string':
      return prng.below(20) === 0 ? 'long '.repeat(prng.below(40)) : pick(prng, TEXTS)
    case 'bytes':
      return Buffer.from(Array.from({ length: prng.below(5) }, () => prng.below(256)))
    case 'double':
      return prng.below(3) === 0 ? prng.next() * 1_000 : pick(prng, DOUBLES)
    case 'bool':
      return prng.below(2) === 1
    case 'uint32':
      return pick(prng, INTS)
    case 'sint32':
      return pick(prng, INTS) * (prng.below(2) === 0 ? 1 : -1)
    default:
      return pick(prng, prng.below(10) === 0 ? HUGE : LONGS)
  }
}

/** Encodes a message, its fields in the order of the definition. */
export function encoded(type: protobuf.Type, message: object): Uint8Array {
  return type.encode(type.fromObject(message)).finish()
}
