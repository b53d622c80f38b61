/**
 * Says what is wrong with data from outside, field by field: the path of the field, and what was
 * expected of it. Data is checked by zod; the words are ours, the same for the API, configuration
 * files and the command line.
 */
import type { z } from 'zod'
import { nearestName } from './nearest-name.ts'

export interface FieldProblem {
  /** Such as `quotas.compute.cpuCores` or `aliases.1`; empty for the whole. */
  readonly field: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}

type Issue = z.core.$ZodIssue

/** Translates what zod found. Give the input that was checked: zod does not keep it. Shape: in
 *  zod's order; one entry an unknown field. */
export function fieldProblems(error: z.ZodError, input: unknown): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return problem(issue.path, messageOf(issue, input))
    return issue.keys.map((key) => problem([...issue.path, key], 'there is no such field'))
  })
}

/** Adds to the problems with unknown fields what was most likely meant. */
export function withNearest(
  problems: readonly FieldProblem[],
  known: readonly string[],
): FieldProblem[] {
  return problems.map((each) => {
    if (each.message !== 'there is no such field') return each
    const nearest = nearestName(String(each.path.at(-1)), known)
    if (nearest === undefined) return each
    return { ...each, message: `there is no such field; was ${nearest} meant?` }
  })
}

function problem(path: readonly PropertyKey[], message: string): FieldProblem {
  return { field: path.map(String).join('.'), path, message }
}

function messageOf(issue: Issue, input: unknown): string {
  const value = valueAt(input, issue.path)
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return `is missing; expected ${nounOf(issue.expected)}`
      return `expected ${nounOf(issue.expected)}, not ${shown(value)}`
    case 'invalid_value':
      if (value === undefined) return `is missing; expected ${alternatives(issue.values)}`
      return `expected ${alternatives(issue.values)}, not ${shown(value)}`
    case 'too_small':
      return boundMessage(issue.origin, 'at least', issue.minimum, value)
    case 'too_big':
      return boundMessage(issue.origin, 'at most', issue.maximum, value)
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message
    default:
      return issue.message
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

function boundMessage(
  origin: string,
  comparison: string,
  bound: number | bigint,
  value: unknown,
): string {
  const limit = `${comparison} ${String(bound)}`
  if (origin === 'string') return `expected ${limit} characters, not ${String(sizeOf(value))}`
  if (origin === 'array') return `expected ${limit} entries, not ${String(sizeOf(value))}`
  return `expected ${limit}, not ${shown(value)}`
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0
}

function nounOf(expected: string): string {
  const nouns: Readonly<Record<string, string>> = {
    int: 'a whole number',
    array: 'a list',
    object: 'an object',
    record: 'an object',
    boolean: 'true or false',
    null: 'null',
  }
  return nouns[expected] ?? `a ${expected}`
}

function alternatives(values: readonly unknown[]): string {
  const words = values.map(String)
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

const SHOWN_CHARACTERS = 60

/** Shows a value shortly. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`
}
