/**
 * `/api/v1/keys`: keys of programs. Who is bound to a tenant sees and makes only keys of that
 * tenant.
 */
import { z } from 'zod'
import { TenantryError } from '../../../core/errors.ts'
import { KEY_ROLES, type AccessKey, type Principal } from '../../../domain/access/access.ts'
import { invalid } from '../checked.ts'
import { HTTP_ERRORS } from '../errors.ts'
import { defineRoute, json, noContent, type Route } from '../route.ts'
import { tenantIdSchema, type ApiDeps } from './parts.ts'

const keySchema = z.object({
  keyId: z.string(),
  name: z.string(),
  role: z.enum(KEY_ROLES),
  /** Null for a key that is bound to no tenant. */
  tenantId: z.string().nullable(),
  createdAtMs: z.number(),
  createdBy: z.string(),
  revokedAtMs: z.number().nullable(),
})

const createBody = z.strictObject({
  role: z.enum(KEY_ROLES),
  /** What the key is for. */
  name: z.string().trim().min(1).max(200),
  tenantId: tenantIdSchema.nullable().default(null),
})

export function keyRoutes({ access, tenants }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/keys',
      permission: 'keys:write',
      summary: 'Creates a key. Its secret is in this answer and never again.',
      status: 201,
      body: createBody,
      answer: z.object({ key: keySchema, secret: z.string() }),
      idempotent: true,
      handler: ({ body, principal, nowMs }) => {
        const tenantId = body.tenantId ?? principal.tenantId
        const isForeign = principal.tenantId !== null && tenantId !== principal.tenantId
        if (isForeign || (tenantId !== null && tenants.get(tenantId) === undefined)) {
          throw invalid('the body', [
            { field: 'tenantId', message: `there is no tenant ${JSON.stringify(tenantId)}` },
          ])
        }
        return json(201, access.createKey({ ...body, tenantId }, principal, nowMs))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/keys',
      permission: 'keys:read',
      summary: 'Lists keys without their secrets, oldest first.',
      status: 200,
      answer: z.object({ items: z.array(keySchema) }),
      handler: ({ principal }) => {
        return json(200, { items: access.listKeys(principal.tenantId ?? undefined) })
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/keys/:keyId',
      permission: 'keys:write',
      summary: 'Revokes a key. It ends at once.',
      status: 204,
      params: z.object({ keyId: z.string() }),
      handler: ({ params, principal, nowMs }) => {
        const key = access.getKey(params.keyId)
        if (key === undefined || !isVisible(key, principal)) {
          const message = `there is no key ${JSON.stringify(params.keyId)}`
          throw new TenantryError(HTTP_ERRORS.notFound, message)
        }
        access.revokeKey(key.keyId, principal, nowMs)
        return noContent()
      },
    }),
  ]
}

function isVisible(key: AccessKey, principal: Principal): boolean {
  return principal.tenantId === null || principal.tenantId === key.tenantId
}
