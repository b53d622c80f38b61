/**
 * protobufjs as the second opinion: decodes with the message definitions of `test/fixtures/proto`.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import protobuf from 'protobufjs'

export interface Oracle {
  readonly type: protobuf.Type
  encode(message: object): Uint8Array
  /** Integers of 64 bits come as decimal text, absent fields are left out. */
  decode(bytes: Uint8Array): Record<string, unknown>
}

/** `edit` changes the definitions, where the oracle is to know less than they say. */
export function openOracle(
  file: string,
  messageName: string,
  edit: (definitions: string) => string = (definitions) => definitions,
): Oracle {
  const path = resolve(import.meta.dirname, '../../fixtures/proto', file)
  const type = protobuf.parse(edit(readFileSync(path, 'utf8'))).root.lookupType(messageName)
  return {
    type,
    encode: (message) => type.encode(type.fromObject(message)).finish(),
    decode: (bytes) => type.toObject(type.decode(bytes), { longs: String, arrays: true }),
  }
}
