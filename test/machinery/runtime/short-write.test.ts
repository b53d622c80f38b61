import { describe, expect, it } from 'vitest'
import { withoutFirst } from '../../../src/machinery/runtime/short-write.ts'

describe('what a short write left', () => {
  it.each([
    [0, ['abc', 'de', 'f']],
    [2, ['c', 'de', 'f']],
    [3, ['de', 'f']],
    [4, ['e', 'f']],
    [5, ['f']],
    [6, []],
  ])('after %i bytes is %j', (bytes, left) => {
    const chunks = ['abc', 'de', 'f'].map((text) => Buffer.from(text))
    expect(withoutFirst(chunks, bytes).map(String)).toEqual(left)
  })

  it('is nothing where only empty chunks follow', () => {
    expect(withoutFirst([Buffer.from('a'), Buffer.alloc(0)], 1)).toEqual([])
  })
})
