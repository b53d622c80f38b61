import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openOutput, renderTable } from '../../../src/edges/cli/output.ts'

let stdout = ''
let stderr = ''

beforeEach(() => {
  stdout = ''
  stderr = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

describe('output', () => {
  it.each([
    [false, 'a line\n'],
    [true, '{\n  "a": 1\n}\n'],
  ])('with json %s prints one of both', (json, printed) => {
    const output = openOutput(json)
    output.line('a line')
    output.value({ a: 1 })
    output.note('beside it')
    expect(stdout).toBe(printed)
    expect(stderr).toBe('beside it\n')
  })
})

describe('a table', () => {
  it('has columns as wide as what is in them, numbers to the right', () => {
    const rows = [
      ['acme', 7, 'x'],
      ['bolt-two', 1_200, ''],
    ]
    expect(renderTable(['ID', 'COUNT', 'TEXT'], rows)).toBe(
      ['ID        COUNT  TEXT', 'acme          7  x', 'bolt-two   1200'].join('\n'),
    )
  })

  it('of nothing is its head', () => {
    expect(renderTable(['ID', 'NAME'], [])).toBe('ID  NAME')
  })
})
