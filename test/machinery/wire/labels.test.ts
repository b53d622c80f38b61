import { describe, expect, it } from 'vitest'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { checkLabels, readLabels } from '../../../src/machinery/wire/labels.ts'

function labels(...names: string[]): { name: string; value: string }[] {
  return names.map((name) => ({ name, value: 'x' }))
}

describe('readLabels', () => {
  it('keeps order, repeated names and a byte order mark', () => {
    const writer = openProtoWriter()
    for (const name of ['b', 'a', 'a', '\ufeffé']) writer.message(1, () => writer.text(1, name))
    const bytes = writer.take()
    const names = readLabels(bytes, 0, bytes.length).map(({ name }) => name)
    expect(names).toEqual(['b', 'a', 'a', '\ufeffé'])
  })

  it('reads texts of every length and texts that share a place in its table', () => {
    const writer = openProtoWriter()
    const values = Array.from({ length: 5_000 }, (_, index) => `v${'x'.repeat(index % 70)}${index}`)
    for (const value of values) writer.message(1, () => writer.text(2, value))
    const bytes = writer.take()
    for (let turn = 0; turn < 2; turn += 1) {
      expect(readLabels(bytes, 0, bytes.length).map(({ value }) => value)).toEqual(values)
    }
  })

  it('refuses what is not UTF-8, saying which part and where', () => {
    const writer = openProtoWriter()
    writer.message(1, () => {
      writer.text(1, 'job')
      writer.bytes(2, Uint8Array.of(0x61, 0xc3, 0x28))
    })
    const bytes = writer.take()
    expect(() => readLabels(bytes, 0, bytes.length)).toThrow(
      'a label value is not valid UTF-8 at byte 9',
    )
  })
})

describe('checkLabels', () => {
  it('lets labels pass that name a series', () => {
    expect(checkLabels(labels('__name__', 'code', 'job'))).toBeUndefined()
    expect(checkLabels(labels('A', '__name__', 'z', 'é', '\uffff', '\u{1f600}'))).toBeUndefined()
  })

  it('tells what is wrong', () => {
    expect(checkLabels(labels('__name__', 'b', 'a'))).toBe(
      'labels are not sorted: "a" comes after "b"',
    )
    expect(checkLabels(labels('__name__', 'a', 'a'))).toBe('label "a" is given twice')
    expect(checkLabels(labels('', '__name__'))).toBe('a label has an empty name')
    expect(checkLabels(labels('job'))).toBe('label "__name__" is missing or empty')
    expect(checkLabels([])).toBe('label "__name__" is missing or empty')
  })
})
