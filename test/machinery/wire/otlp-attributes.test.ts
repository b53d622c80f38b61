import { describe, expect, it } from 'vitest'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import {
  readAttributes,
  readResourceAttributes,
} from '../../../src/machinery/wire/otlp-attributes.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'
import { openOracle } from './oracle.ts'

const resource = openOracle('otlp-metrics.proto', 'Resource')

function textOf(value: object): string | undefined {
  const bytes = resource.encode({ droppedAttributesCount: 3, attributes: [{ key: 'k', value }] })
  return readResourceAttributes(bytes, 0, bytes.length)[0]?.value
}

describe('attribute values as text', () => {
  it('keeps strings as they are, even those that look like JSON', () => {
    expect(textOf({ stringValue: '"ä"' })).toBe('"ä"')
    expect(textOf({ stringValue: '' })).toBe('')
    expect(textOf({})).toBe('')
  })

  it('writes booleans and numbers', () => {
    expect(textOf({ boolValue: true })).toBe('true')
    expect(textOf({ boolValue: false })).toBe('false')
    expect(textOf({ intValue: 500 })).toBe('500')
    expect(textOf({ doubleValue: 0.1 })).toBe('0.1')
    expect(textOf({ doubleValue: Number.NaN })).toBe('NaN')
  })

  it('keeps every digit of large integers', () => {
    expect(textOf({ intValue: '9007199254740993' })).toBe('9007199254740993')
    expect(textOf({ intValue: '-9223372036854775808' })).toBe('-9223372036854775808')
    expect(textOf({ intValue: '-1' })).toBe('-1')
  })

  it('writes lists and maps as JSON, bytes in base64', () => {
    const values = [
      { stringValue: 'a"b' },
      { intValue: '9007199254740993' },
      {},
      { doubleValue: 1 / 0 },
    ]
    expect(textOf({ arrayValue: { values } })).toBe('["a\\"b",9007199254740993,null,"Infinity"]')
    const entry = { key: '__proto__', value: { bytesValue: Buffer.from('hi') } }
    expect(textOf({ kvlistValue: { values: [entry, { key: 'e' }] } })).toBe(
      '{"__proto__":"aGk=","e":null}',
    )
    expect(textOf({ bytesValue: Buffer.from('hi') })).toBe('aGk=')
    expect(textOf({ arrayValue: {} })).toBe('[]')
  })

  it('refuses values nested so deep that the stack would suffer', () => {
    const writer = openProtoWriter()
    const nest = (depth: number): void => {
      if (depth > 0) writer.message(5, () => writer.message(1, () => nest(depth - 1)))
    }
    const at = (depth: number): Uint8Array => {
      writer.message(7, () => writer.message(2, () => nest(depth)))
      return writer.take()
    }
    const shallow = at(32)
    expect(readAttributes(shallow, 0, shallow.length)[0]?.value).toContain('null')
    const deep = at(33)
    expect(() => readAttributes(deep, 0, deep.length)).toThrow(WireError)
  })
})

describe('readAttributes', () => {
  it('reads fields of any number, in order, repeated keys too', () => {
    const writer = openProtoWriter()
    for (const [field, key] of [
      [7, 'b'],
      [9, 'a'],
      [9, 'a'],
    ] as const) {
      writer.message(field, () => writer.text(1, key))
    }
    const bytes = writer.take()
    expect(readAttributes(bytes, 0, bytes.length).map(({ key }) => key)).toEqual(['b', 'a', 'a'])
  })
})
