import { describe, expect, it } from 'vitest'
import { formatValue, openExpositionWriter } from '../../../src/machinery/wire/exposition-text.ts'

describe('the exposition writer', () => {
  it('writes a family, its samples, and the escapes of the format', () => {
    const writer = openExpositionWriter()
    writer.family('queue_depth', 'gauge', 'Depth \\ of\nthe queue.')
    writer.sample('queue_depth', [], 3)
    writer.sample(
      'queue_depth',
      [
        ['name', 'a "b"\\\nc'],
        ['shard', '1'],
      ],
      0.5,
    )
    expect(writer.take()).toBe(
      '# HELP queue_depth Depth \\\\ of\\nthe queue.\n# TYPE queue_depth gauge\nqueue_depth 3\n' +
        'queue_depth{name="a \\"b\\"\\\\\\nc",shard="1"} 0.5\n',
    )
  })

  it('begins anew after a take', () => {
    const writer = openExpositionWriter()
    writer.sample('a', [], 1)
    expect(writer.length()).toBe(4)
    writer.take()
    expect(writer.length()).toBe(0)
  })

  it.each([
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
    [1e21, '1e+21'],
    [0.1, '0.1'],
  ])('writes %d as %s', (value, text) => {
    expect(formatValue(value)).toBe(text)
  })
})
