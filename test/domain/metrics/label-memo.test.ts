import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabelMemo } from '../../../src/domain/metrics/label-memo.ts'
import type { LabelReader } from '../../../src/domain/metrics/status-class.ts'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { PlainLabels } from '../../../src/machinery/wire/plain-labels.ts'

const plain = new PlainLabels()

function read(labels: Readonly<Record<string, string>>): PlainLabels {
  const writer = openProtoWriter()
  for (const name of Object.keys(labels).toSorted()) {
    writer.message(1, () => {
      writer.text(1, name)
      writer.text(2, labels[name]!)
    })
  }
  const bytes = writer.take()
  expect(plain.read(bytes, 0, bytes.length)).toBe(true)
  return plain
}

describe('LabelMemo', () => {
  it('works out once what series with the same asked labels have in common', () => {
    const memo = new LabelMemo<string>()
    let worked = 0
    const workOut = (label: LabelReader): string => {
      worked += 1
      return `${label('tenant') ?? 'none'}/${label('code') ?? 'none'}`
    }
    const of = (labels: Record<string, string>, context = 0) =>
      memo.of(context, read(labels), workOut)
    expect(of({ code: '200', pod: 'a', tenant: 'acme' })).toBe('acme/200')
    expect(of({ code: '200', pod: 'b', tenant: 'acme' })).toBe('acme/200')
    expect(worked).toBe(1)
    expect(of({ code: '500', pod: 'b', tenant: 'acme' })).toBe('acme/500')
    expect(of({ code: '500', pod: 'b' })).toBe('none/500')
    expect(worked).toBe(3)
    expect(of({ code: '500', pod: 'c' }, 1)).toBe('none/500')
    expect(worked).toBe(4)
    memo.forget()
    expect(of({ code: '500', pod: 'c' }, 1)).toBe('none/500')
    expect(worked).toBe(5)
  })

  it('always answers what working it out again would', () => {
    const names = ['a', 'aba', 'aca', 'b', 'ba', 'cell', 'code', 'coda']
    const series = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('x', 'y', 'z'), {
      minKeys: 1,
    })
    // Which label is asked for next hangs on the value of the one before.
    const workOut = (label: LabelReader): string => {
      const trail: string[] = []
      let name = 'code'
      for (let step = 0; step < 4; step += 1) {
        const value = label(name)
        trail.push(`${name}=${value ?? ''}`)
        name = names[(names.indexOf(name) + (value ?? 'w').charCodeAt(0)) % names.length]!
      }
      return trail.join()
    }
    fc.assert(
      fc.property(fc.array(fc.tuple(series, fc.nat(1)), { maxLength: 40 }), (all) => {
        const memo = new LabelMemo<string>()
        for (const [labels, context] of all) {
          expect(memo.of(context, read(labels), workOut)).toBe(workOut((name) => labels[name]))
        }
      }),
    )
  })

  it('keeps a bounded number of answers', () => {
    const memo = new LabelMemo<string>()
    let worked = 0
    const workOut = (label: LabelReader): string => {
      worked += 1
      return label('user') ?? ''
    }
    for (let user = 0; user < 20_000; user += 1) {
      expect(memo.of(0, read({ user: String(user) }), workOut)).toBe(String(user))
    }
    expect(worked).toBe(20_000)
    expect(memo.size).toBeLessThanOrEqual(8_192)
  })
})
