/** `/api/v1/tenants`: the registry. */
import { z } from 'zod'
import {
  quotasOf,
  TENANT_STATES,
  tenantConfigSchema,
  TIERS,
  type Tenant,
} from '../../../domain/tenants/tenants.ts'
import { invalid } from '../checked.ts'
import { defineRoute, json, type Answer, type Route } from '../route.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  limitSchema,
  needTenant,
  pageSchema,
  tenantParams,
  type ApiDeps,
} from './parts.ts'
import { tenantSchema, type TenantBody } from './tenants.schema.ts'

const updateQuery = z.strictObject({
  /** The generation that the change was made for; another one by now is a conflict. */
  expectedGeneration: z
    .string()
    .regex(/^\d{1,9}$/, 'expected a whole number')
    .transform(Number)
    .exactOptional(),
})

const listQuery = z.strictObject({
  tier: z.enum(TIERS).exactOptional(),
  region: z.string().max(48).exactOptional(),
  state: z.enum(TENANT_STATES).exactOptional(),
  /** Found in the id, the name or an alias. */
  text: z.string().max(200).exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

export function tenantRoutes({ tenants }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants',
      permission: 'tenants:write',
      summary: 'Creates a tenant.',
      status: 201,
      body: tenantConfigSchema,
      answer: tenantSchema,
      idempotent: true,
      handler: ({ body, principal, nowMs }) => {
        const tenant = tenants.create(body, principal, nowMs)
        const answer = tenantAnswer(tenant, 201)
        const location = `/api/v1/tenants/${tenant.tenantId}`
        return { ...answer, headers: { ...answer.headers, location } }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants',
      permission: 'tenants:read',
      summary: 'Lists tenants, sorted by id.',
      status: 200,
      query: listQuery,
      answer: pageSchema(tenantSchema),
      handler: ({ query, principal }) => {
        if (principal.tenantId !== null) {
          const own = tenants.get(principal.tenantId)
          return json(200, { items: own ? [tenantBody(own)] : [], nextCursor: null })
        }
        const { items, nextCursor } = tenants.list({ limit: DEFAULT_LIMIT, ...query })
        return json(200, { items: items.map(tenantBody), nextCursor })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId',
      permission: 'tenants:read',
      summary: 'Shows a tenant.',
      status: 200,
      params: tenantParams,
      answer: tenantSchema,
      handler: ({ params }) => tenantAnswer(needTenant(tenants, params.tenantId), 200),
    }),
    defineRoute({
      method: 'PATCH',
      path: '/api/v1/tenants/:tenantId',
      permission: 'tenants:write',
      summary: 'Changes a tenant by a JSON merge patch (RFC 7396).',
      status: 200,
      params: tenantParams,
      query: updateQuery,
      body: z.record(z.string(), z.unknown()),
      answer: tenantSchema,
      handler: ({ params, query, body, principal, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        return tenantAnswer(tenants.update(tenantId, body, principal, nowMs, query), 200)
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/tenants/:tenantId',
      permission: 'tenants:write',
      summary: 'Makes a tenant be what the configuration says, whatever it was before.',
      status: 200,
      params: tenantParams,
      query: updateQuery,
      body: tenantConfigSchema,
      answer: tenantSchema,
      handler: ({ params, query, body, principal, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        if (body.tenantId !== tenantId) {
          throw invalid('the body', [{ field: 'tenantId', message: 'is not the id of the path' }])
        }
        return tenantAnswer(tenants.apply(body, principal, nowMs, query).tenant, 200)
      },
    }),
  ]
}

function tenantAnswer(tenant: Tenant, status: number): Answer {
  return json(status, tenantBody(tenant), { etag: `"${String(tenant.generation)}"` })
}

function tenantBody(tenant: Tenant): TenantBody {
  return { ...tenant, effectiveQuotas: quotasOf(tenant) }
}
