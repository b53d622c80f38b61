/**
 * Reads `engines.yaml` into engines. Pure: text in, engines or problems out; every problem names
 * its line and field. What an address leaves out is filled in as the engine's documentation has it.
 */
import { dirname, normalize, resolve } from 'node:path'
import type { TenantId } from '../../core/ids.ts'
import {
  readPlacedYaml,
  type PathProblem,
  type PlacedProblem,
} from '../../machinery/runtime/placed-yaml.ts'
import {
  ENGINE_TYPES,
  fileSchema,
  KNOWN_FIELDS,
  type EngineFields,
  type FileFields,
} from './config-schema.ts'
import { addressProblem, withUsualPath } from './engine-address.ts'
import type { Engine, EngineRules } from './engine.ts'
import { selectorProblems } from './selectors.ts'

export interface EngineConfig {
  readonly engines: readonly Engine[]
  readonly problems: readonly PlacedProblem[]
}

/** Reads the file's text. Without problems the engines are all there; with any there are none. */
export function readEngineConfig(file: string, text: string): EngineConfig {
  const read = readPlacedYaml(file, text, {
    schema: fileSchema,
    known: KNOWN_FIELDS,
    together: engineProblems,
  })
  if ('problems' in read) return { engines: [], problems: read.problems }
  const directory = dirname(resolve(file))
  const path = (name: string): string => resolve(directory, name)
  return { engines: read.fields.engines.map((fields) => engineOf(fields, path)), problems: [] }
}

function engineProblems({ engines }: FileFields): PathProblem[] {
  const names = new Set<string>()
  const own = engines.flatMap((engine, index) => {
    const problems = ownProblems(engine).map(({ path, message }) => ({
      path: ['engines', index, ...path],
      message,
    }))
    if (names.has(engine.name)) {
      const message = `engine ${engine.name} is already defined`
      problems.push({ path: ['engines', index, 'name'], message })
    }
    names.add(engine.name)
    return problems
  })
  return [...own, ...directoryProblems(engines), ...selectorProblems(engines)]
}

/** Each would take the other's files for orphans. */
function directoryProblems(engines: readonly EngineFields[]): PathProblem[] {
  const owners = new Map<string, string>()
  return engines.flatMap(({ name, rules }, index) => {
    if (rules?.directory === undefined) return []
    const directory = normalize(`${rules.directory}/`)
    const owner = owners.get(directory)
    owners.set(directory, owner ?? name)
    if (owner === undefined) return []
    const message = `${name} and ${owner} have the same directory: each would delete the other's files`
    return [{ path: ['engines', index, 'rules', 'directory'], message }]
  })
}

function ownProblems(engine: EngineFields): PathProblem[] {
  const { type, write, rules, query, evaluator } = engine
  const problems: PathProblem[] = []
  const add = (path: PathProblem['path'], message: string): void => {
    problems.push({ path, message })
  }
  if (write === undefined && rules === undefined && query === undefined)
    add([], 'does nothing: expected write, rules or query')
  if (evaluator === 'ruler' && (rules === undefined || query === undefined))
    add(['evaluator'], 'ruler needs rules, which decide, and query, which reads what they said')
  for (const [purpose, fields] of [
    ['write', write],
    ['query', query],
  ] as const) {
    const message = fields && addressProblem(type, purpose, fields.url)
    if (message !== undefined) add([purpose, 'url'], message)
  }
  if ((query?.tenantsPerQuery ?? 1) > 1 && ENGINE_TYPES[type].tenancy !== 'header')
    add(['query', 'tenantsPerQuery'], `is nothing for ${type}: only Mimir and Cortex federate`)
  return [...problems, ...ruleProblems(engine)]
}

function ruleProblems({ type, rules }: EngineFields): PathProblem[] {
  if (rules === undefined) return []
  const wanted = ENGINE_TYPES[type].rules === 'ruler' ? ['url'] : ['directory']
  const fields = ['url', 'directory', 'reloadUrl'] as const
  const wrong = fields.filter(
    (name) =>
      rules[name] !== undefined && (name === 'url') !== (ENGINE_TYPES[type].rules === 'ruler'),
  )
  const problems = wrong.map((name) => ({
    path: ['rules', name],
    message: `is nothing for ${type}: its rules have ${wanted.join('')}`,
  }))
  const missing = wanted.filter((name) => rules[name as 'url' | 'directory'] === undefined)
  return [
    ...problems,
    ...missing.map((name) => ({
      path: ['rules'],
      message: `${name} is missing: where ${type} has its rules`,
    })),
  ]
}

function engineOf(fields: EngineFields, path: (name: string) => string): Engine {
  const { type, write, rules, query, tenants, limits } = fields
  return {
    name: fields.name,
    type,
    tenants: tenants === undefined ? undefined : { ...tenants, ids: tenants.ids as TenantId[] },
    tenantLabel: fields.tenantLabel,
    auth: withPaths(fields.auth, path),
    headers: Object.fromEntries(
      Object.entries(fields.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : { file: path(value.file) },
      ]),
    ),
    tls: withPaths(fields.tls, path),
    write: write && {
      url: withUsualPath(type, 'write', write.url),
      protocol: write.protocol,
      maxLagBytes: write.maxLagBytes,
      maxLagAgeMs: write.maxLagAge,
      shards: write.shards,
      maxInFlight: write.maxInFlight,
      maxSamplesPerSend: write.maxSamplesPerSend,
      flushAfterMs: write.flushAfter,
    },
    rules: rules && rulesOf(rules, path),
    query: query && { ...query, url: withUsualPath(type, 'query', query.url) },
    limits,
    evaluator: fields.evaluator,
  }
}

function rulesOf(
  rules: NonNullable<EngineFields['rules']>,
  path: (name: string) => string,
): EngineRules {
  const { url, directory, reloadUrl, reads, maxRulesPerGroup, maxGroups } = rules
  const place: EngineRules['place'] =
    url === undefined
      ? { kind: 'directory', path: path(directory ?? ''), reloadUrl }
      : { kind: 'ruler', url: url.replace(/\/+$/, '') }
  return { place, reads, maxRulesPerGroup, maxGroups }
}

/** Makes every field whose name ends in `File` absolute. */
function withPaths<Fields extends object>(
  fields: Fields | undefined,
  path: (name: string) => string,
): Fields | undefined {
  if (fields === undefined) return undefined
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => [
    name,
    name.endsWith('File') && typeof value === 'string' ? path(value) : value,
  ])
  return Object.fromEntries(entries) as Fields
}
