import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundText, NumberText, parseNumber } from '../../../src/machinery/wire/number-text.ts'

function read(text: string): number | undefined {
  const reader = new NumberText()
  const bytes = Buffer.from(`>${text} 7`)
  const value = reader.read(bytes, 1, bytes.length)
  expect(reader.stop).toBe(1 + text.length)
  return reader.valid ? value : undefined
}

describe('a number in an exposition', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['1.', 1],
    ['.5', 0.5],
    ['+3', 3],
    ['-12.25', -12.25],
    ['1e3', 1_000],
    ['1.5E-3', 0.0015],
    ['123456789012345', 123_456_789_012_345],
    ['12345678901234567890', 1.234_567_890_123_456_7e19],
    ['0.1234567890123456789', 0.123_456_789_012_345_68],
    ['+Inf', Infinity],
    ['-inf', -Infinity],
    ['INFINITY', Infinity],
    ['nan', NaN],
  ])('%s is read', (text, value) => {
    expect(read(text)).toBe(value)
    expect(parseNumber(text)).toBe(value)
  })

  it.each([
    '',
    '.',
    '-',
    '+',
    '1e',
    '1e+',
    'e5',
    '0x10',
    '1e400',
    '1_0',
    '1..2',
    '1.2.3',
    '-nan',
    'Info',
    '１',
  ])('%j is none', (text) => {
    expect(parseNumber(text)).toBeUndefined()
    if (text !== '' && text !== '１') expect(read(text)).toBeUndefined()
  })

  it('is the number that Number() makes of it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(read(String(value))).toBe(value === 0 ? 0 : value)
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{0,12}\.?\d{1,9}$/), (text) => {
        expect(read(text)).toBe(Number(text))
      }),
    )
  })

  it('is written as a bound the way Go does', () => {
    expect(
      [1, 0.25, 0, 100_000, 1e6, 1_234_567, 0.0001, 0.00001, -2, Infinity].map(boundText),
    ).toEqual([
      '1.0',
      '0.25',
      '0.0',
      '100000.0',
      '1e+06',
      '1.234567e+06',
      '0.0001',
      '1e-05',
      '-2.0',
      '+Inf',
    ])
  })
})
