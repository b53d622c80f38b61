/**
 * The plan of every statement that the stores hold, as golden text: a statement that begins to scan
 * a table shows in review. The statements are found in the source, so that none can be left out;
 * one that SQLite does not accept fails here.
 */
import { parseSync } from 'oxc-parser'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../../src/machinery/storage/database.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const STORE_FILE = /^(?:store|[a-z-]+-store)\.ts$/
const STATEMENT = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\s/

interface SyntaxNode {
  readonly type: string
  readonly [field: string]: unknown
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value
}

function* nodesOf(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item)
  if (!isNode(value)) return
  yield value
  for (const field of Object.values(value)) yield* nodesOf(field)
}

/** The text of a string, or of a template whose holes are constants of the same file. */
function textOf(node: unknown, constants: ReadonlyMap<string, string>): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined
  if (node.type === 'Identifier') return constants.get(String(node['name']))
  if (node.type !== 'TemplateLiteral') return undefined
  const holes = (node['expressions'] as unknown[]).map((hole) => textOf(hole, constants))
  const quasis = node['quasis'] as { value: { cooked: string } }[]
  if (holes.includes(undefined)) return undefined
  return quasis.map(({ value }, index) => value.cooked + (holes[index] ?? '')).join('')
}

function statementsIn(path: string): string[] {
  const { program } = parseSync(path, readFileSync(path, 'utf8'))
  const nodes = [...nodesOf(program)]
  const constants = new Map<string, string>()
  for (const { type, id, init } of nodes) {
    const text = type === 'VariableDeclarator' ? textOf(init, constants) : undefined
    if (text !== undefined && isNode(id)) constants.set(String(id['name']), text)
  }
  const texts = nodes
    .filter(({ type }) => type === 'Literal' || type === 'TemplateLiteral')
    .map((node) => textOf(node, constants))
    .filter((text) => text !== undefined && STATEMENT.test(text))
  return [...new Set(texts as string[])]
}

function planOf(databases: readonly Database[], sql: string): string {
  const failures: string[] = []
  for (const db of databases) {
    try {
      // Unlike `prepare`, `explain` takes a statement whose parameters are not given. Its types
      // lack it.
      const { explain } = db as Database & { explain(sql: string): { detail: string }[] }
      const steps = explain.call(db, `QUERY PLAN ${sql}`)
      return steps.map(({ detail }) => `\n    ${detail}`).join('')
    } catch (error) {
      failures.push(String(error))
    }
  }
  throw new Error(`no database takes ${sql}: ${failures.join('; ')}`)
}

describe('query plans', () => {
  it('are the golden ones', async () => {
    const databases = (['control', 'bulk'] as const).map((kind) =>
      openDatabase({ path: ':memory:', kind }),
    )
    const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => STORE_FILE.test(basename(path)))
      .sort()
    const text = paths.map((path) => {
      const plans = statementsIn(join(ROOT, 'src', path)).map(
        (sql) => `  ${sql.trim().replace(/\s+/g, ' ')}${planOf(databases, sql)}`,
      )
      return [`src/${path}`, ...plans].join('\n')
    })
    for (const db of databases) db.close()
    await expect(`${text.join('\n\n')}\n`).toMatchFileSnapshot('../../golden/query-plans.txt')
  })
})
