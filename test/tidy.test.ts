/**
 * Proves the rules of the house over the whole tree. A rule is a file in `tidy/rules`; its fixture is a small tree in `fixtures/tidy/<rule>` that
 * breaks it, and `findings.txt` there says where: a rule that finds nothing proves nothing.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFile, readProject, type Finding, type Rule } from './tidy/project.ts'

const ROOT = resolve(import.meta.dirname, '..')
const RULES = join(import.meta.dirname, 'tidy/rules')
const FIXTURES = join(import.meta.dirname, 'fixtures/tidy')

const names = readdirSync(RULES).map((name) => name.replace(/\.ts$/, ''))
const rules = await Promise.all(
  names.map(async (name) => {
    const { rule } = (await import(join(RULES, `${name}.ts`))) as { rule: Rule }
    return { name, says: rule.says, check: rule.check }
  }),
)
const project = readProject(ROOT)

function toText(findings: readonly Finding[]): string {
  return findings.map(({ path, line, message }) => `${path}:${line}: ${message}\n`).join('')
}

describe('the tree', () => {
  it.each(rules)('$name: $says', ({ check }) => {
    expect(toText(check(project))).toBe('')
  })
})

describe('a tree that breaks the rule', () => {
  it.each(rules)('is told so by $name', async ({ name, check }) => {
    const found = toText(check(readProject(join(FIXTURES, name))))
    expect(found).not.toBe('')
    await expect(found).toMatchFileSnapshot(join(FIXTURES, name, 'findings.txt'))
  })

  it('has a fixture for each rule, and none for a rule that is gone', () => {
    expect(readdirSync(FIXTURES).toSorted()).toEqual(names.toSorted())
  })

  it('is found by its words, too, where the tree may not hold them', () => {
    const markers = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK']
    const file = parseFile('src/a.ts', markers.map((marker) => `// ${marker}: later\n`).join(''))
    const leftovers = rules.find(({ name }) => name === 'leftovers')
    const found = leftovers?.check({ paths: [file.path], files: [file], documents: [] })
    expect(found?.map(({ line }) => line)).toEqual([1, 2, 3, 4])
  })
})
