/** A line that fits two windows side by side. A string that goes past the edge may: breaking it would hide it from a search. */
import type { Finding, Rule, SourceFile } from '../project.ts'
import { descend } from '../syntax.ts'

const COLUMNS = 100

export const rule: Rule = {
  says: `No line of src is longer than ${COLUMNS} columns, unless a string reaches past the edge.`,
  check: ({ files }) => files.filter(({ path }) => /^src\/.*\.ts$/.test(path)).flatMap(checkFile),
}

function checkFile(file: SourceFile): Finding[] {
  const edges = longLines(file.text)
  if (edges.length === 0) return []
  const strings = [...descend(file.program)]
    .map(({ node }) => node)
    .filter(({ type }) => type === 'Literal' || type === 'TemplateLiteral')
  return edges
    .filter((edge) => !strings.some(({ start, end }) => start < edge && edge < end))
    .map((edge) => ({
      path: file.path,
      line: file.lineOf(edge),
      message: `longer than ${COLUMNS} columns`,
    }))
}

/** Finds the offsets where lines pass the edge. */
function longLines(text: string): number[] {
  const edges: number[] = []
  let start = 0
  for (const line of text.split('\n')) {
    if (line.length > COLUMNS) edges.push(start + COLUMNS)
    start += line.length + 1
  }
  return edges
}
