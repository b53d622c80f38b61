/** Who may import whom: the table of `src/README.md`. */
import { areaOf } from '../areas.ts'
import type { Finding, Import, Project, Rule, SourceFile } from '../project.ts'

/** What a domain folder may use of its neighbours. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  access: [],
  tenants: ['access'],
  metrics: ['tenants', 'access'],
  slo: ['metrics', 'tenants', 'access'],
  cost: ['metrics', 'tenants', 'access'],
  capacity: ['metrics', 'tenants', 'access'],
  incidents: ['tenants', 'access'],
  routing: ['incidents', 'tenants', 'access'],
  'tenant-data': ['tenants', 'access'],
  reports: ['slo', 'cost', 'capacity', 'incidents', 'metrics', 'tenants', 'access'],
  assurance: [
    'access',
    'capacity',
    'cost',
    'incidents',
    'metrics',
    'routing',
    'slo',
    'tenant-data',
    'tenants',
  ],
}
const CODEGEN_SOURCES = ['domain/slo', 'domain/tenants', 'domain/routing']
const PORTAL = 'edges/portal'

export const rule: Rule = {
  says: 'A file imports only what the import table gives its folder; src/README.md shows that table.',
  check: (project) => [...project.files.flatMap(checkFile), ...checkShownTable(project)],
}

function checkFile({ path, imports }: SourceFile): Finding[] {
  const from = areaOf(path)
  if (from === null) return []
  return imports.flatMap((imported) => {
    const message = objection(from, imported)
    return message === null ? [] : [{ path, line: imported.line, message }]
  })
}

function objection(from: string, { specifier, target, isType }: Import): string | null {
  if (target === null) return from === 'core' ? `core imports nothing, not even ${specifier}` : null
  const to = areaOf(target)
  if (to === null) return `src does not reach out of itself, to ${target}`
  if (from === PORTAL && to !== PORTAL) {
    const isSchema = /^src\/edges\/http\/api\/[^/]+\.schema\.ts$/.test(target)
    return isSchema && isType
      ? null
      : 'the portal imports only types, of edges/http/api/*.schema.ts'
  }
  return from === to || mayImport(from, to) ? null : `${from} may not import ${to}`
}

/** Compares the rows `| slo | metrics, tenants, access |` below `| domain |` with the table above. */
function checkShownTable({ documents }: Project): Finding[] {
  const map = documents.find(({ path }) => path === 'src/README.md')
  const rows =
    map === undefined ? undefined : /^\| domain .*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(map.text)
  if (map === undefined || rows === undefined || rows === null) return []
  return [...rows[0].matchAll(/^\| ([a-z-]+) \| ([a-z, -]+) \|$/gm)].flatMap((row) => {
    const [, folder = '', shown = ''] = row
    const allowed = NEIGHBOURS[folder]?.join(', ') || 'nothing'
    if (folder === 'domain' || shown === allowed) return []
    const line = map.lineOf(rows.index + row.index)
    return [{ path: map.path, line, message: `${folder} may use: ${allowed}` }]
  })
}

function mayImport(from: string, to: string): boolean {
  const [fromLayer, fromFolder = ''] = from.split('/')
  const [toLayer, toFolder = ''] = to.split('/')
  switch (fromLayer) {
    case 'machinery':
      return to === 'core' || (toLayer === 'machinery' && isBelow(fromFolder, toFolder))
    case 'domain':
      if (toLayer === 'domain') return NEIGHBOURS[fromFolder]?.includes(toFolder) ?? false
      return toLayer === 'core' || toLayer === 'machinery'
    case 'codegen':
      return to === 'core' || CODEGEN_SOURCES.includes(to)
    case 'edges':
      if (to === 'top') return fromFolder === 'cli'
      return toLayer !== 'edges'
    case 'top':
      return to !== PORTAL
    default:
      return false
  }
}

/**
 * Within machinery, `runtime` and `wasm` are below all others, and `storage` below what keeps rows or
 * files.
 */
function isBelow(fromFolder: string, toFolder: string): boolean {
  if (toFolder === 'runtime' || toFolder === 'wasm') return true
  return toFolder === 'storage' && (fromFolder === 'jobs' || fromFolder === 'documents')
}
