/**
 * A group of rules as an engine keeps it, and whether two of them mean the same. Engines write back
 * what they were given in other words: spans in other units, fields in another order, expressions
 * with other spaces. Pure.
 */
import { createHash } from 'node:crypto'
import { parser } from '@prometheus-io/lezer-promql'
import { parseDurationMs } from '../../../machinery/runtime/quantity-text.ts'

/** The object of Prometheus' format, with whatever else an engine adds to it. */
export type GroupBody = Readonly<Record<string, unknown>> & {
  readonly name: string
  readonly rules: readonly RuleBody[]
}
export type RuleBody = Readonly<Record<string, unknown>>

export interface RuleGroup {
  /** Of ours they begin with `tenantry-`. */
  readonly namespace: string
  readonly body: GroupBody
}

/** What Tenantry pushes is below it; what is not is never touched. */
export const OWN_NAMESPACE = 'tenantry-'

/** Names a group within an owner's rules. */
export function groupKey({ namespace, body }: RuleGroup): string {
  return `${namespace}/${body.name}`
}

/** Tells whether two groups mean the same. Cost: expressions are parsed only where texts differ. */
export function isSameGroup(left: RuleGroup, right: RuleGroup): boolean {
  if (groupKey(left) !== groupKey(right)) return false
  if (plainMeaning(left.body) === plainMeaning(right.body)) return true
  return meaningOf(left.body, exprMeaning) === meaningOf(right.body, exprMeaning)
}

/** Makes a short name of what groups mean, whatever their order. */
export function hashOfGroups(groups: readonly RuleGroup[]): string {
  const texts = groups.map((group) => `${groupKey(group)}\n${plainMeaning(group.body)}`)
  return createHash('sha256').update(texts.toSorted().join('\n\n')).digest('hex').slice(0, 16)
}

/** Groups that tenants have in common are written once. */
const plainMeanings = new WeakMap<GroupBody, string>()

function plainMeaning(body: GroupBody): string {
  const known = plainMeanings.get(body)
  if (known !== undefined) return known
  const meaning = meaningOf(body, plain)
  plainMeanings.set(body, meaning)
  return meaning
}

const SPANS = new Set(['interval', 'for', 'keep_firing_for', 'query_offset', 'evaluation_delay'])
const DEFAULTS = new Set(['', '0', '0s', 'false', '[]', '{}', 'null', 'undefined'])

function meaningOf(body: GroupBody, expr: (text: string) => string): string {
  return JSON.stringify(sorted({ ...body, rules: body.rules.map((rule) => ruleOf(rule, expr)) }))
}

function ruleOf(rule: RuleBody, expr: (text: string) => string): RuleBody {
  return {
    ...rule,
    expr: expr(typeof rule['expr'] === 'string' ? rule['expr'] : JSON.stringify(rule['expr'])),
  }
}

/** Puts fields in order, spans in milliseconds, and leaves out those that say nothing. */
function sorted(value: unknown, isTop = true): unknown {
  if (Array.isArray(value)) return value.map((each) => sorted(each, isTop))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([name, field]: [string, unknown]): [string, unknown] => [
      name,
      isTop && SPANS.has(name) ? spanOf(field) : sorted(field, name === 'rules'),
    ])
    .filter(([, field]) => !isTop || !DEFAULTS.has(textOf(field)))
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : JSON.stringify(field)
}

function spanOf(field: unknown): unknown {
  const spanMs = parseDurationMs(String(field))
  if (spanMs === undefined) return field
  return spanMs === 0 ? '' : `${spanMs}ms`
}

function plain(text: string): string {
  return text.trim()
}

/** Texts that were read, so that the same rules of a thousand tenants are parsed once. */
const MEANINGS_MAX = 5_000
const meanings = new Map<string, string>()

/** Tells what an expression says, without spaces and comments and with spans in one unit. */
export function exprMeaning(text: string): string {
  const known = meanings.get(text)
  if (known !== undefined) return known
  if (meanings.size >= MEANINGS_MAX) meanings.clear()
  const meaning = tokensOf(text)
  meanings.set(text, meaning)
  return meaning
}

/** Shape: leaves in order, each part in brackets; a text that is no PromQL as it stands. */
function tokensOf(text: string): string {
  const tokens: string[] = []
  let isBroken = false
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) isBroken = true
      if (node.name === 'LineComment') return false
      const isLeaf = node.node.firstChild === null
      tokens.push(isLeaf ? leafOf(text.slice(node.from, node.to)) : `${node.name}(`)
      return true
    },
    leave(node) {
      if (node.node.firstChild !== null) tokens.push(')')
    },
  })
  return isBroken ? text.trim().replaceAll(/\s+/g, ' ') : tokens.join(' ')
}

function leafOf(token: string): string {
  const spanMs = /^\d/.test(token) && token !== '0' ? parseDurationMs(token) : undefined
  if (spanMs !== undefined) return `${spanMs}ms`
  const number = /^\.?\d/.test(token) ? Number(token) : NaN
  return Number.isNaN(number) ? token : String(number)
}
