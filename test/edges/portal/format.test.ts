import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatAttained,
  formatBudget,
  formatBurn,
  formatCount,
  formatLatency,
  formatObjective,
  formatByteRate,
  formatBytes,
  formatCores,
  formatRate,
  formatShare,
  apdexText,
  formatApdex,
  quantileText,
  usersText,
} from '../../../src/edges/portal/format/format.ts'

const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('numbers carry a unit and sensible digits', () => {
  it.each([
    [0, '0 %'],
    [0.0123, '1.23 %'],
    [0.00042, '0.042 %'],
    [0.000001, '< 0.001 %'],
    [0.5, '50 %'],
    [1, '100 %'],
    [null, '–'],
  ])('writes the share %s as %s', (ratio, text) => {
    expect(plain(formatShare(ratio))).toBe(text)
  })

  it.each([
    [1, '100 %'],
    [0.99951, '99.951 %'],
    [0.999, '99.90 %'],
    [0.9999999, '99.999990 %'],
    [0.95, '95.0 %'],
    [0, '0 %'],
    [null, '–'],
  ])('writes the attained ratio %s as %s', (ratio, text) => {
    expect(plain(formatAttained(ratio))).toBe(text)
  })

  it('never shows 100 % while something is missing that six places can show', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.99999999, noNaN: true }), (ratio) => {
        expect(formatAttained(ratio)).not.toMatch(/^100/)
      }),
    )
  })

  it.each([
    [1, '100 %'],
    [0.614, '61 %'],
    [0.29, '29 %'],
    [0.004, '<1 %'],
    [0, '0 %'],
    [-0.2, '−20 %'],
    [-40, '< −999 %'],
    [null, '–'],
  ])('writes the budget %s as %s', (ratio, text) => {
    expect(plain(formatBudget(ratio))).toBe(text)
  })

  it.each([
    [999_000, '99.9 %'],
    [990_000, '99 %'],
    [999_999, '99.9999 %'],
  ])('writes the objective %s as %s', (ppm, text) => {
    expect(plain(formatObjective(ppm))).toBe(text)
  })

  it.each([
    [0, '0 /s'],
    [0.004, '< 0.01 /s'],
    [0.43, '0.43 /s'],
    [184.2, '184 /s'],
    [999.9, '1 k/s'],
    [1234, '1.2 k/s'],
    [6.37, '6.4 /s'],
    [90.1, '90 /s'],
    [1_200_000, '1.2 M/s'],
    [null, '–'],
  ])('writes the rate %s as %s', (perSecond, text) => {
    expect(plain(formatRate(perSecond))).toBe(text)
  })

  it.each([
    [0, '0 ms'],
    [0.00085, '850 µs'],
    [0.0916, '92 ms'],
    [0.184, '184 ms'],
    [0.9999, '1 s'],
    [1.24, '1.24 s'],
    [null, '–'],
  ])('writes the response time %s as %s', (seconds, text) => {
    expect(plain(formatLatency(seconds))).toBe(text)
  })

  it.each([
    [
      { valueSeconds: 0.184, lowerSeconds: 0.15, upperSeconds: 0.25 },
      'p99 184 ms (150 ms to 250 ms)',
    ],
    [{ valueSeconds: 10, lowerSeconds: 10, upperSeconds: null }, 'p99 10 s (over 10 s)'],
    [null, 'Nothing counted'],
  ])('says how sure a quantile is: %s as %s', (quantile, text) => {
    expect(plain(quantileText('p99', quantile))).toBe(text)
  })

  it('says where a number of users is from', () => {
    const distinct = { fiveMinutes: 300, hour: 1_204, day: 9_120, standardErrorRatio: 0.0325 }
    expect(plain(usersText({ count: 300, isReported: false, distinct }))).toBe(
      'estimated over five minutes; 1,204 in an hour, 9,120 in a day, ±3.25 %',
    )
    expect(usersText({ count: 7, isReported: true, distinct: null })).toBe('reported')
  })

  it('writes an Apdex, and says by what it was measured', () => {
    const apdex = { ratio: 0.9432, lowerRatio: 0.91, upperRatio: 0.96, thresholdSeconds: 0.2 }
    expect([formatApdex(apdex), plain(apdexText(apdex))]).toEqual([
      '0.94',
      '0.91 to 0.96 at 200 ms',
    ])
    const sure = { ...apdex, lowerRatio: 0.9432, upperRatio: 0.9432 }
    expect(plain(apdexText(sure))).toBe('0.94 at 200 ms')
    expect([formatApdex(null), apdexText(null)]).toEqual(['–', 'Nothing counted'])
  })

  it.each([
    [0, '0×'],
    [0.003, '<0.01×'],
    [0.031, '0.03×'],
    [6.204, '6.2×'],
    [14.4, '14.4×'],
    [312.4, '312×'],
    [null, '–'],
  ])('writes the burn %s as %s', (burn, text) => {
    expect(formatBurn(burn)).toBe(text)
  })

  it('writes counts in full', () => {
    expect(formatCount(1_204_512)).toBe('1,204,512')
    expect(formatCount(-12)).toBe('−12')
  })

  it.each([
    [null, '–'],
    [0, '0 B'],
    [1_023, '1,023 B'],
    [1_536, '1.5 KiB'],
    [268_435_456, '256 MiB'],
    [2 ** 40, '1 TiB'],
  ])('writes a size: %j -> %j', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text)
    expect(plain(formatByteRate(bytes))).toBe(bytes === null ? text : `${text}/s`)
  })

  it.each([
    [null, '–'],
    [0, '0 cores'],
    [0.000001, '< 0.01 mcores'],
    [0.0088, '8.8 mcores'],
    [0.25, '0.25 cores'],
    [1, '1 core'],
    [2.416, '2.4 cores'],
    [16, '16 cores'],
  ])('writes cores: %j -> %j', (cores, text) => {
    expect(plain(formatCores(cores))).toBe(text)
  })
})
