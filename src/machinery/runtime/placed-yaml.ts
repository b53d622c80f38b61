/**
 * Reads a configuration file that is YAML, and tells of everything that is wrong with it where that
 * stands: line, column and field. Pure: text in; a value or problems out.
 */
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { fieldProblems, withNearest } from './field-problems.ts'

export interface PlacedProblem {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Empty for the whole file. */
  readonly field: string
  readonly message: string
}

/** What is wrong with fields only when they are seen together. */
export interface PathProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export type PlacedFile<Fields> =
  | { readonly fields: Fields }
  | { readonly problems: readonly PlacedProblem[] }

/**
 * Reads a file's text by a schema, then by what `together` finds. An empty text is an empty object.
 */
export function readPlacedYaml<Fields>(
  file: string,
  text: string,
  by: {
    readonly schema: z.ZodType<Fields>
    /** Names of fields, to guess what was meant by one that there is not. */
    readonly known: readonly string[]
    readonly together: (fields: Fields) => readonly PathProblem[]
  },
): PlacedFile<Fields> {
  const lines = new LineCounter()
  const document: Document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const at = (offset: number, field: string, message: string): PlacedProblem => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, field, message }
  }
  const placed = ({ path, message }: PathProblem): PlacedProblem =>
    at(offsetOf(document, path), path.join('.'), message)
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) =>
      at(pos[0], '', message.split('\n')[0] ?? 'not valid YAML'),
    )
    return { problems }
  }
  const value = (document.toJS() ?? {}) as unknown
  const parsed = by.schema.safeParse(value)
  if (!parsed.success) {
    const problems = withNearest(fieldProblems(parsed.error, value), by.known)
    return {
      problems: problems.map(({ field, path, message }) =>
        at(offsetOf(document, path), field, message),
      ),
    }
  }
  const problems = by.together(parsed.data).map(placed)
  return problems.length > 0 ? { problems } : { fields: parsed.data }
}

/** Says a problem in a line, without its file. Worked: `3:9: engines.0.name: is missing`. */
export function placedProblemText({ line, column, field, message }: PlacedProblem): string {
  return [`${line}:${column}`, field, message].filter((part) => part !== '').join(': ')
}

/** Finds where the deepest part of a path that exists begins. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}
