/**
 * What a PromQL expression is made of, as far as SLOs are written with it. Pure; the grammar is
 * Prometheus' own. A placeholder for the window, such as `{{.window}}`, is a window like another.
 */
import { parser } from '@prometheus-io/lezer-promql'
import type { Matcher } from '../model/indicator.ts'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

export type Expression =
  | { readonly kind: 'selector'; readonly metric: string; readonly where: readonly Matcher[] }
  /** Null: the placeholder. */
  | { readonly kind: 'range'; readonly of: Expression; readonly window: string | null }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** `by` is null without a clause. */
  | { readonly kind: 'sum'; readonly by: readonly string[] | null; readonly of: Expression }
  | {
      readonly kind: 'binary'
      readonly op: string
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'number'; readonly value: number }
  /** Anything else, as it stands. */
  | { readonly kind: 'other'; readonly text: string }

export type ParsedQuery =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly reason: string }

const PLACEHOLDERS =
  /(?<=[[:])\s*(\{\{\s*-?\s*\.[wW]indow\s*-?\s*\}\}|window|\$\w+|\$\{\w+\})\s*(?=[\]:])/g
/** What stands for a placeholder while the text is parsed: a span of the same length. */
const STAND_IN = /^9{5,}s$/

/** Parses a query. Shape: brackets are gone. */
export function parseQuery(text: string): ParsedQuery {
  const source = text.replaceAll(PLACEHOLDERS, (found) =>
    found.length < 6 ? '99999s' : `${'9'.repeat(found.length - 1)}s`,
  )
  const tree = parser.parse(source)
  let errorAt: number | null = null
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) errorAt ??= node.from
    },
  })
  const root = tree.topNode.firstChild
  if (errorAt !== null || root === null) {
    return { ok: false, reason: `is no PromQL from character ${(errorAt ?? 0) + 1} on` }
  }
  return { ok: true, expression: expressionOf(root, source) }
}

function expressionOf(node: SyntaxNode, source: string): Expression {
  const text = source.slice(node.from, node.to)
  const other: Expression = { kind: 'other', text }
  const parts = childrenOf(node)
  switch (node.name) {
    case 'ParenExpr':
      return expressionOf(parts[0]!, source)
    case 'NumberDurationLiteral':
      return Number.isFinite(Number(text)) ? { kind: 'number', value: Number(text) } : other
    case 'VectorSelector':
      return selectorOf(parts, source) ?? other
    case 'MatrixSelector': {
      const span = source.slice(parts[1]!.from, parts[1]!.to).trim()
      const of = expressionOf(parts[0]!, source)
      return { kind: 'range', of, window: STAND_IN.test(span) ? null : span }
    }
    case 'FunctionCall': {
      const name = source.slice(parts[0]!.from, parts[0]!.to)
      const args = childrenOf(parts[1]!).map((argument) => expressionOf(argument, source))
      return { kind: 'call', name, args }
    }
    case 'AggregateExpr':
      return aggregateOf(parts, source) ?? other
    case 'BinaryExpr': {
      if (parts.some(({ name }) => name === 'BoolModifier' || name === 'FillModifier')) return other
      const operator = parts[1]!
      const op = source.slice(operator.from, operator.to)
      const [left, right] = [parts[0]!, parts.at(-1)!].map((side) => expressionOf(side, source))
      return { kind: 'binary', op, left: left!, right: right! }
    }
    default:
      return other
  }
}

function aggregateOf(parts: readonly SyntaxNode[], source: string): Expression | undefined {
  const [operator] = parts
  const body = parts.find(({ name }) => name === 'FunctionCallBody')
  const modifier = parts.find(({ name }) => name === 'AggregateModifier')
  const args = body === undefined ? [] : childrenOf(body)
  if (args.length !== 1 || source.slice(operator!.from, operator!.to) !== 'sum') return undefined
  if (modifier?.firstChild?.name === 'Without') return undefined
  const labels = modifier?.getChild('GroupingLabels')
  const by = labels
    ? childrenOf(labels).map((label) => unquoted(source.slice(label.from, label.to)))
    : null
  return { kind: 'sum', by, of: expressionOf(args[0]!, source) }
}

function selectorOf(parts: readonly SyntaxNode[], source: string): Expression | undefined {
  const textOf = ({ from, to }: SyntaxNode): string => source.slice(from, to)
  let metric = parts.find(({ name }) => name === 'Identifier')
  let name = metric === undefined ? undefined : textOf(metric)
  const where: Matcher[] = []
  for (const part of parts.filter((each) => each.name === 'LabelMatchers').flatMap(childrenOf)) {
    const inner = childrenOf(part)
    if (part.name === 'QuotedLabelName') {
      name = unquoted(textOf(part))
      metric = part
      continue
    }
    const [label, op, value] = inner.map(textOf)
    if (label === undefined || op === undefined || value === undefined) return undefined
    const matcher = { label: unquoted(label), op: op as Matcher['op'], value: unquoted(value) }
    if (matcher.label === '__name__' && matcher.op === '=' && name === undefined) {
      name = matcher.value
    } else where.push(matcher)
  }
  return name === undefined ? undefined : { kind: 'selector', metric: name, where }
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

/** Reads a name or a string as Go writes it. */
function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1)
  if (!/^["']/.test(text)) return text
  return text
    .slice(1, -1)
    .replaceAll(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|(.))/gs,
      (_, byte?: string, unit?: string, letter?: string) => {
        const code = byte ?? unit
        if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
        return ESCAPES[letter!] ?? letter!
      },
    )
}
