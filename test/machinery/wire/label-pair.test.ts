import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { LabelPair, type LabelWire } from '../../../src/machinery/wire/label-pair.ts'

type Labels = readonly (readonly [name: string, value: string])[]

function encode(labels: Labels, wire: LabelWire): Uint8Array {
  const writer = openProtoWriter()
  for (const [name, value] of labels) {
    writer.message(1, () => {
      writer.text(1, name)
      if (wire === 'label') writer.text(2, value)
      else writer.message(2, () => writer.text(1, value))
    })
  }
  return writer.take()
}

function read(pair: LabelPair, labels: Labels, wire: LabelWire = 'label') {
  const bytes = encode(labels, wire)
  if (!pair.read(bytes, 0, bytes.length, wire)) return undefined
  const { rest } = pair
  return { texts: pair.texts(), isNew: pair.isNew, rest: rest.bytes.slice(0, rest.length) }
}

const pairOf = () => new LabelPair('cluster', '__replica__')
const HOST = ['host', 'h1'] as const
const EU = ['cluster', 'eu'] as const
const A = ['__replica__', 'a'] as const

describe('a pair of labels', () => {
  it('is found on both wires, and the rest is what it would be without the second', () => {
    for (const wire of ['label', 'attribute'] as const) {
      expect(read(pairOf(), [A, EU, HOST], wire)).toEqual({
        texts: ['eu', 'a'],
        isNew: true,
        rest: encode([EU, HOST], wire),
      })
    }
  })

  it('is no pair where one is missing, empty or given twice before the other', () => {
    expect(read(pairOf(), [EU, HOST])).toBeUndefined()
    expect(read(pairOf(), [A, HOST])).toBeUndefined()
    expect(read(pairOf(), [['cluster', ''], A])).toBeUndefined()
    expect(read(pairOf(), [EU, ['__replica__', '']])).toBeUndefined()
    expect(read(pairOf(), [A, A, EU])).toBeUndefined()
  })

  it('tells a new pair from the one before, whichever label changed', () => {
    const pair = pairOf()
    const isNew = (cluster: string, replica: string) =>
      read(pair, [
        ['__replica__', replica],
        ['cluster', cluster],
      ])?.isNew
    expect([isNew('ab', 'c'), isNew('ab', 'c'), isNew('a', 'bc')]).toEqual([true, false, true])
    expect([isNew('a', 'b'), isNew('a', 'bc'), isNew('a', 'bc')]).toEqual([true, true, false])
    pair.forget()
    expect(isNew('a', 'bc')).toBe(true)
  })

  it('is no pair where an attribute is no text', () => {
    const writer = openProtoWriter()
    writer.message(1, () => {
      writer.text(1, 'cluster')
      writer.message(2, () => writer.varint(3, 7))
    })
    const bytes = Buffer.concat([writer.take(), encode([A], 'attribute')])
    expect(pairOf().read(bytes, 0, bytes.length, 'attribute')).toBe(false)
  })

  it('passes the other fields of a resource', () => {
    const writer = openProtoWriter()
    writer.varint(2, 300)
    const bytes = Buffer.concat([
      encode([EU], 'attribute'),
      writer.take(),
      encode([A], 'attribute'),
    ])
    expect(pairOf().read(bytes, 0, bytes.length, 'attribute')).toBe(true)
  })

  it('leaves all labels but the one, in their order, whatever they are', () => {
    const label = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 300 }))
    fc.assert(
      fc.property(fc.array(label), fc.nat(), fc.nat(), (others, first, second) => {
        const labels: (readonly [string, string])[] = others.filter(
          ([name]) => name !== EU[0] && name !== A[0],
        )
        labels.splice(first % (labels.length + 1), 0, EU)
        const kept = [...labels]
        labels.splice(second % (labels.length + 1), 0, A)
        expect(read(pairOf(), labels)?.rest).toEqual(encode(kept, 'label'))
      }),
    )
  })

  it('survives bytes that are no labels', () => {
    const bytes = encode([EU, HOST, A], 'label')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(), (at, byte, cut) => {
        const broken = bytes.slice(0, cut % (bytes.length + 1))
        if (at < broken.length) broken[at] = byte
        const pair = pairOf()
        if (pair.read(broken, 0, broken.length, 'label')) {
          expect(pair.rest.length).toBeLessThan(broken.length)
        }
      }),
    )
  })
})
