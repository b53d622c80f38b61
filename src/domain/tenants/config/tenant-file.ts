/**
 * Reads tenants from configuration files: YAML documents of `apiVersion: tenantry/v1`, `kind:
 * Tenant` and a `spec` that is the guide's TenantConfig. Pure: text in, tenants and problems out.
 * Every problem names its file, line and field; good documents are kept.
 */
import { LineCounter, parseAllDocuments, isNode, type Document } from 'yaml'
import { readTenantConfig, type TenantConfig } from '../registry/tenant-config.ts'

export interface ConfigFile {
  readonly name: string
  readonly text: string
}

export interface ConfigProblem {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Such as `spec.quotas.compute.cpuCores`; empty for the document as a whole. */
  readonly field: string
  readonly message: string
}

export interface TenantFiles {
  readonly tenants: readonly {
    readonly config: TenantConfig
    readonly file: string
    readonly line: number
  }[]
  readonly problems: readonly ConfigProblem[]
}

export const CONFIG_API_VERSION = 'tenantry/v1'

/**
 * Reads every document of every file. Shape: tenants in file order; a tenant id that comes twice is
 * a problem of the later one.
 */
export function readTenantFiles(files: readonly ConfigFile[]): TenantFiles {
  const tenants: { config: TenantConfig; file: string; line: number }[] = []
  const problems: ConfigProblem[] = []
  const firstPlace = new Map<string, string>()
  for (const file of files) {
    const lines = new LineCounter()
    for (const document of parseAllDocuments(file.text, { lineCounter: lines, uniqueKeys: true })) {
      const read = readDocument(file.name, document as Document, lines)
      problems.push(...read.problems)
      if (read.config === undefined) continue
      const place = `${file.name}:${String(read.line)}`
      const earlier = firstPlace.get(read.config.tenantId)
      if (earlier !== undefined) {
        const message = `tenant ${read.config.tenantId} is already defined at ${earlier}`
        problems.push({
          file: file.name,
          line: read.line,
          column: 1,
          field: 'spec.tenantId',
          message,
        })
        continue
      }
      firstPlace.set(read.config.tenantId, place)
      tenants.push({ config: read.config, file: file.name, line: read.line })
    }
  }
  return { tenants, problems }
}

interface ReadDocument {
  readonly config?: TenantConfig
  readonly line: number
  readonly problems: readonly ConfigProblem[]
}

function readDocument(file: string, document: Document, lines: LineCounter): ReadDocument {
  const at = (path: readonly PropertyKey[]): { line: number; column: number } => {
    const offset = offsetOf(document, path)
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problem = (path: readonly PropertyKey[], message: string): ConfigProblem => ({
    file,
    ...at(path),
    field: path.map(String).join('.'),
    message,
  })
  const line = at([]).line
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line: errorLine, col } = lines.linePos(error.pos[0])
      const message = error.message.split('\n')[0] ?? 'not valid YAML'
      return { file, line: errorLine, column: col, field: '', message }
    })
    return { line, problems }
  }
  const value = document.toJS() as unknown
  if (value === null || value === undefined) return { line, problems: [] }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return {
      line,
      problems: [problem([], 'a document must be a mapping with apiVersion, kind and spec')],
    }
  }
  const head = value as Record<string, unknown>
  const problems: ConfigProblem[] = []
  for (const key of Object.keys(head)) {
    if (!['apiVersion', 'kind', 'spec'].includes(key))
      problems.push(problem([key], 'unknown field'))
  }
  if (head['apiVersion'] !== CONFIG_API_VERSION) {
    problems.push(problem(['apiVersion'], `must be ${CONFIG_API_VERSION}`))
  }
  if (head['kind'] !== 'Tenant') problems.push(problem(['kind'], 'must be Tenant'))
  if (problems.length > 0) return { line, problems }
  const read = readTenantConfig(head['spec'])
  if (read.ok) return { config: read.config, line, problems: [] }
  return {
    line,
    problems: read.problems.map(({ path, message }) => problem(['spec', ...path], message)),
  }
}

/**
 * Finds where the deepest part of a path that exists begins, so that a missing field points at its
 * parent.
 */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0
}
