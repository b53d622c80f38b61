/** Which series a query counts: `sum(rate(metric{…}[window]))` and what means the same. Pure. */
import type { Matcher, Selector } from '../model/indicator.ts'
import { parseQuery, type Expression } from './promql.ts'

/** A query that counts, or what it lacks to be one. */
export type Counted =
  | {
      readonly ok: true
      readonly of: Selector
      /** Counted off. */
      readonly minus?: Selector
      readonly facts: QueryFacts
    }
  | { readonly ok: false; readonly reason: string }

/** What is to be known about a query that is understood. */
export interface QueryFacts {
  /** Windows that are written out where a placeholder is usual. */
  readonly windows: readonly string[]
  /** Labels that results are told apart by; null where the whole is summed. */
  readonly by: readonly string[] | null
}

const NO_FACTS: QueryFacts = { windows: [], by: null }

/** Reads a query that counts events. */
export function countOfText(text: string): Counted {
  const parsed = parseQuery(text)
  return parsed.ok ? countOf(parsed.expression) : parsed
}

/** Reads an expression that counts events. Worked: `sum by (tenant) (rate(a_total[5m]))` counts
 *  a_total. */
export function countOf(expression: Expression): Counted {
  switch (expression.kind) {
    case 'selector': {
      const { metric, where } = expression
      const of = where.length === 0 ? { metric } : { metric, where: [...where] }
      return { ok: true, of, facts: NO_FACTS }
    }
    case 'sum': {
      const inner = countOf(expression.of)
      if (!inner.ok) return inner
      return { ...inner, facts: { ...inner.facts, by: expression.by } }
    }
    case 'call':
      return countOfCall(expression)
    case 'binary':
      return countOfPair(expression)
    case 'range':
      return { ok: false, reason: 'is a range of samples; expected rate() or increase() of it' }
    case 'number':
      return { ok: false, reason: 'is a number, not a count of events' }
    case 'other':
      return {
        ok: false,
        reason: `holds \`${shortened(expression.text)}\`, which counts nothing known`,
      }
  }
}

const RATES = ['rate', 'increase', 'sum_over_time']

function countOfCall({ name, args }: Extract<Expression, { kind: 'call' }>): Counted {
  const [range] = args
  if (!RATES.includes(name) || args.length !== 1) {
    return { ok: false, reason: `calls ${name}(); counts are read from rate() and increase()` }
  }
  if (range?.kind !== 'range') {
    return { ok: false, reason: `calls ${name}() of something else than a metric's range` }
  }
  const inner = countOf(range.of)
  if (!inner.ok) return inner
  const windows = range.window === null ? [] : [range.window]
  return { ...inner, facts: { windows, by: null } }
}

function countOfPair({ op, left, right }: Extract<Expression, { kind: 'binary' }>): Counted {
  const minuend = countOf(left)
  if (op === 'or' && isZeroVector(right)) return minuend
  if (op !== '-') return { ok: false, reason: `combines counts by \`${op}\`` }
  if (!minuend.ok) return minuend
  const subtrahend = countOf(right)
  if (!subtrahend.ok) return subtrahend
  if (minuend.minus !== undefined || subtrahend.minus !== undefined) {
    return { ok: false, reason: 'subtracts more than once' }
  }
  const facts = factsOf([minuend.facts, subtrahend.facts])
  return { ok: true, of: minuend.of, minus: subtrahend.of, facts }
}

/** What is written so that a series that is not there yet counts as none. */
function isZeroVector(expression: Expression): boolean {
  if (expression.kind !== 'call' || expression.name !== 'vector') return false
  const [value] = expression.args
  return value?.kind === 'number' && value.value === 0
}

/** Puts together what is to be known about the parts of a query. */
export function factsOf(parts: readonly QueryFacts[]): QueryFacts {
  return {
    windows: [...new Set(parts.flatMap(({ windows }) => windows))],
    by: parts.find(({ by }) => by !== null)?.by ?? null,
  }
}

/** Tells whether two selectors mean the same series. */
export function isSameSelector(left: Selector, right: Selector): boolean {
  return left.metric === right.metric && isSameWhere(left.where, right.where)
}

/** Tells whether the same matchers are there, in whatever order. */
export function isSameWhere(
  left: readonly Matcher[] = [],
  right: readonly Matcher[] = [],
): boolean {
  const sorted = (where: readonly Matcher[]): string =>
    JSON.stringify(where.map(({ label, op, value }) => [label, op, value].join('\0')).toSorted())
  return sorted(left) === sorted(right)
}

const SHOWN_CHARACTERS = 80

export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS - 1)}…`
}
