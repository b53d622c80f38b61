/** What a metric or a header is called is decided in one place. A name that is not in the table there has no help text and nobody finds it. */
import type { Project, Rule, SourceFile } from '../project.ts'
import { descend, nameOf, stringOf, type Node } from '../syntax.ts'

const NAMES = 'src/core/names/'
const METRIC = /^tenantry_[a-z0-9_]+$/

export const rule: Rule = {
  says: 'A metric name that src uses has its row in core/names, and every row is used; a header in core/names is not spelled again.',
  check: (project) => [...misspelt(project), ...unused(project)],
}

function misspelt(project: Project) {
  const written = new Set([...keysIn(project), ...project.files.filter(isNames).flatMap(strings)])
  const headers = new Set(project.files.filter(isNames).flatMap(headerValues))
  return literals(project).flatMap(({ path, line, text }) => {
    if (METRIC.test(text) && !written.has(text))
      return [{ path, line, message: `${text} is not written in core/names` }]
    if (headers.has(text))
      return [{ path, line, message: `${text} is written in core/names/headers: use HEADERS` }]
    return []
  })
}

function unused(project: Project) {
  const used = new Set(
    project.files
      .filter((file) => file.path.startsWith('src/') && !isNames(file))
      .flatMap(({ text }) => text.match(/\btenantry_[a-z0-9_]+/g) ?? []),
  )
  return project.files.filter(isNames).flatMap((file) =>
    keysOf(file)
      .filter(({ name }) => METRIC.test(name) && !used.has(name))
      .map(({ name, node }) => ({
        path: file.path,
        line: file.lineOf(node.start),
        message: `nothing uses ${name}`,
      })),
  )
}

/** The portal may not import core, and spells for itself. */
function isBound(path: string): boolean {
  return /^src\/(?!core\/names\/|edges\/portal\/)/.test(path)
}

function isNames({ path }: SourceFile): boolean {
  return path.startsWith(NAMES)
}

function keysIn({ files }: Project): string[] {
  return files.filter(isNames).flatMap((file) => keysOf(file).map(({ name }) => name))
}

function keysOf({ program }: SourceFile): { name: string; node: Node }[] {
  return [...descend(program)]
    .filter(({ node }) => node.type === 'Property')
    .map(({ node }) => ({ name: nameOf(node['key']) ?? stringOf(node['key'] as Node) ?? '', node }))
}

/** The header names that are Tenantry's own or a vendor's; the standard ones of every server are not in the table. */
function headerValues(file: SourceFile): string[] {
  return file.path.endsWith('/headers.ts') ? strings(file) : []
}

function strings({ program }: SourceFile): string[] {
  return [...descend(program)].flatMap(({ node }) => stringOf(node) ?? [])
}

function literals({ files }: Project) {
  return files
    .filter((file) => isBound(file.path))
    .flatMap((file) =>
      [...descend(file.program)].flatMap(({ node }) => {
        const text = node.type === 'Literal' ? stringOf(node) : undefined
        return text === undefined ? [] : [{ path: file.path, line: file.lineOf(node.start), text }]
      }),
    )
}
