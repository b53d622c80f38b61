import { describe, expect, it } from 'vitest'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'

describe('openProtoWriter', () => {
  it('writes the examples of the encoding guide', () => {
    const writer = openProtoWriter()
    writer.varint(1, 150)
    expect(hex(writer.take())).toBe('089601')
    writer.text(2, 'testing')
    expect(hex(writer.take())).toBe('120774657374696e67')
    writer.message(3, () => writer.varint(1, 150))
    expect(hex(writer.take())).toBe('1a03089601')
  })

  it('writes negative integers in ten bytes and two halves', () => {
    const writer = openProtoWriter()
    writer.varint(1, -2)
    expect(hex(writer.take())).toBe('08feffffffffffffffff01')
    writer.fixed64(1, -2)
    expect(hex(writer.take())).toBe('09feffffffffffffff')
    writer.fixed64(1, -(2n ** 63n))
    expect(hex(writer.take())).toBe('090000000000000080')
  })

  it('moves a nested message when its length needs more bytes', () => {
    const writer = openProtoWriter()
    const content = Buffer.alloc(20_000, 7)
    writer.message(1, () => writer.message(2, () => writer.raw(content)))
    writer.varint(3, 1)
    expect(hex(writer.take())).toBe(`0aa49c0112a09c01${content.toString('hex')}1801`)
  })
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
