/** The source tree as the tidy rules see it: every file's path, the parsed TypeScript with its imports, and the documents. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { parseSync, type Comment } from 'oxc-parser'
import { descend, type Node } from './syntax.ts'

export interface Project {
  /** Every file of the tree, sorted, relative to its root. */
  readonly paths: readonly string[]
  /** TypeScript and JavaScript. */
  readonly files: readonly SourceFile[]
  /** Markdown. */
  readonly documents: readonly Text[]
}

export interface Text {
  readonly path: string
  readonly text: string
  /** Tells the line, from 1, of an offset into the text. */
  lineOf(offset: number): number
}

export interface SourceFile extends Text {
  readonly program: Node
  readonly comments: readonly Comment[]
  readonly imports: readonly Import[]
}

export interface Import {
  readonly line: number
  readonly specifier: string
  /** The file in the tree that a relative specifier means, or null for a package. */
  readonly target: string | null
  /** The whole declaration vanishes at run time. */
  readonly isType: boolean
}

export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** One rule of the house: what it says, and where the tree breaks it. A rule is pure: same tree, same findings. */
export interface Rule {
  readonly says: string
  check(project: Project): Finding[]
}

const OUTSIDE = new Set(['node_modules', 'dist', 'data', '.git', 'test/.out', 'test/fixtures/tidy'])

/** Reads and parses a tree. What is installed, built or measured in it does not belong to it. */
export function readProject(root: string): Project {
  const paths = [...listFiles(root, '')].toSorted()
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  return {
    paths,
    files: paths
      .filter((path) => /\.(ts|tsx|js)$/.test(path))
      .map((path) => parseFile(path, read(path))),
    documents: paths
      .filter((path) => path.endsWith('.md'))
      .map((path) => openText(path, read(path))),
  }
}

function* listFiles(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (OUTSIDE.has(path)) continue
    if (entry.isDirectory()) yield* listFiles(root, path)
    else if (entry.isFile()) yield path
  }
}

/** Parses one file. Throws when it is not TypeScript. */
export function parseFile(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text)
  const error = errors[0]
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  const opened = openText(path, text)
  const root = program as unknown as Node
  return { ...opened, program: root, comments, imports: importsOf(opened, root) }
}

function openText(path: string, text: string): Text {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return { path, text, lineOf: (offset) => countUpTo(starts, offset) }
}

/** Counts the numbers of an ascending list that are at most the bound. */
function countUpTo(ascending: readonly number[], bound: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! <= bound) low = middle + 1
    else high = middle
  }
  return low
}

function importsOf(file: Text, program: Node): Import[] {
  const imports: Import[] = []
  for (const { node } of descend(program)) {
    const source = node['source'] as Node | null | undefined
    const specifier = source?.['value']
    if (typeof specifier !== 'string' || !IMPORTING.has(node.type)) continue
    imports.push({
      line: file.lineOf(node.start),
      specifier,
      target: specifier.startsWith('.') ? join(dirname(file.path), specifier) : null,
      isType:
        node.type === 'TSImportType' ||
        node['importKind'] === 'type' ||
        node['exportKind'] === 'type',
    })
  }
  return imports
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
])
