/** `/api/v1/tenants/:tenantId/sources`: where a tenant's figures come from. */
import { defineRoute, json, type Route } from '../route.ts'
import { needTenant, tenantParams, type ApiDeps } from './parts.ts'
import { sourcesSchema } from './sources.schema.ts'

export function sourceRoutes({ metrics, tenants }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/sources',
      permission: 'slo:read',
      summary: 'Lists the sources of a tenant’s signals, best first, and which of them count.',
      status: 200,
      params: tenantParams,
      answer: sourcesSchema,
      handler: ({ params, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        return json(200, { asOfMs: nowMs, items: metrics.sources(tenantId, nowMs) })
      },
    }),
  ]
}
