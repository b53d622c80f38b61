/**
 * Answers as the ruler of Mimir or Cortex does, with its codes and limits, and keeps what it was
 * given, tenant by tenant. Source: the API's documentation, and the answers of Cortex 1.21.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parser } from '@prometheus-io/lezer-promql'
import { parse, stringify } from 'yaml'

export interface FakeGroup {
  name: string
  interval?: string
  rules: Record<string, unknown>[]
}

export interface FakeRuler {
  readonly url: string
  /** By tenant, namespace and group. */
  readonly rules: Map<string, Map<string, Map<string, FakeGroup>>>
  /** Method, path and tenant of each call, in order. */
  readonly calls: string[]
  readonly limits: { rulesPerGroup: number; groups: number }
  readonly protectedNamespaces: Set<string>
  /** Answers the next writes that it is asked for otherwise; undefined goes on as usual. */
  fail: (call: {
    method: string
    namespace: string
    group: string
    tenant: string
  }) =>
    | { status: number; body?: string; headers?: Record<string, string>; after?: boolean }
    | undefined
  groupsOf(tenant: string): string[]
  stop(): Promise<void>
}

const PATH = /^(?:\/prometheus\/config\/v1\/rules|\/api\/v1\/rules)(?:\/([^/]+)(?:\/([^/]+))?)?$/

export async function startFakeRuler(type: 'mimir' | 'cortex' = 'mimir'): Promise<FakeRuler> {
  const rules: FakeRuler['rules'] = new Map()
  const fake: Omit<FakeRuler, 'url' | 'stop'> = {
    rules,
    calls: [],
    limits: { rulesPerGroup: 20, groups: 70 },
    protectedNamespaces: new Set(),
    fail: () => undefined,
    groupsOf: (tenant) =>
      [...(rules.get(tenant) ?? [])].flatMap(([namespace, groups]) =>
        [...groups.keys()].map((name) => `${namespace}/${name}`),
      ),
  }
  const prefix = type === 'mimir' ? '/prometheus/config/v1/rules' : '/api/v1/rules'

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', 'http://x')
    const method = request.method ?? ''
    const tenant = String(request.headers['x-scope-orgid'] ?? '')
    fake.calls.push(`${method} ${pathname} ${tenant}`)
    const say = (status: number, body = '', headers: Record<string, string> = {}): void => {
      response.writeHead(status, headers).end(body)
    }
    let body = ''
    for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString('utf8')
    const [, rawNamespace, rawGroup] = PATH.exec(pathname) ?? []
    if (!pathname.startsWith(prefix)) return say(404, '404 page not found')
    if (tenant === '') return say(401, 'no org id')
    const namespace = decodeURIComponent(rawNamespace ?? '')
    const sent = method === 'POST' ? readGroup(body) : undefined
    const group = decodeURIComponent(rawGroup ?? '') || (sent?.name ?? '')
    const failure = fake.fail({ method, namespace, group, tenant })
    if (failure !== undefined && failure.after !== true)
      return say(failure.status, failure.body, failure.headers)
    const own = rules.get(tenant) ?? new Map<string, Map<string, FakeGroup>>()
    rules.set(tenant, own)
    if (method === 'GET') {
      const there = fake.groupsOf(tenant)
      if (there.length === 0) return say(404, 'no rule groups found\n')
      const told = [...own].map(([name, groups]) => [name, [...groups.values()].map(rewritten)])
      return say(200, stringify(Object.fromEntries(told)), { 'content-type': 'application/yaml' })
    }
    const override = String(request.headers['x-mimir-ruler-override-namespace-protection'] ?? '')
    if (fake.protectedNamespaces.has(namespace) && override !== namespace)
      return say(403, `the namespace ${namespace} is protected`)
    if (method === 'POST') {
      const problem = sent === undefined ? 'unable to decode rule group' : problemOf(sent)
      if (problem !== undefined) return say(400, problem)
      if (sent!.rules.length > fake.limits.rulesPerGroup)
        return say(
          400,
          `per-user rules per rule group limit (limit: ${fake.limits.rulesPerGroup}) exceeded`,
        )
      // As Cortex counts: one more, also where the group is replaced.
      if (fake.groupsOf(tenant).length + 1 > fake.limits.groups)
        return say(400, `per-user rule groups limit (limit: ${fake.limits.groups}) exceeded`)
      own.set(namespace, (own.get(namespace) ?? new Map<string, FakeGroup>()).set(group, sent!))
      if (failure !== undefined) return say(failure.status, failure.body, failure.headers)
      return say(202, '{"status":"success"}')
    }
    if (method === 'DELETE') {
      const groups = own.get(namespace)
      if (groups === undefined) return say(404, 'rule group namespace does not exist')
      if (rawGroup !== undefined && !groups.delete(group)) return say(404, 'group does not exist')
      if (rawGroup === undefined || groups.size === 0) own.delete(namespace)
      return say(202, '{"status":"success"}')
    }
    say(405)
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return Object.assign(fake, {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  })
}

function readGroup(body: string): FakeGroup | undefined {
  try {
    return parse(body) as FakeGroup
  } catch {
    return undefined
  }
}

function problemOf({ name, rules }: FakeGroup): string | undefined {
  if (typeof name !== 'string' || name === '')
    return 'invalid rules configuration: rule group name must not be empty'
  if (!Array.isArray(rules) || rules.length === 0)
    return `invalid rules configuration: rule group '${name}' has no rules`
  for (const { record, alert, expr } of rules) {
    if ((record === undefined) === (alert === undefined)) return 'one of record or alert'
    let isBroken = typeof expr !== 'string'
    parser.parse(String(expr)).iterate({ enter: (node) => void (isBroken ||= node.type.isError) })
    if (isBroken) return `group "${name}", could not parse expression: ${String(expr)}`
  }
  return undefined
}

/** As a ruler writes back: other order, spans in their shortest form, fields that nobody gave. */
function rewritten({ name, interval, rules }: FakeGroup): Record<string, unknown> {
  const span = (text: unknown): unknown => (text === '1h' ? '60m' : text)
  return {
    interval: span(interval),
    limit: 0,
    name,
    rules: rules.map(({ annotations, labels, ...rule }) => ({
      ...Object.fromEntries(Object.entries(rule).toReversed()),
      expr: `  ${String(rule['expr'])}\n`,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    })),
  }
}
