/** A text as lines to be shown: what is a remark and what names something is told apart, and no
 *  more. Pure. */

export interface TextPart {
  readonly kind: 'plain' | 'remark' | 'key'
  readonly text: string
}

/** Lines that differ, with what stands around them. */
export interface Hunk {
  /** Lines from 1. */
  readonly fromLine: number
  readonly toLine: number
  /** Each begins with `+`, `-` or a space. */
  readonly lines: readonly string[]
}

const REMARK = /^\s*(#|\/\/|\/\*|\*)/
const YAML_KEY = /^(\s*(?:- )*)([\w.$/-]+:)(?= |$)/
const JSON_KEY = /^(\s*)("[^"]*":)/

/** Takes a line apart by the kind of its file. Worked: `expr: up` of YAML -> key `expr:`, plain
 *  ` up`. */
export function partsOf(line: string, path: string): TextPart[] {
  const isMarkdown = path.endsWith('.md')
  if (isMarkdown) return [{ kind: line.startsWith('#') ? 'key' : 'plain', text: line }]
  if (REMARK.test(line)) return [{ kind: 'remark', text: line }]
  const match = (path.endsWith('.json') ? JSON_KEY : YAML_KEY).exec(line)
  if (match === null) return [{ kind: 'plain', text: line }]
  const [whole, before = '', key = ''] = match
  const parts: TextPart[] = [
    { kind: 'plain', text: before },
    { kind: 'key', text: key },
    { kind: 'plain', text: line.slice(whole.length) },
  ]
  return parts.filter(({ text }) => text !== '')
}

/** Shape: without the empty line that a last line end would make. */
export function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}
