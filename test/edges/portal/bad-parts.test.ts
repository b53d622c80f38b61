import { describe, expect, it } from 'vitest'
import { badParts } from '../../../src/edges/portal/tenant/bad-parts.ts'

describe('the rows of a dimension', () => {
  it('are the values with bad events, then others and none, and make the whole', () => {
    const dimension = {
      dimension: 'route',
      values: [
        { value: '/a', total: 100, bad: 6 },
        { value: '/b', total: 900, bad: 0 },
      ],
      other: { total: 50, bad: 3 },
      without: { total: 10, bad: 1 },
    }
    const rows = badParts(dimension, 10)
    expect(rows.map(({ name, shareOfBad }) => [name, shareOfBad])).toEqual([
      ['/a', 0.6],
      ['Other values', 0.3],
      ['No value', 0.1],
    ])
    expect(badParts({ ...dimension, other: { total: 9, bad: 0 } }, 7)).toHaveLength(2)
  })
})
