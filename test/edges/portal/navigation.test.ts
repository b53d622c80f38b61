import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from '../../../src/edges/portal/search-text.ts'
import { findCommands } from '../../../src/edges/portal/shell/commands.ts'

describe('the query part of an address', () => {
  it('is flat and readable, and reads back', () => {
    const search = { tier: 'starter,enterprise', sort: '-slo:availability', q: 'a & b=c' }
    const text = stringifySearch(search)
    expect(text).toBe('?tier=starter,enterprise&sort=-slo:availability&q=a+%26+b%3Dc')
    expect(parseSearch(text)).toEqual(search)
  })

  it('leaves out what is not set', () => {
    expect(stringifySearch({})).toBe('')
    expect(stringifySearch({ q: '', sort: undefined, tier: 'starter' })).toBe('?tier=starter')
  })
})

describe('search and commands', () => {
  const commands = [
    { label: 'Fleet', note: 'Page' },
    { label: 'Light theme', note: 'Action' },
    { label: 'Northwind Traders', note: 'northwind' },
    { label: 'Dark theme', note: 'Action' },
  ]
  const found = (text: string): string[] => findCommands(commands, text).map(({ label }) => label)

  it.each([
    ['', ['Fleet', 'Light theme', 'Northwind Traders', 'Dark theme']],
    ['theme', ['Light theme', 'Dark theme']],
    ['THEME dark', ['Dark theme']],
    ['northwind', ['Northwind Traders']],
    ['zzz', []],
  ])('finds for %j the commands %j', (text, labels) => {
    expect(found(text)).toEqual(labels)
  })

  it('puts what begins with the text first', () => {
    const trio = ['Late Acme', 'Acme', 'Acme Two'].map((label) => ({ label, note: '' }))
    expect(findCommands(trio, 'acme').map(({ label }) => label)).toEqual([
      'Acme',
      'Acme Two',
      'Late Acme',
    ])
  })

  it('shows at most 50, those that begin with the text among them', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ label: `The ${index}`, note: '' }))
    const shown = findCommands([...many, { label: '199', note: '' }], '199')
    expect(shown.map(({ label }) => label)).toEqual(['199', 'The 199'])
    expect(findCommands(many, '')).toHaveLength(50)
  })
})
