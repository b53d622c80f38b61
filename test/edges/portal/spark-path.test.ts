import { describe, expect, it } from 'vitest'
import { sparkPath, sparkTop } from '../../../src/edges/portal/format/spark-path.ts'

const BOX = { width: 10, height: 10, top: 1 }

describe('sparkPath', () => {
  it('runs from the oldest value on the left to the newest on the right, zero at the bottom', () => {
    expect(sparkPath([0, 1], BOX)).toBe('M0 10L10 0')
  })

  it('leaves gaps as gaps and shows a lone value as a point', () => {
    expect(sparkPath([0, 1, null, 1, null, 0], BOX)).toBe('M0 10L2 0M6 0h0.01M10 10h0.01')
  })

  it('cuts what is above the scale and draws nothing of nothing', () => {
    expect(sparkPath([0, 5], BOX)).toBe('M0 10L10 0')
    expect(sparkPath([null, null], BOX)).toBe('')
    expect(sparkPath([], BOX)).toBe('')
  })
})

describe('sparkTop', () => {
  it('follows the highest value but never magnifies calm', () => {
    expect(sparkTop([0.1, null, 0.3])).toBe(2)
    expect(sparkTop([0.1, 14.4])).toBe(14.4)
  })
})
