import { describe, expect, it } from 'vitest'
import { assert, assertNever } from '../../src/core/assert.ts'
import { isTenantryError, TenantryError } from '../../src/core/errors.ts'
import { ppmToRatio, ratioToPpm } from '../../src/core/units.ts'

const ROW = { code: 'DISK_FULL', status: 503, retryable: true, hint: 'Make room.' }

describe('an operating failure', () => {
  it('carries its row, its cause and its details', () => {
    const cause = new Error('ENOSPC')
    const error = new TenantryError(ROW, 'writing the log', { cause, details: { bytes: 7 } })
    expect(isTenantryError(error)).toBe(true)
    expect(error).toMatchObject({
      ...ROW,
      message: 'writing the log',
      cause,
      details: { bytes: 7 },
    })
  })

  it('may have a hint of its own', () => {
    expect(new TenantryError(ROW, 'x', { hint: 'Wait.' }).hint).toBe('Wait.')
  })
})

describe("a programmer's error", () => {
  it('names the fact that is false', () => {
    expect(() => assert(false, 'one write at a time')).toThrow(
      'assertion failed: one write at a time',
    )
    expect(() => assertNever('x' as never, 'state')).toThrow('unexpected state: "x"')
    expect(isTenantryError(new Error('x'))).toBe(false)
  })
})

describe('parts per million', () => {
  it('go to a ratio and back', () => {
    expect(ppmToRatio(999_000)).toBe(0.999)
    expect(ratioToPpm(0.9995)).toBe(999_500)
  })
})
