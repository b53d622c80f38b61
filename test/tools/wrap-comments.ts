/**
 * Part of `npm run fix`: wraps the comments of src that pass the edge, which the formatter leaves alone. Only the paragraph that holds
 * the long line is set anew; tables, indented text and list markers stay as they are. Trailing comments are for a person to shorten.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseSync } from 'oxc-parser'

const COLUMNS = 100
const ROOT = resolve(import.meta.dirname, '../..')

interface Block {
  readonly start: number
  readonly end: number
  readonly indent: string
  readonly isDocument: boolean
  readonly lines: readonly string[]
}

/** Wraps all comments of one file that stand on lines of their own. Everything else stays, byte by byte. */
export function wrapComments(path: string, text: string): string {
  let wrapped = text
  for (const block of longBlocks(path, text).toReversed())
    wrapped = wrapped.slice(0, block.start) + setBlock(block) + wrapped.slice(block.end)
  return wrapped
}

/** Finds the comments with a long line. Neighbouring line comments are one. */
function longBlocks(path: string, text: string): Block[] {
  const blocks: Block[] = []
  for (const { type, start, end, value } of parseSync(path, text).comments) {
    const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
    if (indent.trim() !== '' || (type === 'Block' && !value.startsWith('*'))) continue
    const last = blocks.at(-1)
    const isDocument = type === 'Block'
    if (!isDocument && last !== undefined && continues(text, last, indent, start))
      blocks[blocks.length - 1] = { ...last, end, lines: [...last.lines, lineOf(value)] }
    else {
      const lines = isDocument ? documentLines(value) : [lineOf(value)]
      blocks.push({ start, end, indent, isDocument, lines })
    }
  }
  return blocks.filter((block) =>
    text
      .slice(block.start - block.indent.length, block.end)
      .split('\n')
      .some((line) => line.length > COLUMNS),
  )
}

function continues(text: string, last: Block, indent: string, start: number): boolean {
  return !last.isDocument && text.slice(last.end, start) === `\n${indent}`
}

function lineOf(value: string): string {
  return value.replace(/^ /, '').trimEnd()
}

/** Takes the stars off. A document that begins beside its opening indents its later lines by two; that indent goes as well. */
function documentLines(value: string): string[] {
  const lines = value.slice(1).split('\n')
  const beside = lines[0]?.trim() !== ''
  const bare = lines.map((line, index) =>
    index === 0
      ? line.trim()
      : line
          .replace(/^\s*\*? ?/, '')
          .replace(beside ? /^ / : '', '')
          .trimEnd(),
  )
  while (bare[0] === '') bare.shift()
  while (bare.at(-1) === '') bare.pop()
  return bare
}

function setBlock({ indent, isDocument, lines }: Block): string {
  const lead = isDocument ? ' * ' : '// '
  const set = paragraphs(lines).flatMap((paragraph) =>
    wrapParagraph(paragraph, COLUMNS - indent.length - lead.length),
  )
  const leading = set.map((line) => (lead + line).trimEnd())
  return (isDocument ? ['/**', ...leading, ' */'] : leading).join(`\n${indent}`)
}

/** Lines that begin something of their own: a list item, a row, indented text, or a word with a colon such as `Units:`. */
const BEGINS = /^(\s|\||[-*] |\d+\. |@|[A-Z][a-z]+: |$)/
const FIXED = /^\s|^\||\S {3,}\S/

function paragraphs(lines: readonly string[]): string[][] {
  const found: string[][] = []
  for (const line of lines) {
    const last = found.at(-1)?.at(-1)
    const isNew = last === undefined || last === '' || BEGINS.test(line) || FIXED.test(last)
    if (isNew || FIXED.test(line)) found.push([line])
    else found.at(-1)?.push(line)
  }
  return found
}

function wrapParagraph(lines: readonly string[], width: number): readonly string[] {
  const first = lines[0] ?? ''
  if (lines.every((line) => line.length <= width) || FIXED.test(first)) return lines
  const hanging = ' '.repeat(/^([-*] |\d+\. )?/.exec(first)?.[0].length ?? 0)
  const set: string[] = []
  let current = ''
  for (const word of lines
    .map((line) => line.trim())
    .join(' ')
    .split(' ')) {
    if (current.trim() !== '' && current.length + 1 + word.length > width) {
      set.push(current)
      current = hanging + word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...set, current]
}

if (import.meta.main) {
  for (const path of globSync('src/**/*.ts', { cwd: ROOT })) {
    const text = readFileSync(resolve(ROOT, path), 'utf8')
    const wrapped = wrapComments(path, text)
    if (wrapped === text) continue
    writeFileSync(resolve(ROOT, path), wrapped)
    process.stdout.write(`${path}\n`)
  }
}
