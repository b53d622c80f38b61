import { describe, expect, it } from 'vitest'
import { fastest, yieldToOthers } from '../../../src/domain/slo/raise.ts'
import { DEFAULT_TEMPLATES } from '../../../src/domain/slo/template.ts'

const FAST = 1
const MEDIUM = 2
const SLOW = 4
const LONG = 8

describe('fastest', () => {
  it('keeps one page and one ticket', () => {
    expect(fastest(FAST | MEDIUM | LONG)).toBe(FAST | LONG)
    expect(fastest(MEDIUM | SLOW | LONG)).toBe(MEDIUM | SLOW)
    expect(fastest(0)).toBe(0)
  })
})

describe('yieldToOthers', () => {
  const after = (availability: number, errors: number, latency: number): number[] => {
    const masks = [availability, errors, latency]
    yieldToOthers(DEFAULT_TEMPLATES, masks)
    return masks
  }

  it('lets error-rate speak for availability when both burn', () => {
    expect(after(FAST | SLOW, MEDIUM, FAST)).toEqual([0, MEDIUM, FAST])
    expect(after(FAST | SLOW, LONG, 0)).toEqual([FAST, LONG, 0])
  })

  it('lets availability speak when it burns alone', () => {
    expect(after(FAST | LONG, 0, SLOW)).toEqual([FAST | LONG, 0, SLOW])
  })
})
