/**
 * The documents of YAML or JSON files, with the place of every field: what all formats read. Pure.
 */
import { isNode, LineCounter, parseAllDocuments, type Document } from 'yaml'
import type { FieldFinding, Finding, Place } from './finding.ts'

export interface FormatFile {
  readonly name: string
  readonly text: string
}

export interface SourceDocument {
  readonly value: Readonly<Record<string, unknown>>
  /** Finds where a field begins; of one that is missing, the deepest part that is there. */
  place(path: readonly PropertyKey[]): Place
}

export interface ReadDocuments {
  readonly documents: readonly SourceDocument[]
  readonly findings: readonly Finding[]
}

/** Reads every document of every file; a list of objects is as many documents. Shape: in the order
 *  of the files; empty documents are passed over. */
export function readDocuments(files: readonly FormatFile[]): ReadDocuments {
  const read = files.flatMap(readFile)
  return {
    documents: read.flatMap(({ documents }) => documents),
    findings: read.flatMap(({ findings }) => findings),
  }
}

/** Says where a finding is. */
export function placed(document: SourceDocument, { kind, path, message }: FieldFinding): Finding {
  return { kind, ...document.place(path), message }
}

/** As many as the library allows by default; past them a short text could fill the memory. */
const MOST_ALIASES = 100

function readFile({ name, text }: FormatFile): ReadDocuments[] {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true })
  return [...parsed].map((document) => readDocument(name, document as Document, lines))
}

function readDocument(file: string, document: Document, lines: LineCounter): ReadDocuments {
  const placeAt = (offset: number, field: string): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, field }
  }
  const place = (path: readonly PropertyKey[]): Place =>
    placeAt(offsetOf(document, path), path.map(String).join('.'))
  const refuse = (at: Place, message: string): ReadDocuments => ({
    documents: [],
    findings: [{ kind: 'refused', ...at, message }],
  })
  if (document.errors.length > 0) {
    return {
      documents: [],
      findings: document.errors.map((error): Finding => {
        const message = error.message.split('\n')[0] ?? 'not valid YAML'
        return { kind: 'refused', ...placeAt(error.pos[0], ''), message }
      }),
    }
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch {
    return refuse(place([]), `refers to more than ${MOST_ALIASES} aliases`)
  }
  if (value === null || value === undefined) return { documents: [], findings: [] }
  const items = Array.isArray(value)
    ? value.map((item: unknown, index) => ({ item, prefix: [index] as PropertyKey[] }))
    : [{ item: value, prefix: [] as PropertyKey[] }]
  const wrong = items.filter(({ item }) => !isObject(item))
  return {
    documents: items.flatMap(({ item, prefix }) =>
      isObject(item) ? [{ value: item, place: (path) => place([...prefix, ...path]) }] : [],
    ),
    findings: wrong.map(({ prefix }): Finding => {
      return { kind: 'refused', ...place(prefix), message: 'expected an object with fields' }
    }),
  }
}

/** Tells whether a value has fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Shows what stands in a document, whatever it is: a text as it is, all else as JSON. */
export function shownText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0
}
