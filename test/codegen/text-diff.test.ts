import { describe, expect, it } from 'vitest'
import { filesDiff } from '../../src/codegen/text-diff.ts'

const lines = (count: number, prefix: string): string =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}\n`).join('')

describe('how files differ', () => {
  it('is told by line, with what stands around it', () => {
    const was = lines(20, 'line ')
    const is = was.replace('line 9\n', 'line nine\nand a half\n')
    expect(filesDiff([{ path: 'a', text: was }], [{ path: 'a', text: is }])).toEqual([
      {
        path: 'a',
        change: 'changed',
        addedLines: 2,
        removedLines: 1,
        hunks: [
          {
            fromLine: 7,
            toLine: 7,
            lines: [
              ' line 6',
              ' line 7',
              ' line 8',
              '-line 9',
              '+line nine',
              '+and a half',
              ' line 10',
              ' line 11',
              ' line 12',
            ],
          },
        ],
      },
    ])
  })

  it('leaves out what is the same, and tells what came and went', () => {
    const before = [
      { path: 'gone', text: 'a\n' },
      { path: 'same', text: 'b\n' },
    ]
    const after = [
      { path: 'same', text: 'b\n' },
      { path: 'come', text: 'c\nd\n' },
    ]
    const shown = filesDiff(before, after).map(({ hunks: _, ...rest }) => rest)
    expect(shown).toEqual([
      { path: 'come', change: 'added', addedLines: 2, removedLines: 0 },
      { path: 'gone', change: 'removed', addedLines: 0, removedLines: 1 },
    ])
  })

  it('gives up where nearly all differs, and says how much there is', () => {
    const [diff] = filesDiff(
      [{ path: 'a', text: lines(3_000, 'x') }],
      [{ path: 'a', text: lines(2_000, 'y') }],
    )
    expect(diff).toEqual({
      path: 'a',
      change: 'changed',
      addedLines: 2_000,
      removedLines: 3_000,
      hunks: null,
    })
  })
})
