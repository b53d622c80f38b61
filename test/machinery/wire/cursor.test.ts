import { describe, expect, it } from 'vitest'
import { Cursor } from '../../../src/machinery/wire/cursor.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'

function opened(...bytes: number[]): { cursor: Cursor; end: number } {
  const cursor = new Cursor()
  cursor.open(Uint8Array.from(bytes), 0)
  return { cursor, end: bytes.length }
}

function varint(...bytes: number[]): number {
  const { cursor, end } = opened(...bytes)
  const value = cursor.readVarint(end)
  expect(cursor.position).toBe(end)
  return value
}

const NINE_FULL = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]

describe('readVarint', () => {
  it('reads the example of the encoding guide: 150 is 96 01', () => {
    expect(varint(0x96, 0x01)).toBe(150)
  })

  it('reads zero, one byte, and a form that is longer than need be', () => {
    expect(varint(0)).toBe(0)
    expect(varint(0x7f)).toBe(127)
    expect(varint(0x81, 0x80, 0x00)).toBe(1)
  })

  it('reads negative integers, which have ten bytes', () => {
    expect(varint(...NINE_FULL, 0x01)).toBe(-1)
    expect(varint(0xfe, ...NINE_FULL.slice(1), 0x01)).toBe(-2)
    expect(varint(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)).toBe(-(2 ** 63))
  })

  it('reads milliseconds of today and the largest exact integer', () => {
    expect(varint(0x80, 0xa0, 0xf1, 0xc2, 0xb1, 0x34)).toBe(1_800_000_000_000)
    expect(varint(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('refuses what is cut, longer than ten bytes, or beyond 64 bits, saying where', () => {
    expect(() => varint(0x80)).toThrow('truncated varint at byte 1')
    expect(() => varint(...NINE_FULL, 0xff, 0x01)).toThrow('more than 10 bytes at byte 0')
    expect(() => varint(...NINE_FULL, 0x02)).toThrow('more than 64 bits at byte 0')
  })
})

describe('readTag', () => {
  it('reads field numbers up to 2^29 - 1', () => {
    const { cursor, end } = opened(0xf8, 0xff, 0xff, 0xff, 0x0f)
    expect(cursor.readTag(end) >>> 3).toBe(2 ** 29 - 1)
  })

  it('refuses field number 0 and numbers beyond 29 bits', () => {
    expect(() => opened(0x02).cursor.readTag(1)).toThrow('field number 0')
    expect(() => opened(0x80, 0x80, 0x80, 0x80, 0x10).cursor.readTag(5)).toThrow(WireError)
    expect(() => opened(...NINE_FULL, 0x01).cursor.readTag(10)).toThrow(WireError)
  })
})

describe('readEnd', () => {
  it('tells where a field ends', () => {
    expect(opened(0x02, 1, 2, 3).cursor.readEnd(4)).toBe(3)
  })

  it('refuses a length that runs past the message, or is negative', () => {
    expect(() => opened(0x05, 1).cursor.readEnd(2)).toThrow(
      'truncated field: 5 bytes announced, 1 left at byte 0',
    )
    expect(() => opened(...NINE_FULL, 0x01).cursor.readEnd(10)).toThrow(WireError)
  })
})

describe('64-bit reads', () => {
  it('reads doubles bit by bit', () => {
    const bytes = new Uint8Array(8)
    for (const value of [0, -0, 1.5, -1e300, 5e-324, Infinity]) {
      new DataView(bytes.buffer).setFloat64(0, value, true)
      expect(opened(...bytes).cursor.readDouble(8)).toBe(value)
    }
  })

  it('reads signed and unsigned integers', () => {
    const minusTwo = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    expect(opened(...minusTwo).cursor.readSignedFixed64(8)).toBe(-2)
    expect(opened(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0).cursor.readFixed64(8)).toBe(2 ** 32 - 1)
  })

  it('rounds nanoseconds down to milliseconds without losing digits on the way', () => {
    const bytes = new Uint8Array(8)
    const nanos = [1_700_000_000_122_999_999n, 1_700_000_000_123_000_000n, 2n ** 64n - 1n, 0n]
    for (const value of nanos) {
      new DataView(bytes.buffer).setBigUint64(0, value, true)
      expect(opened(...bytes).cursor.readNanosAsMs(8)).toBe(Number(value / 1_000_000n))
    }
  })

  it('refuses fewer than eight bytes', () => {
    expect(() => opened(1, 2, 3).cursor.readDouble(3)).toThrow('3 of 8 bytes at byte 0')
  })
})

describe('skip', () => {
  it('refuses groups and the wire types that do not exist', () => {
    for (const wireType of [3, 4, 6, 7]) {
      const { cursor, end } = opened(0x08 + wireType, 0)
      const tag = cursor.readTag(end)
      expect(() => cursor.skip(tag, end)).toThrow(`field 1 has wire type ${wireType}`)
    }
  })
})
