/**
 * Reads configuration files: YAML documents of `apiVersion: tenantry/v1`, a `kind` and a `spec`. Of
 * kind `Tenant` the spec is the guide's TenantConfig; `Attribution` says whose series are that name
 * no tenant, `Mapping` what metrics of one's own mean. Other stages have kinds of their own, which
 * are handed in. Pure: text in, configuration and problems out. Every problem names its file, line
 * and field; good documents are kept.
 */
import { LineCounter, parseAllDocuments, isNode, type Document } from 'yaml'
import type { z } from 'zod'
import { fieldProblems, type FieldProblem } from '../../../machinery/runtime/field-problems.ts'
import { readTenantConfig, type TenantConfig } from '../registry/tenant-config.ts'
import { attributionSchema, type AttributionRule } from './attribution.ts'
import { mappingSchema, type MappingRow } from './mapping-rows.ts'

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
  /** The rules of all documents, in their order. Undefined without a document of the kind. */
  readonly attribution: readonly AttributionRule[] | undefined
  readonly mapping: readonly MappingRow[] | undefined
  /** Good documents of kinds that were handed in, in their order. */
  readonly others: readonly ConfigDocument[]
  readonly problems: readonly ConfigProblem[]
}

/** A kind of document that another stage reads. */
export interface ConfigKind {
  readonly kind: string
  readonly schema: z.ZodType
}

export interface ConfigDocument {
  readonly kind: string
  /** What the kind's schema made of the spec. */
  readonly spec: unknown
  /** Says what is wrong with a field of the spec when it is seen together with others. */
  readonly problem: (path: readonly PropertyKey[], message: string) => ConfigProblem
}

export const CONFIG_API_VERSION = 'tenantry/v1'

const KINDS = ['Tenant', 'Attribution', 'Mapping'] as const

/**
 * Reads every document of every file. Shape: tenants in file order; a tenant id that comes twice is
 * a problem of the later one.
 */
export function readTenantFiles(
  files: readonly ConfigFile[],
  kinds: readonly ConfigKind[] = [],
): TenantFiles {
  const others: ConfigDocument[] = []
  const tenants: { config: TenantConfig; file: string; line: number }[] = []
  const problems: ConfigProblem[] = []
  const rules: (readonly AttributionRule[])[] = []
  const rows: (readonly MappingRow[])[] = []
  const firstPlace = new Map<string, string>()
  for (const file of files) {
    const lines = new LineCounter()
    for (const document of parseAllDocuments(file.text, { lineCounter: lines, uniqueKeys: true })) {
      const read = readDocument({ file: file.name, document: document as Document, lines, kinds })
      problems.push(...read.problems)
      if (read.rules !== undefined) rules.push(read.rules)
      if (read.rows !== undefined) rows.push(read.rows)
      if (read.other !== undefined) others.push(read.other)
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
  return {
    tenants,
    attribution: rules.length === 0 ? undefined : rules.flat(),
    mapping: rows.length === 0 ? undefined : rows.flat(),
    others,
    problems,
  }
}

interface ReadDocument {
  readonly config?: TenantConfig
  readonly rules?: readonly AttributionRule[]
  readonly rows?: readonly MappingRow[]
  readonly other?: ConfigDocument
  readonly line: number
  readonly problems: readonly ConfigProblem[]
}

interface Reading {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
  readonly kinds: readonly ConfigKind[]
}

function readDocument({ file, document, lines, kinds }: Reading): ReadDocument {
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
  const known = [...KINDS, ...kinds.map((each) => each.kind)]
  const kind = known.find((name) => name === head['kind'])
  if (kind === undefined) problems.push(problem(['kind'], `must be ${known.join(', ')}`))
  if (problems.length > 0 || kind === undefined) return { line, problems }
  const inSpec: ConfigDocument['problem'] = (path, message) => problem(['spec', ...path], message)
  const { problems: found, ...read } = readSpec(kind, head['spec'], { kinds, problem: inSpec })
  return { ...read, line, problems: found.map(({ path, message }) => inSpec(path, message)) }
}

type ReadSpec = Pick<ReadDocument, 'config' | 'rules' | 'rows' | 'other'> & {
  readonly problems: readonly FieldProblem[]
}

function readSpec(
  kind: string,
  spec: unknown,
  { kinds, problem }: Pick<Reading, 'kinds'> & Pick<ConfigDocument, 'problem'>,
): ReadSpec {
  if (kind === 'Tenant') {
    const read = readTenantConfig(spec)
    return read.ok ? { config: read.config, problems: [] } : { problems: read.problems }
  }
  if (kind === 'Attribution') {
    return checked(attributionSchema, spec, ({ rules }) => ({ rules, problems: [] }))
  }
  if (kind === 'Mapping') {
    return checked(mappingSchema, spec, ({ rows }) => ({ rows, problems: [] }))
  }
  const { schema } = kinds.find((each) => each.kind === kind)!
  return checked(schema, spec, (value) => ({
    other: { kind, spec: value, problem },
    problems: [],
  }))
}

function checked<Value>(
  schema: z.ZodType<Value>,
  spec: unknown,
  take: (value: Value) => ReadSpec,
): ReadSpec {
  const parsed = schema.safeParse(spec)
  return parsed.success ? take(parsed.data) : { problems: fieldProblems(parsed.error, spec) }
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
