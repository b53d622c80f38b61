/**
 * Writes protobuf: for answers, for OTLP/JSON turned into its binary form, and for tests and
 * benchmarks. The reverse of `cursor.ts`. Nothing is left out: a caller omits fields that have
 * their default.
 */
import { BYTES, FIXED32, FIXED64, tagOf, VARINT } from './cursor.ts'

export interface ProtoWriter {
  /** Writes an int64, uint32, bool or enum field. */
  varint(field: number, value: number | bigint): void
  double(field: number, value: number): void
  fixed32(field: number, value: number): void
  /** Writes a fixed64 or sfixed64 field. */
  fixed64(field: number, value: number | bigint): void
  text(field: number, value: string): void
  bytes(field: number, value: Uint8Array): void
  /** Writes a nested message, whatever its content writes. */
  message(field: number, content: () => void): void
  /** Writes fields that are already encoded. */
  raw(fields: Uint8Array): void
  packedDoubles(field: number, values: readonly number[]): void
  packedFixed64(field: number, values: readonly (number | bigint)[]): void
  /** Bytes written since the last take. */
  length(): number
  /** Returns a copy of what was written and begins anew. */
  take(): Uint8Array
}

const TWO_32 = 0x1_0000_0000
const LONGEST_VARINT = 10

export function openProtoWriter(): ProtoWriter {
  let buffer = Buffer.alloc(1_024)
  let length = 0

  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.alloc(Math.max(length + bytes, 2 * buffer.length))
    larger.set(buffer.subarray(0, length))
    buffer = larger
  }
  const writeVarint = (value: number | bigint): void => {
    reserve(LONGEST_VARINT)
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value))
      for (; rest >= 0x80n; rest >>= 7n) buffer[length++] = Number(rest & 0x7fn) | 0x80
      buffer[length++] = Number(rest)
      return
    }
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[length++] = (rest % 0x80) | 0x80
    buffer[length++] = rest
  }
  const writeTag = (field: number, wireType: number): void => writeVarint(tagOf(field, wireType))
  const writeDouble = (value: number): void => {
    reserve(8)
    length = buffer.writeDoubleLE(value, length)
  }
  const writeFixed64 = (value: number | bigint): void => {
    reserve(8)
    if (typeof value === 'bigint') {
      length = buffer.writeBigUInt64LE(BigInt.asUintN(64, value), length)
      return
    }
    const high = Math.floor(value / TWO_32)
    length = buffer.writeUInt32LE((value - high * TWO_32) >>> 0, length)
    length = buffer.writeUInt32LE(high >>> 0, length)
  }
  /**
   * Writes the content after a one-byte length, then moves it when the length turns out to need
   * more bytes.
   */
  const writeLengthPrefixed = (content: () => void): void => {
    reserve(1)
    const lengthAt = length
    length += 1
    content()
    const contentLength = length - lengthAt - 1
    const lengthBytes = varintLength(contentLength)
    if (lengthBytes > 1) {
      reserve(lengthBytes)
      buffer.copyWithin(lengthAt + lengthBytes, lengthAt + 1, length)
    }
    const end = lengthAt + lengthBytes + contentLength
    length = lengthAt
    writeVarint(contentLength)
    length = end
  }
  const writeRaw = (value: Uint8Array): void => {
    reserve(value.length)
    buffer.set(value, length)
    length += value.length
  }

  return {
    varint(field, value) {
      writeTag(field, VARINT)
      writeVarint(value)
    },
    double(field, value) {
      writeTag(field, FIXED64)
      writeDouble(value)
    },
    fixed32(field, value) {
      writeTag(field, FIXED32)
      reserve(4)
      length = buffer.writeUInt32LE(value, length)
    },
    fixed64(field, value) {
      writeTag(field, FIXED64)
      writeFixed64(value)
    },
    text(field, value) {
      const valueLength = Buffer.byteLength(value)
      writeTag(field, BYTES)
      writeVarint(valueLength)
      reserve(valueLength)
      length += buffer.write(value, length)
    },
    bytes(field, value) {
      writeTag(field, BYTES)
      writeVarint(value.length)
      writeRaw(value)
    },
    raw: writeRaw,
    message(field, content) {
      writeTag(field, BYTES)
      writeLengthPrefixed(content)
    },
    packedDoubles(field, values) {
      writeTag(field, BYTES)
      writeVarint(8 * values.length)
      for (const value of values) writeDouble(value)
    },
    packedFixed64(field, values) {
      writeTag(field, BYTES)
      writeVarint(8 * values.length)
      for (const value of values) writeFixed64(value)
    },
    length: () => length,
    take() {
      const taken = Uint8Array.from(buffer.subarray(0, length))
      length = 0
      return taken
    },
  }
}

function varintLength(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1
  return bytes
}
