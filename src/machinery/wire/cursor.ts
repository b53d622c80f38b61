/**
 * Reads the elements of the protobuf wire format, one after the other, without allocating: a
 * position in some bytes, moved by each read. 64-bit integers come as numbers: exact up to 2^53,
 * beyond it the nearest one. Whatever the bytes are, a read moves forward or throws.
 * Source: protobuf.dev, "Encoding". Groups (wire types 3 and 4) are refused: no message read here
 * has them.
 */
import { WireError } from './wire-error.ts'

export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const FIXED32 = 5

const TWO_32 = 0x1_0000_0000

/** Tells the tag of a field: its number and wire type in one integer, as it lies on the wire. */
export function tagOf(field: number, wireType: number): number {
  return field * 8 + wireType
}

const EMPTY = new Uint8Array(0)

/**
 * One double seen as two halves. Shared by all cursors: nothing awaits between writing and reading
 * it. Assumes a little-endian machine.
 */
const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

export class Cursor {
  bytes: Uint8Array = EMPTY
  position = 0
  /**
   * The halves of the last varint, fixed64 or double, as signed 32-bit integers. Bits survive here
   * that a NaN may lose as a number.
   */
  low = 0
  high = 0

  open(bytes: Uint8Array, position: number): void {
    this.bytes = bytes
    this.position = position
  }

  /** Lets go of the bytes, so that a cursor kept for reuse does not keep a request alive. */
  close(): void {
    this.bytes = EMPTY
  }

  /**
   * Reads a field's tag. The number is at least 1; the wire type is checked by whoever reads or
   * skips the field.
   */
  readTag(end: number): number {
    const at = this.position
    if (at < end) {
      const byte = this.bytes[at] as number
      if (byte < 0x80 && byte >= 8) {
        this.position = at + 1
        return byte
      }
    }
    const tag = this.readVarint(end)
    if (tag < 8 || tag >= TWO_32) {
      throw new WireError(`field number ${Math.floor(tag / 8)} is not allowed`, at)
    }
    return tag
  }

  /**
   * Reads the length of a message or string and returns where it ends, which is at or before `end`.
   */
  readEnd(end: number): number {
    const at = this.position
    let length = at < end ? (this.bytes[at] as number) : 0x80
    if (length < 0x80) this.position = at + 1
    else length = this.readVarint(end)
    const limit = this.position + length
    if (length < 0 || limit > end) {
      const left = end - this.position
      throw new WireError(`truncated field: ${length} bytes announced, ${left} left`, at)
    }
    return limit
  }

  /** Reads a varint as a signed 64-bit integer: what int64, uint32, bool and enum fields need. */
  readVarint(end: number): number {
    const { bytes } = this
    const at = this.position
    let low = 0
    let middle = 0
    let high = 0
    for (let index = 0; index < 10; index += 1) {
      const next = at + index
      if (next >= end) throw new WireError('truncated varint', next)
      const byte = bytes[next] as number
      if (index < 4) low |= (byte & 0x7f) << (7 * index)
      else if (index < 8) middle |= (byte & 0x7f) << (7 * index - 28)
      else high |= (byte & 0x7f) << (7 * index - 56)
      if (byte < 0x80) {
        if (index === 9 && byte > 1) throw new WireError('a varint of more than 64 bits', at)
        this.position = next + 1
        this.low = low | (middle << 28)
        this.high = (middle >>> 4) | (high << 24)
        return this.high * TWO_32 + (this.low >>> 0)
      }
    }
    throw new WireError('a varint of more than 10 bytes', at)
  }

  /** Reads a varint as an unsigned 64-bit integer: what uint64 fields need. */
  readUnsigned(end: number): number {
    this.readVarint(end)
    return (this.high >>> 0) * TWO_32 + (this.low >>> 0)
  }

  /** Reads a sint. Worked: 0, 1, 2, 3 on the wire are 0, -1, 1, -2. */
  readZigzag(end: number): number {
    this.readVarint(end)
    const isNegative = (this.low & 1) === 1
    const low = (this.low >>> 1) | (this.high << 31)
    const high = this.high >>> 1
    return isNegative ? ~high * TWO_32 + (~low >>> 0) : high * TWO_32 + (low >>> 0)
  }

  /** Reads eight bytes into `low` and `high`. */
  readHalves(end: number): void {
    const { bytes } = this
    const at = this.position
    if (at + 8 > end) throw new WireError(`truncated 64-bit value: ${end - at} of 8 bytes`, at)
    this.position = at + 8
    this.low =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    this.high =
      (bytes[at + 4] as number) |
      ((bytes[at + 5] as number) << 8) |
      ((bytes[at + 6] as number) << 16) |
      ((bytes[at + 7] as number) << 24)
  }

  readDouble(end: number): number {
    this.readHalves(end)
    halves[0] = this.low
    halves[1] = this.high
    return double[0] as number
  }

  readFixed64(end: number): number {
    this.readHalves(end)
    return (this.high >>> 0) * TWO_32 + (this.low >>> 0)
  }

  readSignedFixed64(end: number): number {
    this.readHalves(end)
    return this.high * TWO_32 + (this.low >>> 0)
  }

  /**
   * Reads nanoseconds since the epoch as whole milliseconds, rounded down, exactly. Source: 2^32 =
   * 4294 x 10^6 + 967296.
   */
  readNanosAsMs(end: number): number {
    this.readHalves(end)
    const high = this.high >>> 0
    return high * 4294 + Math.floor((high * 967_296 + (this.low >>> 0)) / 1_000_000)
  }

  /** Moves past a field that nobody reads. */
  skip(tag: number, end: number): void {
    const at = this.position
    switch (tag & 7) {
      case VARINT:
        this.readVarint(end)
        return
      case FIXED64:
        this.position = at + 8
        break
      case BYTES:
        this.position = this.readEnd(end)
        return
      case FIXED32:
        this.position = at + 4
        break
      default:
        throw new WireError(`field ${tag >>> 3} has wire type ${tag & 7}, which is not read`, at)
    }
    if (this.position > end) throw new WireError(`truncated field ${tag >>> 3}`, at)
  }
}

/**
 * Says that a known field came with another wire type than its own: skipping it would lose data in
 * silence.
 */
export function wrongType(message: string, tag: number, position: number): WireError {
  return new WireError(`field ${tag >>> 3} of ${message} has wire type ${tag & 7}`, position)
}
