/** A file that only passes on what others say makes every reader take one step more, and hides cycles. */
import type { Rule, SourceFile } from '../project.ts'
import type { Node } from '../syntax.ts'

export const rule: Rule = {
  says: 'No barrel files: no index file, no `export *`, no file of re-exports alone.',
  check: ({ files }) =>
    files.flatMap((file) => {
      const message = objection(file)
      return message === null ? [] : [{ path: file.path, line: 1, message }]
    }),
}

function objection({ path, program }: SourceFile): string | null {
  if (/(^|\/)index\.(ts|tsx|js)$/.test(path)) return 'an index file: name it after what it answers'
  const body = program['body'] as Node[]
  if (body.some(({ type }) => type === 'ExportAllDeclaration')) return 'export *'
  const passesOn = body.length > 0 && body.every((node) => isReexport(node) || isImport(node))
  return passesOn && body.some(isReexport) ? 'a file of re-exports alone' : null
}

function isReexport(node: Node): boolean {
  return node.type === 'ExportNamedDeclaration' && node['declaration'] === null
}

function isImport(node: Node): boolean {
  return node.type === 'ImportDeclaration' && (node['specifiers'] as Node[]).length > 0
}
