import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addMoney, splitMinor } from '../../src/core/money.ts'

describe('money', () => {
  it('adds amounts of one currency, and refuses two', () => {
    const euro = (amountMinor: bigint) => ({ amountMinor, currency: 'EUR' })
    expect(addMoney(euro(120_450n), euro(-450n))).toEqual(euro(120_000n))
    expect(() => addMoney(euro(1n), { amountMinor: 1n, currency: 'USD' })).toThrow('one currency')
  })

  it('splits by largest remainder, ties to the earlier part', () => {
    expect(splitMinor(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    expect(splitMinor(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n])
    expect(splitMinor(10n, [0n, 7n, 3n])).toEqual([0n, 7n, 3n])
    expect(splitMinor(1n, [1n, 2n])).toEqual([0n, 1n])
  })

  it('refuses weights that are all zero', () => {
    expect(() => splitMinor(1n, [0n])).toThrow('not all zero')
  })

  it('loses no minor unit, and no part is off by one or more', () => {
    const weights = fc
      .array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1, maxLength: 20 })
      .filter((all) => all.some((weight) => weight > 0n))
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), weights, (amount, all) => {
        const parts = splitMinor(amount, all)
        const sum = all.reduce((total, weight) => total + weight, 0n)
        expect(parts.reduce((total, part) => total + part, 0n)).toBe(amount)
        for (const [index, part] of parts.entries()) {
          const off = part * sum - amount * (all[index] ?? 0n)
          expect(off < sum && off > -sum).toBe(true)
        }
      }),
    )
  })
})
