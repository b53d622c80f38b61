/** The API described by its own rows: an OpenAPI 3.1 document, and a page for people. */
import { z } from 'zod'
import { COOKIES } from '../../../core/names/headers.ts'
import { PERMISSIONS } from '../../../domain/access/access.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { readVersion } from '../../../machinery/runtime/paths.ts'
import { htmlAnswer } from '../assets.ts'
import { escapeHtml, page } from '../html.ts'
import { PROBLEM_TYPE, problemSchema } from '../problem.ts'
import { defineRoute, json, type Route } from '../route.ts'

type Document = Record<string, unknown>

/** Makes the routes of the description. Give every other row. */
export function descriptionRoutes(rows: readonly Route[]): Route[] {
  const described: Route[] = []
  const own = [
    defineRoute({
      method: 'GET',
      path: '/api/v1/openapi.json',
      permission: 'public',
      summary: 'Describes this API (OpenAPI 3.1).',
      status: 200,
      handler: () => json(200, describe(described)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/docs',
      permission: 'public',
      summary: 'Describes this API for people.',
      status: 200,
      handler: () => {
        const nonce = randomToken(16)
        return htmlAnswer(200, docsPage(described, nonce), nonce)
      },
    }),
  ]
  described.push(...rows, ...own)
  return own
}

/** Writes the OpenAPI document. Source: OpenAPI 3.1.1, JSON Schema 2020-12. */
export function describe(routes: readonly Route[]): Document {
  const paths: Record<string, Document> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Tenantry', version: readVersion(), license: { name: 'Apache-2.0' } },
    security: [{ bearer: [] }, { key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        session: { type: 'apiKey', in: 'cookie', name: COOKIES.session },
      },
      schemas: { Problem: schemaOf(problemSchema, 'output') },
    },
  }
}

function operation(route: Route): Document {
  const { method, path, permission, summary, body } = route
  return {
    operationId: operationId(method, path),
    summary,
    ...(permission === 'public' ? { security: [] } : { 'x-permission': permission }),
    parameters: parametersOf(route),
    ...(body === undefined ? {} : { requestBody: requestBody(route, body) }),
    responses: responsesOf(route),
  }
}

/** Worked: GET /api/v1/tenants/:tenantId -> getTenantsTenantId. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/api\/v1/, '').match(/[A-Za-z]+/g) ?? []
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
  return method.toLowerCase() + words.map(capital).join('')
}

function parametersOf({ path, query, idempotent }: Route): Document[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const schema = query === undefined ? {} : schemaOf(query, 'input')
  const required = (schema['required'] ?? []) as string[]
  const inQuery = Object.entries((schema['properties'] ?? {}) as Document).map(([name, own]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: own,
  }))
  const key = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string' } }
  return [...inPath, ...inQuery, ...(idempotent === true ? [key] : [])]
}

function requestBody({ method, takesForm }: Route, body: z.ZodType): Document {
  const content = { schema: schemaOf(body, 'input') }
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const form = takesForm === true ? { 'application/x-www-form-urlencoded': content } : {}
  return { required: true, content: { [type]: content, ...form } }
}

function responsesOf({ status, answer }: Route): Document {
  const content =
    answer === undefined
      ? {}
      : { content: { 'application/json': { schema: schemaOf(answer, 'output') } } }
  const problem = { schema: { $ref: '#/components/schemas/Problem' } }
  return {
    [String(status)]: { description: 'All is well.', ...content },
    default: { description: 'A problem.', content: { [PROBLEM_TYPE]: problem } },
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Document {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return described
}

function docsPage(routes: readonly Route[], nonce: string): string {
  const rows = routes.map((route) => {
    const cells = [`<code>${route.method}</code>`, `<code>${escapeHtml(route.path)}</code>`]
    cells.push(escapeHtml(route.summary), `<code>${route.permission}</code>`)
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const permissions = Object.entries(PERMISSIONS).map(
    ([name, { allows }]) => `<tr><td><code>${name}</code></td><td>${escapeHtml(allows)}</td></tr>`,
  )
  const body = `<p>The same for programs: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>. Send a key as
      <code>Authorization: Bearer KEY</code> or <code>X-API-Key: KEY</code>; <code>tenantry key create</code> makes one.
      Failures are problem documents (RFC 9457) with a code, a hint and the fields that are wrong. Lists come in pages:
      pass <code>nextCursor</code> as <code>cursor</code>.</p>
    <table><thead><tr><th>Method</th><th>Path</th><th>What it does</th><th>Permission</th></tr></thead>
    <tbody>${rows.join('')}</tbody></table>
    <h2>Metrics</h2>
    <p><code>POST /v1/metrics</code> takes OTLP/HTTP, <code>POST /api/v1/write</code> Prometheus remote write
      (<code>metrics:write</code>). <code>GET /metrics/tenants</code> (<code>metrics:read</code>) and
      <code>GET /metrics</code> (<code>telemetry:read</code>) are for scraping.</p>
    <h2>Permissions</h2><table><tbody>${permissions.join('')}</tbody></table>`
  return page({ title: 'API', body, nonce })
}
