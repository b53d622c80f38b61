/**
 * Encodes messages as a hostile but lawful sender would: fields in any order, fields that no reader
 * knows between them, repeated numbers packed or one by one.
 */
import type { Prng } from '../../../src/core/prng.ts'
import { openProtoWriter, type ProtoWriter } from '../../../src/machinery/wire/encode.ts'

export type WriteField = (writer: ProtoWriter) => void

const UNKNOWN_FIELDS: readonly WriteField[] = [
  (writer) => writer.varint(20, -7),
  (writer) => writer.varint(536_870_911, 2 ** 40),
  (writer) => writer.fixed64(21, 99),
  (writer) => writer.bytes(22, Uint8Array.of(1, 2, 3)),
  (writer) => writer.bytes(1_000, new Uint8Array(200)),
  (writer) => writer.fixed32(23, 7),
]

/**
 * Encodes fields in an order that the generator chooses, with unknown ones now and then. The order
 * of fields of one number is kept.
 */
export function scrambled(prng: Prng, fields: readonly [number, WriteField][]): Uint8Array {
  const writer = openProtoWriter()
  const rest = [...fields]
  while (rest.length > 0) {
    if (prng.below(4) === 0) UNKNOWN_FIELDS[prng.below(UNKNOWN_FIELDS.length)]?.(writer)
    const chosen = rest[prng.below(rest.length)]
    const index = rest.findIndex(([number]) => number === chosen?.[0])
    rest.splice(index, 1)[0]?.[1](writer)
  }
  return writer.take()
}

export function nested(number: number, content: Uint8Array): [number, WriteField] {
  return [number, (writer) => writer.bytes(number, content)]
}
