/** A query that forgets the tenant is the worst mistake of a multi-tenant program, so that every store call has to say whose rows it means. */
import { isStore } from '../areas.ts'
import type { Finding, Rule, SourceFile } from '../project.ts'
import { descend, nameOf, type Node } from '../syntax.ts'

export const rule: Rule = {
  says: 'An exported function of a domain store takes `tenantId: TenantId` first, or its name ends in AcrossTenants.',
  check: ({ files }) =>
    files
      .filter(({ path }) => path.startsWith('src/domain/') && isStore(path))
      .flatMap((file) => [...exportedCalls(file)].flatMap((call) => checkCall(file, call))),
}

interface Call {
  readonly name: string
  readonly at: Node
  readonly parameters: readonly Node[]
}

/** The exported functions, and the public methods of exported classes and interfaces. */
function* exportedCalls({ program }: SourceFile): Generator<Call> {
  for (const { node: statement } of descend(program)) {
    if (statement.type !== 'ExportNamedDeclaration') continue
    const declaration = statement['declaration'] as Node | null
    if (declaration?.type === 'FunctionDeclaration') {
      const name = nameOf(declaration['id']) ?? ''
      if (!/^open[A-Z]/.test(name))
        yield { name, at: declaration, parameters: declaration['params'] as Node[] }
    } else if (declaration !== null) yield* methodsOf(declaration)
  }
}

function* methodsOf(declaration: Node): Generator<Call> {
  const body = (declaration['body'] as Node | undefined)?.['body']
  for (const member of Array.isArray(body) ? (body as Node[]) : []) {
    const name = nameOf(member['key'])
    if (name === undefined || member['kind'] === 'constructor') continue
    if (member.type === 'MethodDefinition' && member['accessibility'] !== 'private')
      yield { name, at: member, parameters: (member['value'] as Node)['params'] as Node[] }
    else if (member.type === 'TSMethodSignature')
      yield { name, at: member, parameters: member['params'] as Node[] }
  }
}

function checkCall(file: SourceFile, { name, at, parameters }: Call): Finding[] {
  if (name.endsWith('AcrossTenants') || namesTenant(file, parameters[0])) return []
  const message = `${name} neither takes tenantId: TenantId first nor ends in AcrossTenants`
  return [{ path: file.path, line: file.lineOf(at.start), message }]
}

function namesTenant({ text }: SourceFile, parameter: Node | undefined): boolean {
  if (parameter === undefined) return false
  return /^tenantId: TenantId\b(?! *\|)/.test(text.slice(parameter.start, parameter.end))
}
