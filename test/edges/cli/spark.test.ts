import { describe, expect, it } from 'vitest'
import { sparkline } from '../../../src/edges/cli/spark.ts'

describe('sparkline', () => {
  it.each([
    [[0, null, 4, 8], 4, '▁ ▅█'],
    [[0, 0], 2, '▁▁'],
    [[], 5, ''],
    [[1, 2, 3, 4, 5, 6, 7, 8], 4, '▃▅▇█'],
    [[null, null, 5], 1, '█'],
  ])('draws %j in %i characters', (values, width, line) => {
    expect(sparkline(values, width)).toBe(line)
  })
})
