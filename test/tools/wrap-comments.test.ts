import { describe, expect, it } from 'vitest'
import { wrapComments } from './wrap-comments.ts'

const LONG = `${'word '.repeat(24)}end.`

function wrap(...lines: string[]): string[] {
  return wrapComments('src/a.ts', lines.join('\n')).split('\n')
}

describe('wrapComments', () => {
  it('leaves what fits as it stands', () => {
    const lines = ['/** Short. */', 'const a = 1 // short', '  /* odd   spaces */', '']
    expect(wrap(...lines)).toEqual(lines)
  })

  it('opens a document of one line', () => {
    expect(wrap(`  /** ${LONG} */`, '  a = 1')).toEqual([
      '  /**',
      `   * ${'word '.repeat(19).trim()}`,
      `   * ${'word '.repeat(5)}end.`,
      '   */',
      '  a = 1',
    ])
  })

  it('sets only the paragraph that is too long, and keeps labels at the beginning of a line', () => {
    const lines = wrap('/** One.', ` *  Units: ${LONG}`, ' *  Worked: 1 -> 2. */')
    expect(lines).toEqual([
      '/**',
      ' * One.',
      ` * Units: ${'word '.repeat(18).trim()}`,
      ` * ${'word '.repeat(6)}end.`,
      ' * Worked: 1 -> 2.',
      ' */',
    ])
  })

  it('indents what follows a list marker', () => {
    expect(wrap('/**', ` * - ${LONG}`, ' * - next', ' */')).toEqual([
      '/**',
      ` * - ${'word '.repeat(19).trim()}`,
      ` *   ${'word '.repeat(5)}end.`,
      ' * - next',
      ' */',
    ])
  })

  it('joins line comments that stand together', () => {
    expect(wrap(`// ${LONG}`, '// More.', 'const a = 1')).toEqual([
      `// ${'word '.repeat(19).trim()}`,
      `// ${'word '.repeat(5)}end. More.`,
      'const a = 1',
    ])
  })

  it('touches neither tables nor comments behind code', () => {
    const lines = [
      '/**',
      ` *   table ${'column '.repeat(14)}`.trimEnd(),
      ' */',
      `const a = 1 // ${LONG}`,
    ]
    expect(wrap(...lines)).toEqual(lines)
  })
})
