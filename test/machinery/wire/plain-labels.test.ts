import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { readLabels, type WireLabel } from '../../../src/machinery/wire/labels.ts'
import { PlainLabels } from '../../../src/machinery/wire/plain-labels.ts'

const plain = new PlainLabels()

function encoded(labels: readonly WireLabel[]): Uint8Array {
  const writer = openProtoWriter()
  for (const { name, value } of labels) {
    writer.message(1, () => {
      writer.text(1, name)
      writer.text(2, value)
    })
  }
  return writer.take()
}

function isPlain(...labels: (readonly [string, string])[]): boolean {
  const bytes = encoded(labels.map(([name, value]) => ({ name, value })))
  return plain.read(bytes, 0, bytes.length)
}

describe('PlainLabels', () => {
  it('reads what senders usually write', () => {
    expect(isPlain(['__name__', 'up'], ['code', '200'], ['job', 'api'])).toBe(true)
    expect([plain.count, plain.longestName, plain.longestValue]).toEqual([3, 8, 3])
    expect(
      ['__name__', 'code', 'job', 'cod', 'codes', ''].map((name) => plain.value(name)),
    ).toEqual(['up', '200', 'api', undefined, undefined, undefined])
  })

  it('leaves the rest to others: order, repetition, empty parts, long and other texts', () => {
    expect(isPlain(['b', 'x'], ['a', 'x'])).toBe(false)
    expect(isPlain(['a', 'x'], ['a', 'x'])).toBe(false)
    expect(isPlain(['ab', 'x'], ['a', 'x'])).toBe(false)
    expect(isPlain(['', 'x'])).toBe(false)
    expect(isPlain(['a', ''])).toBe(false)
    expect(isPlain(['a', 'é'])).toBe(false)
    expect(isPlain(['a', 'x'.repeat(122)])).toBe(true)
    expect(isPlain(['a', 'x'.repeat(123)])).toBe(false)
    expect(isPlain(...Array.from({ length: 65 }, (_, at) => [`a${at + 100}`, 'x'] as const))).toBe(
      false,
    )
  })

  it('reads every label as readLabels does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 3 })
    const label = fc.record({ name: text, value: text })
    fc.assert(
      fc.property(fc.array(label, { maxLength: 4 }), (labels) => {
        const bytes = encoded(labels)
        if (!plain.read(bytes, 0, bytes.length)) return
        expect(plain.count).toBe(labels.length)
        for (const { name, value } of labels) expect(plain.value(name)).toBe(value)
      }),
    )
  })

  it('takes no damaged bytes for plain that readLabels reads otherwise or refuses', () => {
    const whole = encoded([
      { name: 'a', value: 'xy' },
      { name: 'bc', value: 'z' },
    ])
    const damage = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 3 }), fc.nat(whole.length), (damages, end) => {
        const bytes = whole.slice()
        for (const { at, byte } of damages) bytes[at] = byte
        if (!plain.read(bytes, 0, end)) return
        const labels = readLabels(bytes, 0, end)
        expect(labels).toHaveLength(plain.count)
        for (const { name, value } of labels) expect(plain.value(name)).toBe(value)
      }),
      { numRuns: 2_000 },
    )
  })
})
