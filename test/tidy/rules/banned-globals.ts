/** Time, chance, the environment and the terminal are handed in, so that everything runs under a simulated clock and can be repeated. */
import type { Rule } from '../project.ts'
import { descend, nameOf, type Node, type Place } from '../syntax.ts'

const ALLOWED = ['src/machinery/runtime/', 'src/edges/portal/']

const MEMBERS: Readonly<Record<string, string>> = {
  'Date.now': 'take nowMs',
  'performance.now': 'take a Clock and its monotonicMs',
  'process.hrtime': 'take a Clock and its monotonicMs',
  'Math.random': 'take a Prng, or randomToken of machinery/runtime/ids for a secret',
  'process.env': 'take Settings',
  'AbortSignal.timeout': 'take a Clock and its after',
}
const TIMERS = new Set(['setTimeout', 'setInterval'])
const TIMER_MODULES = new Set(['timers', 'node:timers', 'timers/promises', 'node:timers/promises'])

export const rule: Rule = {
  says: 'Clocks, timers, chance, the environment and the console are used only in machinery/runtime and in the portal.',
  check: ({ files }) =>
    files
      .filter(({ path }) => isBound(path))
      .flatMap((file) =>
        [...descend(file.program)].flatMap((place) => {
          const message = objection(place)
          return message === null
            ? []
            : [{ path: file.path, line: file.lineOf(place.node.start), message }]
        }),
      ),
}

function isBound(path: string): boolean {
  return /^src\/.*\.tsx?$/.test(path) && !ALLOWED.some((folder) => path.startsWith(folder))
}

function objection(place: Place): string | null {
  const { node } = place
  switch (node.type) {
    case 'MemberExpression':
      return objectionToMember(node)
    case 'NewExpression':
    case 'CallExpression':
      if (nameOf(node['callee']) !== 'Date') return null
      if (node.type === 'NewExpression' && (node['arguments'] as Node[]).length > 0) return null
      return 'Date without argument is banned here: take nowMs'
    case 'Identifier':
      return objectionToName(place)
    case 'ImportDeclaration':
      return objectionToImport(node)
    default:
      return null
  }
}

function objectionToMember(node: Node): string | null {
  const property = nameOf(node['property'])
  const object = nameOf(node['object'])
  const name = `${object}.${property}`
  if (name in MEMBERS) return `${name} is banned here: ${MEMBERS[name]}`
  if (object === 'globalThis' && property !== undefined && TIMERS.has(property))
    return `${property} is banned here: take a Clock`
  return null
}

function objectionToName({ node, parent, field }: Place): string | null {
  const name = nameOf(node) ?? ''
  if (name !== 'console' && !TIMERS.has(name)) return null
  if (isName(parent, field)) return null
  return name === 'console'
    ? 'console is banned here: take a Log, or write to process.stdout'
    : `${name} is banned here: take a Clock`
}

/** Tells whether an identifier only names a property or a method of something. */
function isName(parent: Node | null, field: string): boolean {
  if (field === 'property') return parent?.['computed'] !== true
  return field === 'key' || field === 'imported' || field === 'local'
}

function objectionToImport(node: Node): string | null {
  const source = (node['source'] as Node)['value'] as string
  if (!TIMER_MODULES.has(source)) return null
  const timers = (node['specifiers'] as Node[])
    .map((specifier) => nameOf(specifier['imported']) ?? '*')
    .filter((name) => name !== 'setImmediate')
  return timers.length === 0 ? null : `${timers.join(', ')} is banned here: take a Clock`
}
